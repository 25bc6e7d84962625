import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { alignChunks, type ChunkReader } from '../../src/transport/alignChunks.ts'

const LF = 10
const CR = 13
const nothing = new Uint8Array()

afterEach(() => { vi.restoreAllMocks() })

function readerOf(chunks: readonly Uint8Array[]): ChunkReader {
  const left = [...chunks]
  return {
    async read() {
      const value = left.shift()
      return value ? { done: false, value } : { done: true, value: undefined }
    },
  }
}

async function readAll(reader: ChunkReader): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) chunks.push(chunk.value)
  return chunks
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (chunks: readonly Uint8Array[]): string[] => chunks.map((chunk) => new TextDecoder().decode(chunk))
const concat = (chunks: readonly Uint8Array[]): Uint8Array => Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge))
}

/** Counts the bytes that are copied from now on. */
function countCopies(): () => number {
  let copied = 0
  // All typed arrays share the prototype that has `set`.
  const typedArray: Uint8Array = Object.getPrototypeOf(Uint8Array.prototype)
  const { set } = typedArray
  vi.spyOn(typedArray, 'set').mockImplementation(function (this: Uint8Array, source, offset) {
    copied += source.length
    set.call(this, source, offset)
  })
  return () => copied
}

describe('alignChunks', () => {
  it.each([
    ['carries what comes after the last line end', ['a\nb', 'c\nd'], ['a\n', 'bc\n', 'd']],
    ['takes a CR for a line end', ['a\rb', '\rc'], ['a\r', 'b\r', 'c']],
    ['leaves an LF after a CR to the parser', ['a\r', '\nb\r\n'], ['a\r', '\nb\r\n']],
    ['hands on whole lines as they are', ['a\n\n', 'b\r\n'], ['a\n\n', 'b\r\n', '']],
    ['waits over many chunks for the end of a line', ['a', 'b', '', 'c', 'd\ne'], ['abcd\n', 'e']],
    ['hands on a last line without an end', ['a', 'b'], ['ab']],
  ])('%s', async (_, chunks, expected) => {
    const aligned = await readAll(alignChunks(readerOf(chunks.map(bytesOf)), nothing))

    expect(textOf(aligned).filter(Boolean)).toEqual(expected.filter(Boolean))
  })

  it('appends the tail to the last line', async () => {
    const aligned = await readAll(alignChunks(readerOf([bytesOf('a\nb')]), bytesOf('\n\n')))

    expect(textOf(aligned)).toEqual(['a\n', 'b\n\n'])
  })

  it('is done once and for all', async () => {
    const reader = alignChunks(readerOf([]), bytesOf('\n\n'))
    await readAll(reader)

    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('passes on what the reader fails with', async () => {
    const failure = new TypeError('Load failed')

    await expect(alignChunks({ read: () => Promise.reject(failure) }, nothing).read()).rejects.toBe(failure)
  })

  it('keeps every byte, ends every chunk but the last with a line, and copies no byte twice', async () => {
    const byte = fc.oneof(fc.constantFrom(LF, CR), fc.nat(255))
    const copies = countCopies()

    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 8 }), async (list, cuts) => {
        const bytes = Uint8Array.from(list)
        const before = copies()

        const aligned = await readAll(alignChunks(readerOf(split(bytes, cuts)), nothing))

        expect(copies() - before).toBeLessThanOrEqual(bytes.length)
        expect(concat(aligned)).toEqual(bytes)
        for (const chunk of aligned.slice(0, -1)) expect([LF, CR]).toContain(chunk.at(-1))
      }),
      { numRuns: 500 },
    )
  })

  it('copies a line of 20 MB once, however many chunks it comes in', async () => {
    const size = 16 * 1024
    const piece = new Uint8Array(size).fill(120)
    const chunks = [...Array<Uint8Array>(1280).fill(piece), bytesOf('\n')]
    const copies = countCopies()

    const aligned = await readAll(alignChunks(readerOf(chunks), nothing))

    expect(aligned[0]?.length).toBe(1280 * size + 1)
    expect(copies()).toBe(1280 * size + 1)
  })

  it('copies nothing when chunks hold whole lines', async () => {
    const chunks = ['a\nb\n', 'c\n\n'].map(bytesOf)
    const copies = countCopies()

    const aligned = await readAll(alignChunks(readerOf(chunks), nothing))

    expect(aligned.slice(0, 2).map(({ buffer }) => buffer)).toEqual(chunks.map(({ buffer }) => buffer))
    expect(copies()).toBe(0)
  })
})
