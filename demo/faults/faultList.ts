import { giveUpAfter } from '../createDemoClient.ts'
import type { FaultName } from './faultState.ts'

/** Laws of the package that a fault puts to the test. */
export const laws = {
  onePost: 'Law 1: one POST per submit',
  nothingLost: 'Law 2: nothing lost',
  noLie: 'Law 3: no lie',
  unknownIsNotFatal: 'Law 7: unknown is not fatal',
} as const

/** One fault, in words. */
export interface FaultEntry {
  readonly name: FaultName | 'reload'
  readonly title: string
  /** What happens, and what the package does about it. */
  readonly what: string
  readonly law: keyof typeof laws
  /** What the button says: it happens at once, or it is set for a request to come. */
  readonly action: string
  /** What it says while the fault is set; without it, nothing can be taken back. */
  readonly undo?: string
  /** `stream`: there has to be one that is open; `task`: there has to be a run. */
  readonly needs?: 'stream' | 'task'
}

export interface FaultGroup {
  readonly title: string
  readonly entries: readonly FaultEntry[]
}

export const faultGroups: readonly FaultGroup[] = [
  {
    title: 'Line',
    entries: [
      {
        name: 'cutNow', title: 'Cut the line', action: 'Cut now', needs: 'stream', law: 'nothingLost',
        what: 'The stream breaks, the run goes on. The task is read until it is over, and the text is filled in. The workflow is not started again.',
      },
      {
        name: 'cutLater', title: 'Cut later', action: 'Set', undo: 'Take back', law: 'nothingLost',
        what: 'The stream of the next run breaks after so many frames. With 0 no frame came, so nobody knows which task it is: the page says so and sends nothing again.',
      },
      {
        name: 'stall', title: 'Stall for 15 seconds', action: 'Stall now', needs: 'stream', law: 'nothingLost',
        what: 'The line stays open and silent. After 4 seconds without a byte the task is read beside it; when the stream goes on, nothing comes twice.',
      },
    ],
  },
  {
    title: 'Network',
    entries: [
      {
        name: 'offline', title: 'Go offline', action: 'Go offline', undo: 'Go online', law: 'nothingLost',
        what: 'The page is told that it has no network, and nothing gets through. No request is made; following goes on at once when it is back. For the real thing: developer tools, Network, Offline.',
      },
      {
        name: 'outage', title: 'Server down for 10 seconds', action: 'Take down', undo: 'Bring back', law: 'nothingLost',
        what: 'Open lines break and every request is refused. The page tries again, less and less often, until one gets through.',
      },
      {
        name: 'down', title: 'Server down until further notice', action: 'Take down', undo: 'Bring back', law: 'noLie',
        what: `After ${giveUpAfter} failed tries in a row the page gives up and says “lost”, not “failed”: the run may go on. (By itself the package tries 10 times.) “Follow again” goes on from there.`,
      },
    ],
  },
  {
    title: 'Frames',
    entries: [
      {
        name: 'duplicate', title: 'Every frame twice', action: 'Set', undo: 'Take back', law: 'nothingLost',
        what: 'The next run is told twice over. Text, steps and attempts are there once.',
      },
      {
        name: 'malformed', title: 'A malformed frame', action: 'Set', undo: 'Take back', law: 'unknownIsNotFatal',
        what: 'A frame of the next run is no JSON. It is counted with its length, its text is not kept, and the stream goes on.',
      },
    ],
  },
  {
    title: 'Refusals',
    entries: [
      {
        name: 'expireKey', title: 'Expire the key', action: 'Expire', law: 'onePost',
        what: 'The next request is answered 401. The client asks the headers function for new ones and sends once more; nothing else is ever sent twice.',
      },
      {
        name: 'tooManySubmits', title: '429 for the next submit', action: 'Set', undo: 'Take back', law: 'onePost',
        what: 'The submit is refused with Retry-After. The page says when to try again, and your input is kept; nothing is sent again by itself.',
      },
      {
        name: 'tooManyReads', title: 'Cut, then 429', action: 'Cut now', undo: 'Take back', needs: 'stream', law: 'nothingLost',
        what: 'The line breaks, and reading the task is refused for 7 seconds. It waits as long as it was told to, and that counts as no failed try.',
      },
    ],
  },
  {
    title: 'Stop',
    entries: [
      {
        name: 'refuseStop', title: 'Refuse the next stop', action: 'Set', undo: 'Take back', law: 'noLie',
        what: 'The service answers 403. The page says that the run was not stopped, and goes on showing it.',
      },
      {
        name: 'ignoreStop', title: 'Ignore the next stop', action: 'Set', undo: 'Take back', law: 'noLie',
        what: 'The service answers with a task that still runs. The page stays at “Stopping”, and never says “stopped” before the service does.',
      },
    ],
  },
  {
    title: 'Page',
    entries: [
      {
        name: 'reload', title: 'Reload in the middle', action: 'Reload', needs: 'task', law: 'nothingLost',
        what: 'The task’s id is in the address. The page that comes finds the run by it, reads what happened and follows it on.',
      },
    ],
  },
]
