import { expect, it } from 'vitest'
import { createWorkflowClient } from '../../src/core.ts'
import { everyKind, secrets, taskId } from '../recordings/everyKind.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'

it('keeps no secret that the service echoes: in no state, no event, no answer and no error', async () => {
  const hand = createHandTransport()
  const client = createWorkflowClient({ baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false })
  const told: unknown[] = []
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onEvent: (event) => told.push(event), onSettled: (turn) => told.push(turn), onError: (error) => told.push(error) })
  await turnOver()

  hand.sendText('{"user_oidc_token":"secret-oidc", broken')
  hand.send(...everyKind)
  hand.send({ type: 'never_seen', user_tokens: { a: 'secret-user-token' }, data: { access_token: 'secret-access' } })
  await hand.end()

  const everything = JSON.stringify([client.store.getState(), client.getEvents(taskId), told, await settled])
  expect(everything.length).toBeGreaterThan(1000)
  for (const secret of secrets) expect(everything).not.toContain(secret)
})
