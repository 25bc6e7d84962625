import { expect, it, vi } from 'vitest'
import { createWorkflowStore } from '../../src/store/workflowStore.ts'

it('starts with nothing, whatever it holds later', () => {
  const store = createWorkflowStore()

  store.setState({ aliases: { key: 'task' } })

  expect(store.getInitialState()).toEqual({ tasks: {}, aliases: {}, graphs: {}, conversations: {} })
})

it('reports a subscriber that throws and calls the others', () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const store = createWorkflowStore()
  const failure = new Error('mine')
  const other = vi.fn()
  store.subscribe(() => { throw failure })
  store.subscribe(other)

  store.setState({ aliases: { key: 'task' } })

  expect(report).toHaveBeenCalledExactlyOnceWith(failure)
  expect(other).toHaveBeenCalledTimes(1)
  vi.unstubAllGlobals()
})

it('says it on the console where nobody takes reports', () => {
  vi.stubGlobal('reportError', undefined)
  const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const failure = new Error('mine')
  const store = createWorkflowStore()
  store.subscribe(() => { throw failure })

  store.setState({ aliases: { key: 'task' } })

  expect(complain).toHaveBeenCalledExactlyOnceWith(failure)
  complain.mockRestore()
  vi.unstubAllGlobals()
})
