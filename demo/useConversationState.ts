import { useState } from 'react'

/** A state that belongs to one conversation: another one begins without it. */
export function useConversationState<Value>(conversation: string): [Value | undefined, (value: Value | undefined) => void] {
  const [kept, keep] = useState<{ readonly conversation: string; readonly value: Value | undefined }>()
  return [kept?.conversation === conversation ? kept.value : undefined, (value) => { keep({ conversation, value }) }]
}
