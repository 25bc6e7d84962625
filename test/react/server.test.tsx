import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'

it('answers idle on a server without a client, and says what to do when something acts', () => {
  vi.stubGlobal('window', undefined)
  let act: () => unknown = () => undefined
  function Acting() {
    const run = useWorkflowStream({ workflowId: 'flow' })
    act = () => run.submit('Hi')
    return <p>{run.status}</p>
  }

  const html = renderToString(<Acting />)

  expect(html).toBe('<p>idle</p>')
  expect(act).toThrow(expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('WorkflowProvider') as string }))
  vi.unstubAllGlobals()
})
