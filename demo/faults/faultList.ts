import { giveUpAfter } from '../createDemoClient.ts'
import type { FaultName } from './faultState.ts'

/** Laws of the package that a fault puts to the test. */
export const laws = {
  onePost: 'Law 1: one POST per submit',
  nothingLost: 'Law 2: nothing lost',
  noLie: 'Law 3: no lie',
  unknownIsNotFatal: 'Law 7: unknown is not fatal',
} as const

/** How a fault is let happen. */
export interface FaultButton {
  readonly action: string
  /** What the button says while the fault is set; without it, nothing can be taken back. */
  readonly undo?: string
  /** What the fault says of itself meanwhile. */
  readonly waits?: string
  /** `stream`: there has to be one that is open; `task`: there has to be a run. */
  readonly needs?: 'stream' | 'task'
}

/** One fault, in words. */
export interface FaultEntry {
  readonly name: FaultName | 'reload'
  readonly title: string
  /** What happens, and what the package does about it. */
  readonly what: string
  readonly law: keyof typeof laws
  readonly button: FaultButton
}

export interface FaultGroup {
  readonly title: string
  readonly entries: readonly FaultEntry[]
}

type Row = readonly [name: FaultEntry['name'], title: string, button: FaultButton, law: keyof typeof laws, what: string]

const now = (action: string): FaultButton => ({ action, needs: 'stream' })
const until = (action: string, undo: string): FaultButton => ({ action, undo, waits: 'In force' })
const setFor = (what: string): FaultButton => ({ action: 'Set', undo: 'Take back', waits: `Waits for ${what}` })

const rows: Readonly<Record<string, readonly Row[]>> = {
  Line: [
    ['cutNow', 'Cut the line', now('Cut now'), 'nothingLost', 'The stream breaks, the run goes on. The task is read until it is over, and the text is filled in. The workflow is not started again.'],
    ['cutLater', 'Cut later', setFor('the next run'), 'nothingLost', 'The stream of the next run breaks after so many frames. With 0 no frame came, so nobody knows which task it is: the page says so and sends nothing again.'],
    ['stall', 'Stall for 15 seconds', now('Stall now'), 'nothingLost', 'The line stays open and silent. After 4 seconds without a byte the task is read beside it; when the stream goes on, nothing comes twice.'],
  ],
  Network: [
    ['offline', 'Go offline', until('Go offline', 'Go online'), 'nothingLost', 'The page is told that it has no network, and nothing gets through. Following makes no request and goes on at once when it is back; a submit fails, says that nothing was sent, and your input is kept. For the real thing: developer tools, Network, Offline.'],
    ['outage', 'Server down for 10 seconds', until('Take down', 'Bring back'), 'nothingLost', 'Open lines break and every request is refused. The page tries again, less and less often, until one gets through.'],
    ['down', 'Server down until further notice', until('Take down', 'Bring back'), 'noLie', `After ${giveUpAfter} failed tries in a row the page gives up and says “lost”, not “failed”: the run may go on. (By itself the package tries 10 times.) “Follow again” goes on from there.`],
  ],
  Frames: [
    ['duplicate', 'Every frame twice', setFor('the next run'), 'nothingLost', 'The next run is told twice over. Text, steps and attempts are there once.'],
    ['malformed', 'A malformed frame', setFor('the next run'), 'unknownIsNotFatal', 'A frame of the next run is no JSON. It is counted with its length, its text is not kept, and the stream goes on.'],
  ],
  Refusals: [
    ['expireKey', 'Expire the key', { action: 'Expire', waits: 'Waits for a request' }, 'onePost', 'The next request is answered 401. The client asks the headers function for new ones and sends once more; nothing else is ever sent twice.'],
    ['tooManySubmits', '429 for the next submit', setFor('the next run'), 'onePost', 'The submit is refused with Retry-After. The page says when to try again, and your input is kept; nothing is sent again by itself.'],
    ['tooManyReads', 'Cut, then 429', { ...now('Cut now'), undo: 'Take back', waits: 'Waits for a read' }, 'nothingLost', 'The line breaks, and reading the task is refused for 7 seconds. It waits as long as it was told to, and that counts as no failed try.'],
  ],
  Stop: [
    ['refuseStop', 'Refuse the next stop', setFor('a stop'), 'noLie', 'The service answers 403. The page says that the run was not stopped, and goes on showing it.'],
    ['ignoreStop', 'Ignore the next stop', setFor('a stop'), 'noLie', 'The service answers with a task that still runs. The page stays at “Stopping”, and never says “stopped” before the service does.'],
  ],
  Page: [
    ['reload', 'Reload in the middle', { action: 'Reload', needs: 'task' }, 'nothingLost', 'The task’s id is in the address. The page that comes finds the run by it, reads what happened and follows it on.'],
  ],
}

/** Everything that the drawer can let happen, by where it happens. */
export const faultGroups: readonly FaultGroup[] = Object.entries(rows).map(([title, group]) => ({
  title,
  entries: group.map(([name, faultTitle, button, law, what]) => ({ name, title: faultTitle, button, law, what })),
}))
