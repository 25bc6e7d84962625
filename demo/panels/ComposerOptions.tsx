import type { ReactElement } from 'react'
import { useId } from 'react'

/** What may be sent beside the text; an empty field is not sent. */
export interface OptionFields {
  readonly email: string
  readonly name: string
  readonly version: string
}

export const noFields: OptionFields = { email: '', name: '', version: '' }

export interface ComposerOptionsProps {
  readonly fields: OptionFields
  readonly onChange: (fields: OptionFields) => void
}

/** The user and the version of a run, out of the way until they are needed. */
export function ComposerOptions({ fields, onChange }: ComposerOptionsProps): ReactElement {
  const fieldId = useId()
  const field = (name: keyof OptionFields, label: string, placeholder: string, type = 'text', isRequired = false): ReactElement => (
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
      <summary>User and version</summary>
      <div className="fields">
        {field('email', 'User e-mail', 'ada@example.com', 'email', fields.name !== '')}
        {field('name', 'User name', 'Ada Lovelace')}
        {field('version', 'Version', 'latest deployed')}
      </div>
    </details>
  )
}
