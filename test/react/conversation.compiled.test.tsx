import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInThisContext } from 'node:vm'
import * as react from 'react'
import * as jsxRuntime from 'react/jsx-runtime'
import typescript from 'typescript'
import * as useWorkflowStream from 'use-workflow-stream'
import { afterEach, describe, expect, it } from 'vitest'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import { Conversation as CompiledConversation } from './conversation.tsx'

const { StrictMode } = react
const { WorkflowProvider, createWorkflowClient } = useWorkflowStream

const PlainConversation = buildPlain()

/** Two turns, a line for each thing that happens. */
const SHOWN = [
  'One | idle, 0 turns, 0 words, done:  |  | closed ',
  'Two | submitting, 1 turns, 0 words, done:  | … | connecting ',
  'Two | pending, 1 turns, 0 words, done:  | … | open ',
  'Two | executing, 1 turns, 0 words, done:  | … | open ',
  'Two | executing, 1 turns, 0 words, done:  | … | open  | look-up: running, running',
  'Two | executing, 1 turns, 0 words, done:  | … | open  | look-up: running, running | write: running, running',
  'Two | executing, 1 turns, 1 words, done:  | Hello … | open  | look-up: running, running | write: running, running',
  'Two | executing, 1 turns, 1 words, done: look-up | Hello … | open  | look-up: completed, completed | write: running, running',
  'Two | executing, 1 turns, 2 words, done: look-up | Hello world… | open  | look-up: completed, completed | write: running, running',
  'Two | executing, 1 turns, 2 words, done: look-up | Hello world… | open  | look-up: completed, completed | write: failed, failed',
  'Two | completed, 1 turns, 2 words, done: look-up | Hello, world! | closed Hello, world! | look-up: completed, completed | write: failed, failed',
  'Two | submitting, 2 turns, 0 words, done:  | … | connecting ',
  'Two | pending, 2 turns, 0 words, done:  | … | open ',
  'Two | failed, 2 turns, 1 words, done:  | No. | closed No.',
]

afterEach(cleanup)

/** What was on the page after each step of two turns, and how often was posted. */
async function showConversation(Conversation: () => react.ReactElement, isStrict: boolean) {
  const hand = createHandTransport()
  const client = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false })
  const frames = createFrames()
  const page = <WorkflowProvider client={client}><Conversation /></WorkflowProvider>
  const { container } = render(isStrict ? <StrictMode>{page}</StrictMode> : page)
  const read = (): string => [...container.querySelectorAll('button, p, blockquote, output, li')].map((part) => part.textContent).join(' | ')
  const shown = [read()]
  const step = async (happen: () => void): Promise<void> => {
    await act(async () => {
      happen()
      await turnOver()
    })
    shown.push(read())
  }
  const ask = (): Promise<void> => step(() => { fireEvent.click(screen.getByRole('button')) })

  await ask()
  for (const frame of [
    frames.created(),
    frames.updated(),
    frames.request({ request_id: 'a', graph_node_id: 'look-up' }),
    frames.request({ request_id: 'b', graph_node_id: 'write' }),
    frames.chunk('Hello '),
    frames.result({ request_id: 'a', graph_node_id: 'look-up' }),
    frames.chunk('world'),
    frames.result({ request_id: 'b', graph_node_id: 'write', is_error: true }),
    frames.finished({ result: 'Hello, world!' }),
  ]) await step(() => { hand.send(frame) })
  await ask()
  for (const frame of [frames.created(), frames.finished({ status: 'failed', result: 'No.' })]) await step(() => { hand.send(frame) })
  client.destroy()
  return { shown, posts: hand.requests.length }
}

it('compiles the one and leaves the other', () => {
  expect(String(CompiledConversation)).toMatch(/\$\[0\]/)
  expect(String(PlainConversation)).not.toMatch(/\$\[0\]/)
})

describe.each([['as it is', false], ['in StrictMode', true]])('a component %s', (_, isStrict) => {
  it('shows the same over a whole conversation, compiled or not', async () => {
    const plain = await showConversation(PlainConversation, isStrict)
    cleanup()

    const compiled = await showConversation(CompiledConversation, isStrict)

    expect(compiled).toEqual(plain)
    expect(compiled.posts).toBe(2)
    expect(compiled.shown).toEqual(SHOWN)
  })
})

/** The same file, built as an app does that has no compiler. */
function buildPlain(): () => react.ReactElement {
  const source = readFileSync(join(import.meta.dirname, 'conversation.tsx'), 'utf8')
  const { outputText } = typescript.transpileModule(source, {
    compilerOptions: { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022, jsx: typescript.JsxEmit.ReactJSX },
  })
  const modules: Readonly<Record<string, unknown>> = { react, 'react/jsx-runtime': jsxRuntime, 'use-workflow-stream': useWorkflowStream }
  const exported: { Conversation?: () => react.ReactElement } = {}
  const evaluate = runInThisContext(`(exports, require) => {${outputText}\n}`) as (exports: object, require: (name: string) => unknown) => void
  evaluate(exported, (name) => modules[name])
  return exported.Conversation!
}
