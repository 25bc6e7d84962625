import { expect, it } from 'vitest'
import { selectTask } from '../../src/state/selectors.ts'
import { isSeenId } from '../../src/state/reduceEvent.ts'
import { isSame } from '../../src/state/isSame.ts'
import { graphView } from '../../src/state/selectors.ts'
import { decodeGraph } from '../../src/protocol/graph.ts'
import { CHILD, authEvent, graphRead, ofChild, replay, replayStore, submitted, taskCreated, taskFinished, taskUpdated, toolCallRequest, toolCallResult } from './frames.ts'

const login = { url: 'https://sign.in/now', server_name: 'Docs' }

it('asks for a sign-in until the token is there, at https addresses only', () => {
  const asked = [submitted(), taskCreated(), authEvent('login_required', login)]

  expect(replay(asked).auth).toMatchObject({ type: 'login_required', url: 'https://sign.in/now', serverName: 'Docs' })
  expect(replay([...asked, authEvent('token_ready', { access_token: 'REDACTED' })]).auth).toBeNull()
  expect(replay([submitted(), taskCreated(), authEvent('login_required', { ...login, url: 'javascript:alert(1)' })]).auth?.url).toBeNull()
})

it('asks for a connector until the record no longer does', () => {
  const asked = [submitted(), taskCreated(), taskUpdated({ status: 'paused', pending_eca_request: { connector_name: 'Jira', auth_url: 'https://jira.test/' } })]

  expect(replay(asked).auth).toMatchObject({ type: 'pending_eca_request', url: 'https://jira.test/', serverName: 'Jira' })
  expect(replay([...asked, taskUpdated()]).auth).toBeNull()
})

it('tells the root of a sign-in that a child run needs, until the child has it or is over', () => {
  const asked = [submitted(), taskCreated(), taskCreated(ofChild()), authEvent('login_required', login, { task: CHILD })]
  const rootOf = (items: Parameters<typeof replayStore>[0]) => selectTask(replayStore(items), 'task-1')

  expect(rootOf(asked)?.auth).toMatchObject({ url: 'https://sign.in/now' })
  expect(rootOf([...asked, authEvent('token_ready', {}, { task: CHILD })])?.auth).toBeNull()
  expect(rootOf([...asked, taskFinished(ofChild({ result: 'x' }))])?.auth).toBeNull()
})

it.each([
  ['log.9', 'log.10', false],
  ['log.10', 'log.9', true],
  ['log.10', 'log.10', true],
  ['log.10', 'other.9', false],
  ['a', 'b', false],
  ['99999999999999999998', '99999999999999999999', false],
  [null, '1', false],
])('after the SSE id %s has seen %s: %s', (last, id, isSeen) => {
  expect(isSeenId(last, id)).toBe(isSeen)
})

it.each([
  [[1, 2], [1, 2], true],
  [{ a: 1 }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, false],
  [[], {}, false],
  [new Set([1]), new Set([1]), false],
  [new Date(1), new Date(2), false],
])('compares %o and %o shallowly', (one, other, isAlike) => {
  expect(isSame(one, other)).toBe(isAlike)
})

it('shows a pointer and its edges as the node that it jumps to', () => {
  const nodes = [
    { id: 'a', type: 'action', next_node_ids: ['jump'] },
    { id: 'jump', type: 'node_pointer', definition: { source_node_id: 'a' }, next_node_ids: ['lost'] },
    { id: 'lost', type: 'node_pointer', definition: { source_node_id: 'not there' } },
  ]
  const task = replay([
    submitted(), taskCreated(), graphRead(nodes), toolCallRequest({ request: 'r', node: 'jump' }), toolCallResult({ request: 'r', node: 'jump' }),
    toolCallRequest({ request: 's', node: 'lost' }), toolCallResult({ request: 's', node: 'lost' }), taskFinished({ result: 'x' }),
  ])

  const view = graphView(decodeGraph(nodes), task.nodes, true)

  expect(view.nodes.map(({ id, status }) => [id, status])).toEqual([['a', 'completed'], ['jump', 'completed'], ['lost', 'completed']])
  expect(view.edges.map(({ status }) => status)).toEqual(['taken', 'taken'])
})

it.each([
  ['runs', false, false, 'pending'],
  ['is over', true, false, 'skipped'],
  ['is over and was seen in part', true, true, 'pending'],
] as const)('shows what was not seen of a run that %s', (_, isOver, hasGap, status) => {
  const graph = decodeGraph([{ id: 'a', type: 'action', next_node_ids: ['b'] }, { id: 'b', type: 'action' }])

  const view = graphView(graph, {}, isOver, hasGap)

  expect([...view.nodes, ...view.edges].map((part) => part.status)).toEqual([status, status, status])
})
