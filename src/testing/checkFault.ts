import type { Fault, FaultKind, Route, StreamFault } from './faults.ts'

/** Throws when a fault would not do what it says: most come from JavaScript or over HTTP, where no type was checked. */
export function checkFault(fault: unknown): asserts fault is Fault {
  if (typeof fault !== 'object' || fault === null) throw refused("takes an object such as { kind: 'cut', atByte: 900 }")
  const given = fault as Fields
  const { kind, on, times } = given
  if (!Object.hasOwn(checks, String(kind))) throw refused(`does not know the kind ${JSON.stringify(kind)}. Kinds: ${Object.keys(checks).join(', ')}`)
  if (on !== undefined && !routes.includes(on as Route)) throw refused(`does not know the route ${JSON.stringify(on)}. Routes: ${routes.join(', ')}`)
  if (times !== undefined && times !== Infinity && !isCount(times, 1)) throw refused('needs times to be a whole number from 1 up, or Infinity')
  const [fields, check] = checks[kind as FaultKind]
  const complaint = check(given) ?? strayField(given, [...fields, 'on', 'times'])
  if (complaint !== undefined) throw refused(`of kind '${String(kind)}' ${complaint}`)
}

/** The same for what goes wrong with a stream at once. */
export function checkStreamFault(fault: unknown): asserts fault is StreamFault {
  const given = (typeof fault === 'object' && fault !== null ? fault : {}) as Fields
  const { kind, ms } = given
  if (kind !== 'cut' && kind !== 'truncate' && kind !== 'stall') throw new TypeError("simulator.strike takes { kind: 'cut' }, { kind: 'truncate' } or { kind: 'stall' }.")
  if (!optional(ms, isDuration)) throw new TypeError("simulator.strike of kind 'stall' needs ms to be milliseconds from 0 up.")
  const stray = Object.keys(given).find((name) => name !== 'kind' && !(kind === 'stall' && name === 'ms'))
  if (stray !== undefined) throw new TypeError(`simulator.strike of kind '${kind}' has no field '${stray}': it happens at once. For a place in the next stream use simulator.fault.`)
}

type Fields = Readonly<Record<string, unknown>>

const routes: readonly (Route | 'any')[] = ['any', 'stream', 'invoke', 'async', 'task', 'tasks', 'stop', 'delete', 'thread', 'workflows', 'workflow', 'nodes']

const refused = (complaint: string): TypeError => new TypeError(`simulator.fault ${complaint}.`)

const isCount = (value: unknown, least = 0): boolean => Number.isInteger(value) && (value as number) >= least

const optional = (value: unknown, isRight: (value: unknown) => boolean): boolean => value === undefined || isRight(value)

const isText = (value: unknown): value is string => typeof value === 'string'

const isDuration = (value: unknown): boolean => typeof value === 'number' && value >= 0

const isRefusalStatus = (value: unknown): boolean => isCount(value, 300) && (value as number) <= 599

const position = ({ atByte, afterFrames }: Fields): string | undefined =>
  (atByte === undefined) !== (afterFrames === undefined) && isCount(atByte ?? afterFrames) ? undefined : 'needs either atByte or afterFrames, a whole number from 0 up'

const complain = (isRight: boolean, complaint: string): string | undefined => (isRight ? undefined : complaint)

const isCounts = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every((entry) => isCount(entry))

const positions = ['atByte', 'afterFrames'] as const

/** The fields of each kind, and what is wrong with them. */
const checks: Readonly<Record<FaultKind, readonly [fields: readonly string[], check: (fault: Fields) => string | undefined]>> = {
  cut: [positions, position],
  truncate: [positions, position],
  stall: [[...positions, 'ms'], (fault) => position(fault) ?? complain(optional(fault.ms, isDuration), 'needs ms to be milliseconds from 0 up')],
  split: [['everyBytes', 'at'], ({ everyBytes, at }) =>
    complain((everyBytes === undefined) !== (at === undefined) && (at === undefined ? isCount(everyBytes, 1) : isCounts(at)), 'needs either everyBytes, from 1 up, or at, a list of byte positions')],
  malformed: [['afterFrames', 'text'], ({ afterFrames, text }) => complain(optional(afterFrames, isCount) && optional(text, isText), 'needs afterFrames to be a whole number and text to be a string')],
  duplicate: [['frames'], ({ frames }) => complain(optional(frames, isCounts), 'needs frames to be a list of positions')],
  contentType: [['value'], ({ value }) => complain(isText(value), 'needs a value')],
  status: [['status', 'retryAfter', 'body'], ({ status, retryAfter }) =>
    complain(isRefusalStatus(status) && optional(retryAfter, (value) => isText(value) || isDuration(value)), 'needs a status from 300 to 599, and retryAfter to be seconds or a date')],
  json: [['when'], ({ when }) => complain(optional(when, (value) => value === 'started' || value === 'finished'), "needs when to be 'started' or 'finished'")],
  noAnswer: [['runStarts'], ({ runStarts }) => complain(optional(runStarts, (value) => typeof value === 'boolean'), 'needs runStarts to be true or false')],
  latency: [['ms'], ({ ms }) => complain(isDuration(ms), 'needs ms, milliseconds from 0 up')],
  sseIds: [[], () => undefined],
  refuseStop: [['status'], ({ status }) => complain(optional(status, isRefusalStatus), 'needs a status from 300 to 599')],
  ignoreStop: [[], () => undefined],
}

/** A field that would do nothing is a misspelling, or meant for another kind. */
function strayField(fault: Fields, fields: readonly string[]): string | undefined {
  const stray = Object.keys(fault).find((name) => name !== 'kind' && !fields.includes(name))
  return stray === undefined ? undefined : `has no field '${stray}'. Its fields: ${fields.join(', ')}`
}
