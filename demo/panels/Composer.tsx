import type { KeyboardEvent, ReactElement, SubmitEvent } from 'react'
import { use, useId, useRef, useState } from 'react'
import type { WorkflowInputUser, WorkflowRun } from 'use-workflow-stream'
import { useWorkflowStream, WorkflowError } from 'use-workflow-stream'
import { RunContext } from '../runContext.ts'
import { useConversationState } from '../useConversationState.ts'
import { ComposerOptions, noFields } from './ComposerOptions.tsx'
import type { OptionFields } from './ComposerOptions.tsx'
import { RunButton } from './RunButton.tsx'

export interface ComposerProps {
  readonly conversation: string
  readonly sampleInput: string
  readonly onSubmit: () => void
}

/** Where the input is written and the run is started and stopped. */
export function Composer({ conversation, sampleInput, onSubmit }: ComposerProps): ReactElement {
  const { options } = use(RunContext)
  // The sample begins a conversation; one that the address names goes on.
  const [text, setText] = useState(options.taskId === undefined ? sampleInput : '')
  const [fields, setFields] = useState(noFields)
  const { whenBusy } = fields
  const run = useWorkflowStream({ ...options, whenBusy }, selectCommands)
  const [problem, setProblem] = useConversationState<string>(conversation)
  const fieldRef = useRef<HTMLTextAreaElement>(null)
  const fieldId = useId()

  const submit = (): void => {
    if (text.trim() === '') return
    try {
      const version = fields.version.trim()
      const { settled } = run.submit(inputOf(text, fields), version === '' ? {} : { version })
      setText('')
      setProblem(undefined)
      onSubmit()
      void settled.then((turn) => {
        // Nothing began, so what was written is not lost.
        if (turn.cause !== 'refused') return
        setText((written) => written || text)
        if (turn.error?.code === 'busy' || turn.error?.code === 'stop_failed') setProblem(turn.error.message)
      })
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error
      setProblem(error.message)
    }
  }
  const stop = async (): Promise<void> => {
    const { error } = await run.stop()
    setProblem(error?.message)
  }
  const reset = (): void => {
    run.reset()
    setText(sampleInput)
    setProblem(undefined)
    // The button that was pressed has nothing more to do, and would drop the focus.
    fieldRef.current?.focus()
  }
  const onFormSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    submit()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter that ends a composition (Japanese, Chinese, ...) chooses a word and sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <form className="composer" onSubmit={onFormSubmit}>
      <div className="field-head">
        <label htmlFor={fieldId}>Input</label>
        <span id={`${fieldId}-hint`} className="note">Enter sends, Shift+Enter starts a new line</span>
      </div>
      <textarea
        ref={fieldRef}
        id={fieldId}
        rows={2}
        value={text}
        aria-describedby={`${fieldId}-hint`}
        placeholder={run.hasTurns ? 'Continue the conversation' : 'What should the workflow do?'}
        onChange={(event) => { setText(event.target.value) }}
        onKeyDown={onKeyDown}
      />
      <ComposerOptions fields={fields} onChange={setFields} />
      {problem !== undefined && <p className="error-text">{problem}</p>}
      <div className="buttons">
        <RunButton isRunning={run.isRunning} isStopping={run.isStopping} isEmpty={text.trim() === ''} onStop={() => { void stop() }} />
        {run.isRunning && whenBusy !== 'reject' && (
          <button type="button" className="button" disabled={text.trim() === ''} onClick={submit}>
            {whenBusy === 'queue' ? 'Add to queue' : 'Stop and send'}
          </button>
        )}
        <button type="button" className="button" disabled={!run.hasTurns} onClick={reset}>New conversation</button>
      </div>
    </form>
  )
}

const selectCommands = ({ submit, stop, reset, isRunning, isStopping, turns, taskId }: WorkflowRun) =>
  ({ submit, stop, reset, isRunning, isStopping, hasTurns: turns.length > 0 || taskId !== undefined })

function inputOf(text: string, { email, name }: OptionFields): { readonly text: string; readonly user?: WorkflowInputUser } {
  if (email.trim() === '') return { text }
  const [firstName, ...rest] = name.trim().split(/\s+/)
  return {
    text,
    user: { email: email.trim(), firstName: firstName === '' ? undefined : firstName, lastName: rest.length === 0 ? undefined : rest.join(' ') },
  }
}
