import type { World } from './world.ts'

/** How somebody let a waiting run go on. */
export type Decision = 'approved' | 'rejected'

/** Where a routine waits: for time, for somebody's decision, or for other routines. */
export type Pause =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'gate' }
  | { readonly kind: 'join'; readonly branches: readonly { readonly fibers: Fibers; readonly routine: Routine }[] }

/** Something that goes on over time; it learns the decision when it waited at a gate. */
export type Routine = Generator<Pause, void, Decision | undefined>

/** The routines of one run. */
export interface Fibers {
  /** Starts a routine; `onDone` is called once, when it ended or was called off. */
  spawn(routine: Routine, onDone?: () => void): void
  /** Opens the gates that routines wait at; says whether there was one. */
  release(decision: Decision): boolean
  /** Calls all routines off. */
  cancelAll(): void
}

/**
 * Generators instead of promises: between two waits a run goes on without giving the thread away, so that the same
 * clock and seed always give the same frames in the same order.
 */
export function createFibers(world: World): Fibers {
  const fibers = new Set<Fiber>()

  return {
    spawn(routine, onDone = () => {}) {
      const fiber = createFiber(world, routine, () => {
        fibers.delete(fiber)
        onDone()
      })
      fibers.add(fiber)
      fiber.resume(undefined)
    },
    release(decision) {
      const waiting = [...fibers].filter((fiber) => fiber.isAtGate)
      for (const fiber of waiting) fiber.resume(decision)
      return waiting.length > 0
    },
    cancelAll() {
      for (const fiber of [...fibers]) fiber.cancel()
    },
  }
}

interface Fiber {
  readonly isAtGate: boolean
  resume(decision: Decision | undefined): void
  cancel(): void
}

function createFiber(world: World, routine: Routine, onDone: () => void): Fiber {
  let isAtGate = false
  let isCancelled = false
  let isPlaying = false
  let callOff = (): void => {}

  const resume = (decision: Decision | undefined): void => {
    isAtGate = false
    // A pause that is over before it began (no delay, no branches) goes on in this loop: thousands of them need no stack.
    for (let goesOn = true; goesOn; decision = undefined) {
      isPlaying = true
      const { done, value: pause } = routine.next(decision)
      isPlaying = false
      if (done === true || isCancelled) return onDone()
      goesOn = false
      let isWaiting = false
      const proceed = (): void => {
        if (isWaiting) resume(undefined)
        else goesOn = true
      }
      if (pause.kind === 'gate') isAtGate = true
      else if (pause.kind === 'wait') callOff = world.after(pause.ms, proceed)
      else join(pause.branches, () => {
        // The run that waits for its branches may have been called off together with them.
        if (!isCancelled) proceed()
      })
      isWaiting = true
    }
  }

  return {
    get isAtGate() {
      return isAtGate
    },
    resume,
    cancel() {
      if (isCancelled) return
      isCancelled = true
      isAtGate = false
      callOff()
      // A routine that ends its own run is called off while it plays; it is done when it gives the thread back.
      if (!isPlaying) onDone()
    },
  }
}

function join(branches: Extract<Pause, { kind: 'join' }>['branches'], onAllDone: () => void): void {
  let left = branches.length
  if (left === 0) return onAllDone()
  for (const { fibers, routine } of branches) {
    fibers.spawn(routine, () => {
      left -= 1
      if (left === 0) onAllDone()
    })
  }
}
