import type { MouseEvent, ReactElement } from 'react'

export interface RunButtonProps {
  readonly isRunning: boolean
  readonly isStopping: boolean
  readonly isEmpty: boolean
  readonly onStop: () => void
}

/** One button, so that the focus stays where it is: Run, and Stop while a turn runs. */
export function RunButton({ isRunning, isStopping, isEmpty, onStop }: RunButtonProps): ReactElement {
  const onClick = (event: MouseEvent): void => {
    if (!isRunning) return
    event.preventDefault()
    // The second click of a double click on Run is not meant for Stop.
    if (!isStopping && event.detail < 2) onStop()
  }
  return (
    <button
      type="submit"
      className={isRunning ? 'button stop' : 'button primary'}
      aria-disabled={isRunning ? isStopping : isEmpty}
      onClick={onClick}
    >
      {isStopping ? 'Stopping…' : isRunning ? 'Stop' : 'Run'}
    </button>
  )
}
