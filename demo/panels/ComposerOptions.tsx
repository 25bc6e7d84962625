import type { ReactElement } from 'react'
import { useId } from 'react'
import type { UseWorkflowStreamOptions } from 'use-workflow-stream'

type WhenBusy = NonNullable<UseWorkflowStreamOptions['whenBusy']>

/** What may be sent beside the text, where an empty field is not sent, and what happens while a turn runs. */
export interface OptionFields {
  readonly email: string
  readonly name: string
  readonly version: string
  readonly whenBusy: WhenBusy
}

export const noFields: OptionFields = { email: '', name: '', version: '', whenBusy: 'reject' }

export interface ComposerOptionsProps {
  readonly fields: OptionFields
  readonly onChange: (fields: OptionFields) => void
}

/** How a run is submitted, out of the way until it is needed. */
export function ComposerOptions({ fields, onChange }: ComposerOptionsProps): ReactElement {
  const fieldId = useId()
  const field = (name: 'email' | 'name' | 'version', label: string, placeholder: string, type = 'text', isRequired = false): ReactElement => (
    <div className="field">
      <label htmlFor={`${fieldId}-${name}`}>{label}</label>
      <input
        id={`${fieldId}-${name}`}
        type={type}
        value={fields[name]}
        placeholder={placeholder}
        required={isRequired}
        autoComplete="off"
        onChange={(event) => { onChange({ ...fields, [name]: event.target.value }) }}
      />
    </div>
  )
  return (
    <details className="composer-options">
      <summary>Options</summary>
      <div className="fields">
        {field('email', 'User e-mail', 'ada@example.com', 'email', fields.name !== '')}
        {field('name', 'User name', 'Ada Lovelace')}
        {field('version', 'Version', 'latest deployed')}
        <div className="field">
          <label htmlFor={`${fieldId}-busy`}>If a turn still runs</label>
          <select id={`${fieldId}-busy`} value={fields.whenBusy} onChange={(event) => { onChange({ ...fields, whenBusy: event.target.value as WhenBusy }) }}>
            <option value="reject">Refuse it</option>
            <option value="queue">Queue it</option>
            <option value="replace">Stop, then send it</option>
          </select>
        </div>
      </div>
    </details>
  )
}
