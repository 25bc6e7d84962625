import type { ReactElement } from 'react'
import { useEffect, useState } from 'react'
import type { TaskState, WorkflowEvent } from 'use-workflow-stream'
import { useWorkflowClient, useWorkflowTask } from 'use-workflow-stream'
import { Code } from '../parts/Code.tsx'
import { Disclosure } from '../parts/Disclosure.tsx'
import { formatClock, formatNumber } from '../parts/time.ts'

const mostShown = 200

/** The last raw events of a task, newest last, each opening to its JSON. */
export function EventList({ taskId }: { readonly taskId: string }): ReactElement {
  const events = useEvents(taskId)
  const rootId = useWorkflowTask(taskId, selectId)
  const [hidesText, setHidesText] = useState(true)
  const matching = hidesText ? events.filter(({ event }) => event.kind !== 'chunk') : events
  return (
    <div className="events">
      <label className="check">
        <input type="checkbox" checked={hidesText} onChange={() => { setHidesText(!hidesText) }} /> Hide text pieces
      </label>
      <p className="note">
        {matching.length > mostShown ? `The last ${mostShown} of ${formatNumber(matching.length)}` : formatNumber(matching.length)} kept, newest last
      </p>
      <ol className="event-list" role="list">
        {matching.slice(-mostShown).map(({ number, event }) => (
          <li key={number}>
            <Disclosure className="event" summary={<EventSummary event={event} isChild={event.taskId !== undefined && event.taskId !== rootId} />}>
              {event.kind === 'malformed' ? <p className="note">No JSON, {formatNumber(event.length)} characters; the text is not kept.</p> : <Code label="Raw event" value={event.raw} />}
            </Disclosure>
          </li>
        ))}
      </ol>
    </div>
  )
}

const selectId = (task: TaskState | undefined) => task?.taskId

function EventSummary({ event, isChild }: { readonly event: WorkflowEvent; readonly isChild: boolean }): ReactElement {
  return (
    <>
      <span className="event-kind">{event.kind}</span>
      {isChild && <span className="tag">child run</span>}
      {event.time !== undefined && <time className="note" dateTime={new Date(event.time).toISOString()}>{formatClock(event.time)}</time>}
    </>
  )
}

interface NumberedEvent {
  readonly number: number
  readonly event: WorkflowEvent
}

/** The client keeps events outside its store, so this listens for new ones and reads them at most once a frame. */
function useEvents(taskId: string): readonly NumberedEvent[] {
  const client = useWorkflowClient()
  const [events, setEvents] = useState<readonly NumberedEvent[]>([])
  useEffect(() => {
    if (client === undefined) return
    const numbers = new Map<WorkflowEvent, number>()
    let count = 0
    let frame = 0
    const read = (): void => {
      frame = 0
      setEvents(client.getEvents(taskId).map((event) => {
        // The ring forgets, so the place in it is no name for an event.
        const number = numbers.get(event) ?? (count += 1)
        numbers.set(event, number)
        return { number, event }
      }))
    }
    const onEvent = (): void => { frame ||= requestAnimationFrame(read) }
    onEvent()
    const leave = client.observe(taskId, { onEvent })
    return () => {
      leave()
      cancelAnimationFrame(frame)
    }
  }, [client, taskId])
  return events
}
