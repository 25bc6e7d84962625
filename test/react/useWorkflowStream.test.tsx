import { act, cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react'
import { Activity, StrictMode, Suspense, memo, use, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  WorkflowProvider, createWorkflowClient, useWorkflowGraph, useWorkflowNode, useWorkflowResult, useWorkflowStream,
  useWorkflowTask, useWorkflowTasks, useWorkflowText, useWorkflowTimeline,
} from '../../src/index.ts'
import type { UseWorkflowStreamOptions, WorkflowClient } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

let hand: HandTransport
let client: WorkflowClient

beforeEach(() => {
  hand = createHandTransport()
  client = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false })
})

afterEach(() => {
  cleanup()
  client.destroy()
})

function Wrapper({ children }: { readonly children: ReactNode }): ReactElement {
  return <WorkflowProvider client={client}>{children}</WorkflowProvider>
}

const send = (...frames: readonly unknown[]): Promise<void> => act(async () => {
  hand.send(...frames)
  await turnOver()
})

describe.each([['plain', false], ['in StrictMode', true]])('the main hook %s', (_, isStrict) => {
  const mount = (options: Partial<UseWorkflowStreamOptions> = {}) =>
    renderHook((props: Partial<UseWorkflowStreamOptions>) => useWorkflowStream({ workflowId: 'flow', ...props }), {
      wrapper: ({ children }) => <Wrapper>{isStrict ? <StrictMode>{children}</StrictMode> : children}</Wrapper>,
      initialProps: options,
    })

  it('starts idle and sends nothing by itself', async () => {
    const { result } = mount()
    await act(turnOver)

    expect(result.current).toMatchObject({ status: 'idle', connection: 'closed', text: '', isRunning: false, isSettled: false, turns: [] })
    expect(hand.requests).toHaveLength(0)
  })

  it('shows a run from the submit to its result', async () => {
    const frames = createFrames()
    const { result } = mount()

    await act(async () => { result.current.submit('Hi'); await turnOver() })
    expect(result.current).toMatchObject({ status: 'submitting', isRunning: true })
    await send(frames.created(), frames.updated(), frames.chunk('Hel'), frames.chunk('lo'))
    expect(result.current).toMatchObject({ taskId: 'task-1', status: 'executing', connection: 'open', text: 'Hello' })
    await send(frames.finished({ result: 'Hello!' }))

    expect(result.current).toMatchObject({ status: 'completed', result: 'Hello!', text: 'Hello!', isSettled: true, connection: 'closed' })
    expect(hand.requests).toHaveLength(1)
  })

  it('continues the conversation with the next submit', async () => {
    const frames = createFrames()
    const { result } = mount()
    await act(async () => { result.current.submit('One'); await turnOver() })
    await send(frames.created(), frames.finished({ result: '1' }))

    await act(async () => { result.current.submit('Two'); await turnOver() })
    await send(frames.created(), frames.finished({ result: '2' }))

    expect(hand.requests.map(({ body }) => body)).toEqual(['{"input":{"text":"One"}}', '{"input":{"text":"Two"},"id":"task-1"}'])
    expect(result.current.turns.map((turn) => turn.result)).toEqual(['1', '2'])
  })

  it('makes one run of a double click', async () => {
    const onError = vi.fn()
    const { result } = mount({ onError })

    const handles = await act(async () => {
      const both = [result.current.submit('Hi'), result.current.submit('Hi')]
      await turnOver()
      return both
    })

    expect(hand.requests).toHaveLength(1)
    expect(await handles[1]?.settled).toMatchObject({ cause: 'refused', error: { code: 'busy' } })
    expect(result.current.status).toBe('submitting')
  })

  it('calls back once a turn, with the options of the last render', async () => {
    const frames = createFrames()
    const first = { onSettled: vi.fn(), onEvent: vi.fn() }
    const last = { onSettled: vi.fn(), onEvent: vi.fn() }
    const { result, rerender } = mount(first)
    await act(async () => { result.current.submit('Hi'); await turnOver() })
    await send(frames.created())

    rerender(last)
    await send(frames.finished({ result: 'x' }))

    expect(first.onEvent).toHaveBeenCalledTimes(1)
    expect(first.onSettled).not.toHaveBeenCalled()
    expect(last.onEvent).toHaveBeenCalledTimes(1)
    expect(last.onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'finished', result: 'x' }))
  })

  it('tells a new task id once, and starts nothing when it comes back', async () => {
    const frames = createFrames()
    const onTaskId = vi.fn()
    const { result, rerender } = mount({ onTaskId })
    await act(async () => { result.current.submit('Hi'); await turnOver() })
    await send(frames.created())

    rerender({ onTaskId, taskId: 'task-1' })
    await send(frames.finished({ result: 'x' }))

    expect(onTaskId).toHaveBeenCalledExactlyOnceWith('task-1')
    expect(result.current).toMatchObject({ taskId: 'task-1', result: 'x' })
    expect(hand.requests).toHaveLength(1)
  })

  it('empties the view on reset and leaves the run alone', async () => {
    const frames = createFrames()
    const { result } = mount()
    await act(async () => { result.current.submit('Hi'); await turnOver() })
    await send(frames.created())

    act(() => { result.current.reset() })
    expect(result.current).toMatchObject({ status: 'idle', taskId: undefined, turns: [] })
    await send(frames.finished({ result: 'x' }))

    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed', result: 'x' })
  })

  it('asks for an empty view through onTaskId when the task id is controlled', async () => {
    const frames = createFrames()
    const onTaskId = vi.fn()
    const { result, rerender } = mount({ onTaskId })
    await act(async () => { result.current.submit('Hi'); await turnOver() })
    await send(frames.created(), frames.finished({ result: 'x' }))
    rerender({ onTaskId, taskId: 'task-1' })

    act(() => { result.current.reset() })
    expect(onTaskId).toHaveBeenLastCalledWith(undefined)
    rerender({ onTaskId })

    expect(result.current.status).toBe('idle')
  })

  it('keeps the identity of its functions', async () => {
    const { result } = mount()
    const { submit, stop, disconnect, reset } = result.current

    await act(async () => { result.current.submit('Hi'); await turnOver() })

    expect(result.current).toMatchObject({ submit, stop, disconnect, reset })
  })

  it('leaves the run alone when it unmounts', async () => {
    const frames = createFrames()
    const { result, unmount } = mount()
    await act(async () => { result.current.submit('Hi'); await turnOver() })
    await send(frames.created())

    unmount()
    await send(frames.finished({ result: 'x' }))

    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed' })
  })

  it('disconnects when the last view has been gone for a tick, if asked to', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { result, unmount } = mount({ onUnmount: 'disconnect' })
    await act(async () => { result.current.submit('Hi'); await turnOver() })
    await send(createFrames().created())
    await act(() => vi.advanceTimersByTimeAsync(1))
    expect(hand.requests[0]?.signal.aborted).toBe(false)

    unmount()
    await vi.advanceTimersByTimeAsync(1)
    vi.useRealTimers()

    expect(hand.requests[0]?.signal.aborted).toBe(true)
    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'pending', connection: 'closed' })
  })
})

it('shares one conversation between hooks of one id, and finds it again after a remount', async () => {
  const frames = createFrames()
  const use = () => renderHook(() => useWorkflowStream({ workflowId: 'flow', id: 'chat' }), { wrapper: Wrapper })
  const one = use()
  const other = use()
  await act(async () => { one.result.current.submit('Hi'); await turnOver() })
  await send(frames.created())

  expect(other.result.current.taskId).toBe('task-1')
  one.unmount()
  other.unmount()
  await send(frames.finished({ result: 'x' }))

  expect(use().result.current).toMatchObject({ taskId: 'task-1', result: 'x' })
})

it('switches the view with the task id and touches no run', async () => {
  const { result, rerender } = renderHook(
    (props: { taskId?: string }) => useWorkflowStream({ workflowId: 'flow', follow: false, ...props }),
    { wrapper: Wrapper, initialProps: {} },
  )
  await act(async () => { result.current.submit('Hi'); await turnOver() })
  await send(createFrames('one').created())

  rerender({ taskId: 'other' })
  expect(result.current).toMatchObject({ status: 'idle', taskId: undefined })
  rerender({ taskId: 'one' })

  expect(result.current).toMatchObject({ taskId: 'one', status: 'pending' })
  expect(hand.requests[0]?.signal.aborted).toBe(false)
})

it('shows no conversation of another workflow', async () => {
  const frames = createFrames()
  const { result, rerender } = renderHook(({ workflowId }) => useWorkflowStream({ workflowId }), {
    wrapper: Wrapper, initialProps: { workflowId: 'one' },
  })
  await act(async () => { result.current.submit('Hi'); await turnOver() })
  await send(frames.created(), frames.finished({ result: 'x' }))

  rerender({ workflowId: 'other' })
  expect(result.current).toMatchObject({ status: 'idle', turns: [] })
  await act(async () => { result.current.submit('Hi'); await turnOver() })

  expect(hand.requests[1]?.url).toContain('/workflows/other/')
  expect(hand.requests[1]?.body).toBe('{"input":{"text":"Hi"}}')
})

it('renders a component that selects the status only when the status changes', async () => {
  const frames = createFrames()
  let renders = 0
  const { result } = renderHook(() => {
    renders += 1
    return useWorkflowStream({ workflowId: 'flow' }, ({ status, submit }) => ({ status, submit }))
  }, { wrapper: Wrapper })
  await act(async () => { result.current.submit('Hi'); await turnOver() })
  await send(frames.created(), frames.updated())
  const before = renders

  for (let piece = 0; piece < 20; piece += 1) await send(frames.chunk('x'))
  expect(renders).toBe(before)
  await send(frames.finished({ result: 'x' }))

  expect(renders).toBe(before + 1)
  expect(result.current.status).toBe('completed')
})

it('renders nothing for a component that selects only what it can do', async () => {
  const frames = createFrames()
  let renders = 0
  const { result } = renderHook(() => {
    renders += 1
    return useWorkflowStream({ workflowId: 'flow' }, ({ submit }) => submit)
  }, { wrapper: Wrapper })

  await act(async () => { result.current('Hi'); await turnOver() })
  await send(frames.created(), frames.chunk('x'), frames.finished({ result: 'x' }))

  expect(renders).toBe(1)
})

it('renders one row for the event of one node', async () => {
  const frames = createFrames()
  const renders: Record<string, number> = {}
  const Row = memo(function Row({ taskId, nodeId }: { taskId: string; nodeId: string }) {
    const node = useWorkflowNode(taskId, nodeId)
    renders[nodeId] = (renders[nodeId] ?? 0) + 1
    return <li>{node?.status}</li>
  })
  render(<Wrapper><Row taskId="task-1" nodeId="a" /><Row taskId="task-1" nodeId="b" /></Wrapper>)
  act(() => { client.submit({ workflowId: 'flow', input: 'Hi' }) })
  await act(turnOver)
  await send(
    frames.created(),
    frames.request({ request_id: 'r1', graph_node_id: 'a' }),
    frames.request({ request_id: 'r2', graph_node_id: 'b' }),
  )
  const before = { ...renders }

  await send(frames.result({ request_id: 'r1', graph_node_id: 'a' }))

  expect(renders).toEqual({ a: (before.a ?? 0) + 1, b: before.b })
  expect(screen.getAllByRole('listitem').map((row) => row.textContent)).toEqual(['completed', 'running'])
})

it('does not loop on a selector that makes a fresh nested answer', async () => {
  const frames = createFrames()
  const { result } = renderHook(
    () => useWorkflowTask('task-1', (task) => ({ nested: { text: task?.text } })),
    { wrapper: Wrapper },
  )
  act(() => { client.submit({ workflowId: 'flow', input: 'Hi' }) })
  await act(turnOver)

  await send(frames.created(), frames.chunk('x'))

  expect(result.current).toEqual({ nested: { text: 'x' } })
})

it('answers by id from anywhere', async () => {
  const frames = createFrames()
  const { result } = renderHook(() => ({
    task: useWorkflowTask('task-1'),
    text: useWorkflowText('task-1'),
    timeline: useWorkflowTimeline('task-1'),
    result: useWorkflowResult('task-1'),
    running: useWorkflowTasks({ status: ['pending', 'executing'] }),
    children: useWorkflowTasks({ parentTaskId: 'task-1' }),
    graph: useWorkflowGraph('flow', 'task-1'),
  }), { wrapper: Wrapper })
  expect(result.current).toEqual({ task: undefined, text: '', timeline: [], result: undefined, running: [], children: [], graph: undefined })

  act(() => { client.submit({ workflowId: 'flow', input: 'Hi' }) })
  await act(turnOver)
  await send(
    frames.created(), frames.chunk('x'), frames.request({ graph_node_id: 'a' }),
    frames.created({ agent_id: 'agent', parent_execution: 'task-1' }, 'task-2'),
  )

  expect(result.current).toMatchObject({
    task: { taskId: 'task-1' }, text: 'x', timeline: [{ id: 'a', status: 'running' }], result: { result: null },
    running: ['task-1'], children: ['task-2'],
  })
})

it('calls back no hidden view, and does not make up for it later', async () => {
  const frames = createFrames()
  const onEvent = vi.fn()
  function View() {
    const run = useWorkflowStream({ workflowId: 'flow', id: 'chat', onEvent })
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.text}</button>
  }
  const page = (mode: 'visible' | 'hidden') => <Wrapper><Activity mode={mode}><View /></Activity></Wrapper>
  const { rerender } = render(page('visible'))
  await act(async () => { fireEvent.click(screen.getByRole('button')); await turnOver() })
  await send(frames.created())
  expect(onEvent).toHaveBeenCalledTimes(1)

  rerender(page('hidden'))
  await send(frames.chunk('hidden '))
  rerender(page('visible'))
  await send(frames.chunk('seen'))

  expect(onEvent).toHaveBeenCalledTimes(2)
  expect(screen.getByRole('button').textContent).toBe('hidden seen')
})

it('tells a task id that became known while the view was hidden', async () => {
  const frames = createFrames()
  const onTaskId = vi.fn()
  function View() {
    const run = useWorkflowStream({ workflowId: 'flow', onTaskId })
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.status}</button>
  }
  const page = (mode: 'visible' | 'hidden') => <Wrapper><Activity mode={mode}><View /></Activity></Wrapper>
  const { rerender } = render(page('visible'))
  await act(async () => { fireEvent.click(screen.getByRole('button')); await turnOver() })

  rerender(page('hidden'))
  await send(frames.created())
  expect(onTaskId).not.toHaveBeenCalled()
  rerender(page('visible'))

  expect(onTaskId).toHaveBeenCalledExactlyOnceWith('task-1')
})

it.each(['disconnect', 'stop'] as const)('does not %s a run when the view only looks elsewhere', async (onUnmount) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const stop = vi.fn()
  const fetch: typeof globalThis.fetch = () => { stop(); return Promise.reject(new TypeError('no')) }
  const own = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false, fetch })
  const { result, rerender, unmount } = renderHook(
    (props: { taskId?: string }) => useWorkflowStream({ workflowId: 'flow', client: own, follow: false, onUnmount, ...props }),
    { initialProps: {} },
  )
  await act(async () => { result.current.submit('Hi'); await turnOver() })
  await send(createFrames().created())

  rerender({ taskId: 'other' })
  await vi.advanceTimersByTimeAsync(1)
  rerender({})
  act(() => { result.current.reset() })
  await vi.advanceTimersByTimeAsync(1)

  expect(stop).not.toHaveBeenCalled()
  expect(hand.requests[0]?.signal.aborted).toBe(false)
  unmount()
  own.destroy()
  vi.useRealTimers()
})

it('stops the run when its last view has been gone for a tick, if asked to', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const urls: string[] = []
  const fetch: typeof globalThis.fetch = (url) => {
    urls.push(url as string)
    return Promise.resolve(Response.json({ id: 'task-1', status: 'stopped' }))
  }
  const own = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false, fetch })
  const { result, unmount } = renderHook(() => useWorkflowStream({ workflowId: 'flow', client: own, onUnmount: 'stop' }))
  await act(async () => { result.current.submit('Hi'); await turnOver() })
  await send(createFrames().created())

  unmount()
  await vi.advanceTimersByTimeAsync(1)
  await turnOver()

  expect(urls).toEqual(['/api/xpander/v1/tasks/task-1/stop'])
  expect(own.store.getState().tasks['task-1']).toMatchObject({ status: 'stopped' })
  own.destroy()
  vi.useRealTimers()
})

it('keeps a task that a hook by id shows, however many there are', async () => {
  const own = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false, maxTasks: 1 })
  const { result } = renderHook(() => useWorkflowText('one'), {
    wrapper: ({ children }) => <WorkflowProvider client={own}>{children}</WorkflowProvider>,
  })

  for (const id of ['one', 'two', 'three']) {
    const frames = createFrames(id)
    act(() => { own.submit({ workflowId: 'flow', input: 'Hi' }) })
    await act(turnOver)
    await send(frames.created(), frames.finished({ result: id }))
  }

  expect(result.current).toBe('one')
  expect(Object.keys(own.store.getState().tasks)).toEqual(['one'])
  own.destroy()
})

it('shows a run through Suspense: a view that suspends in the middle finds it again', async () => {
  const frames = createFrames()
  let resume: (value: string) => void = () => undefined
  const waiting = new Promise<string>((resolve) => { resume = resolve })
  function View({ isWaiting }: { isWaiting: boolean }) {
    const run = useWorkflowStream({ workflowId: 'flow' })
    if (isWaiting) use(waiting)
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.text}</button>
  }
  const page = (isWaiting: boolean) => <Wrapper><Suspense fallback="wait"><View isWaiting={isWaiting} /></Suspense></Wrapper>
  const { rerender } = render(page(false))
  await act(async () => { fireEvent.click(screen.getByRole('button')); await turnOver() })
  await send(frames.created())

  await act(async () => { rerender(page(true)); await turnOver() })
  await send(frames.chunk('while away'))
  await act(async () => { resume('on'); await turnOver() })

  expect(screen.getByRole('button').textContent).toBe('while away')
  expect(hand.requests).toHaveLength(1)
})

it('hands a callback that throws to reportError and goes on', async () => {
  const frames = createFrames()
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const failure = new Error('mine')
  const { result } = renderHook(() => useWorkflowStream({ workflowId: 'flow', onEvent: () => { throw failure } }), { wrapper: Wrapper })
  await act(async () => { result.current.submit('Hi'); await turnOver() })

  await send(frames.created(), frames.finished({ result: 'x' }))

  expect(report).toHaveBeenCalledWith(failure)
  expect(result.current.status).toBe('completed')
  vi.unstubAllGlobals()
})

it('sends the default fields, the input defaults and what a submit overrides', async () => {
  const user = { email: 'a@b.c' }
  const { result } = renderHook(
    () => useWorkflowStream({ workflowId: 'flow', version: 1, request: { title: 'Mine', thinkMode: 'harder', input: { user } } }),
    { wrapper: Wrapper },
  )

  await act(async () => { result.current.submit('Hi', { title: 'Yours', version: 2 }); await turnOver() })

  expect(hand.requests[0]?.url).toMatch(/version=2$/)
  expect(JSON.parse(hand.requests[0]?.body ?? '')).toEqual({ title: 'Yours', think_mode: 'harder', input: { text: 'Hi', user } })
})

it('keeps the run with the client that started it when the provider changes', async () => {
  const frames = createFrames()
  const otherClient = createWorkflowClient({ transport: createHandTransport().transport, throttle: false })
  let swap: () => void = () => undefined
  function Swapping({ children }: { readonly children: ReactNode }): ReactElement {
    const [current, setCurrent] = useState(client)
    swap = () => { setCurrent(otherClient) }
    return <WorkflowProvider client={current}>{children}</WorkflowProvider>
  }
  const { result } = renderHook(() => useWorkflowStream({ workflowId: 'flow' }), { wrapper: Swapping })
  await act(async () => { result.current.submit('Hi'); await turnOver() })

  act(() => { swap() })
  await send(frames.created(), frames.finished({ result: 'x' }))

  expect(result.current.status).toBe('idle')
  expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed' })
  otherClient.destroy()
})
