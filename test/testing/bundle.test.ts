import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

async function bundle(): Promise<readonly Rolldown.OutputChunk[]> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry: 'src/testing.ts', formats: ['es'] }, rolldownOptions: { external: [/^node:/] } },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  return output.filter((part) => part.type === 'chunk')
}

describe('the testing entry', () => {
  it('bundles for browsers: nothing of Node but one import inside listen()', async () => {
    const [chunk, ...others] = await bundle()

    expect(others).toEqual([])
    expect(chunk!.imports).toEqual([])
    expect(chunk!.dynamicImports).toEqual(['node:http'])
    expect(chunk!.code).not.toMatch(/\bBuffer\b|\bprocess\.|\brequire\(/)
  })

  it('holds nothing of the decoding that it is there to check', async () => {
    const [chunk] = await bundle()

    const foreign = chunk!.moduleIds.filter((id) => !/\/src\/testing(?:\/.*)?\.ts$/.test(id))
    expect(foreign).toEqual([])
    expect(chunk!.moduleIds.length).toBeGreaterThan(20)
  })
})
