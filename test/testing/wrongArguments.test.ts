import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, parallel, scenario, subAgent, text, toolCall, type Fault, type Scenario, type StreamFault } from '../../src/testing.ts'

const whole = { id: 'a', name: 'A', description: '', nodes: [{ id: 'n', type: 'action' }], run: [text('Hi')] }

describe('a scenario', () => {
  it.each<[what: string, definition: unknown, message: string]>([
    ['nothing', undefined, "scenario() takes an object such as { id: 'greeting', name: 'Greeting'"],
    ['no id', { ...whole, id: undefined }, "scenario() needs an id: scenario({ id: 'greeting', ... })"],
    ['no name', { ...whole, name: undefined }, "scenario 'a' needs a name"],
    ['no nodes', { ...whole, nodes: undefined }, "scenario 'a' needs nodes: a list of { id, type }, which may be empty"],
    ['a node without an id', { ...whole, nodes: [{ type: 'action' }] }, "scenario 'a' needs nodes: a list of { id, type }"],
    ['no run', { ...whole, run: undefined }, "scenario 'a': steps come as a list, such as [text('Hi'), finish()], not undefined"],
    ['a step that is in no list', { ...whole, run: text('Hi') }, "scenario 'a': steps come as a list, such as [text('Hi'), finish()], not a single step of kind 'text'"],
    ['a text in place of a step', { ...whole, run: ['Hi'] }, `scenario 'a': a step is made by a builder such as text() or toolCall(), or is a function, not "Hi"`],
    ['a step of no kind', { ...whole, run: [{ kind: 'explode' }] }, `scenario 'a': a step is made by a builder such as text() or toolCall(), or is a function, not {"kind":"explode"}`],
    ['branches that are no lists', { ...whole, run: [parallel(text('Hi') as never)] }, "scenario 'a': steps come as a list"],
    ['an agent that does nothing', { ...whole, run: [subAgent(null, {} as never)] }, "scenario 'a': steps come as a list"],
    ['a call of no node', { ...whole, run: [toolCall(undefined as never)] }, "toolCall names the node 'undefined', which it does not have. Its nodes: 'n'"],
  ])('with %s is refused, where it is written and where it is served', (_what, definition, message) => {
    expect(() => scenario(definition as Scenario)).toThrow(message)
    expect(() => createWorkflowSimulator({ scenarios: [definition as Scenario] })).toThrow(message)
  })
})

it.each<[what: string, options: unknown, message: string]>([
  ['no list of scenarios', { scenarios: whole }, 'createWorkflowSimulator needs at least one scenario in a list'],
  ['an API key that is no text', { apiKey: 5 }, 'createWorkflowSimulator needs apiKey to be a string'],
  ['a clock that is none', { clock: Date }, 'createWorkflowSimulator needs a clock with now, setTimeout and clearTimeout, such as manualClock()'],
  ['a speed that is no number', { speed: '2' }, 'createWorkflowSimulator needs a speed from 0 (all at once) up, not 2'],
])('a simulator with %s is refused', (_what, options, message) => {
  expect(() => createWorkflowSimulator(options as object)).toThrow(message)
})

it.each<[fault: object, message: string]>([
  [{ kind: 'malformed', afterframes: 2 }, "simulator.fault of kind 'malformed' has no field 'afterframes'. Its fields: afterFrames, text, on, times"],
  [{ kind: 'sseIds', atByte: 2 }, "simulator.fault of kind 'sseIds' has no field 'atByte'. Its fields: on, times"],
  [{ kind: 'status', status: 429, retryAfter: {} }, "of kind 'status' needs a status from 300 to 599, and retryAfter to be seconds or a date"],
])('a fault with a field that does nothing is refused: %j', (fault, message) => {
  expect(() => createWorkflowSimulator().fault(fault as Fault)).toThrow(message)
})

it.each<[fault: unknown, message: string]>([
  ['cut', "simulator.strike takes { kind: 'cut' }, { kind: 'truncate' } or { kind: 'stall' }"],
  [{ kind: 'cut', afterFrames: 3 }, "simulator.strike of kind 'cut' has no field 'afterFrames': it happens at once. For a place in the next stream use simulator.fault"],
  [{ kind: 'stall', ms: 'long' }, "simulator.strike of kind 'stall' needs ms to be milliseconds from 0 up"],
])('what does not strike at once is refused: %j', (fault, message) => {
  expect(() => createWorkflowSimulator().strike(fault as StreamFault)).toThrow(message)
})
