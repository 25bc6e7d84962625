import { withoutSecrets } from './secrets.ts'
import { isFields, readFields, readList, readText, readTime } from './wire.ts'

/** One message of a task's earlier turns (`GET /v1/tasks/{id}/thread`). */
export interface ThreadMessage {
  readonly id: string
  /** An open word: `user` or `assistant`, in a full thread also `system` and `tool`. */
  readonly role: string
  readonly content: string
  /** Epoch milliseconds. */
  readonly createdAt: number | undefined
  /** The message as sent, without the secrets that the service echoes. */
  readonly raw: unknown
}

/** The messages of a thread in their order: a list, or the root of a full thread. What is no message is left out. */
export function decodeThread(value: unknown): readonly ThreadMessage[] {
  const list = Array.isArray(value) ? value : readFields(value).root
  return readList(withoutSecrets(list)).filter(isFields).map((message, index) => ({
    id: readText(message.id) ?? String(index),
    role: readText(message.role) ?? 'unknown',
    content: readContent(message.content),
    createdAt: readTime(message.created_at),
    raw: message,
  }))
}

/** Text, or a part with text, or a list of such. */
function readContent(content: unknown): string {
  if (Array.isArray(content)) return content.map(readContent).join('')
  return readText(content) ?? readText(readFields(content).text) ?? ''
}
