import { WorkflowError } from '../errors.ts'
import { isFields } from '../protocol/wire.ts'
import { own } from '../state/own.ts'
import type { Throttle } from '../store/frameSchedule.ts'
import type { Persist } from '../store/persist.ts'
import type { WorkflowStore } from '../store/workflowStore.ts'
import type { Transport } from '../transport/transport.ts'
import type { RecoverOptions } from './recoverOptions.ts'

/** Why a request is made. */
export type RequestReason = 'submit' | 'recover' | 'stop' | 'read' | 'unauthorized'

/**
 * Headers by value, or asked for before each request; `attempt` counts the tries of one thing from 1. With a function a
 * 401 is answered by asking it once more (`reason: 'unauthorized'`) and sending once more.
 */
export type HeadersSource =
  | HeadersInit
  | ((context: { readonly attempt: number; readonly reason: RequestReason }) => HeadersInit | Promise<HeadersInit>)

export interface WorkflowClientOptions {
  /**
   * Where the service is: the mount point of a proxy, or `https://api.xpander.ai`; `/v1/...` is appended.
   * Without a `location` (Node, some workers) it has to be absolute.
   * @defaultValue '/api/xpander'
   */
  readonly baseUrl?: string | undefined
  /** Sent with each request. Keep API keys out of browsers: let a server of yours add them. */
  readonly headers?: HeadersSource | undefined
  /** @defaultValue globalThis.fetch, looked up at each request */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** @defaultValue a store of its own */
  readonly store?: WorkflowStore | undefined
  /** How often events reach the store: `'frame'`, milliseconds, or `false` for each at once. @defaultValue 'frame' */
  readonly throttle?: Throttle | undefined
  /** Whether a workflow's canvas is read by itself, once its first stream is open. @defaultValue 'auto' */
  readonly graph?: 'auto' | false | undefined
  /** Raw events kept for each task, for `getEvents`; 0 keeps none. @defaultValue 1000 */
  readonly maxEvents?: number | undefined
  /** Root tasks kept in the store; the oldest that do not run and that nobody shows go first. @defaultValue 100 */
  readonly maxTasks?: number | undefined
  /** How a run is followed after its stream broke; `false`: not at all. */
  readonly recover?: RecoverOptions | false | undefined
  /**
   * Whether each submit is sent with an `Idempotency-Key` of its own, so that a proxy can tell when a browser sends it
   * twice. `'same-origin'`: where no preflight comes of it. @defaultValue 'same-origin'
   */
  readonly idempotencyKey?: 'same-origin' | boolean | undefined
  /** Reads the stream. @defaultValue fetchEventSourceTransport */
  readonly transport?: Transport | undefined
  /** Keeps tasks over a reload: `persistTasks()`. @defaultValue none are kept */
  readonly persist?: Persist | undefined
}

/** What a value has to be, and that in words. */
type Rule = readonly [(value: unknown) => boolean, string]

const isFunction = (value: unknown): boolean => typeof value === 'function'
const hasFunctions = (value: unknown, ...names: readonly string[]): boolean => isFields(value) && names.every((name) => isFunction(value[name]))
const from = (least: number, most = Infinity): Rule => [
  (value) => typeof value === 'number' && value >= least && value <= most,
  `a number from ${least}${most < Infinity ? ` to ${most}` : ''}`,
]
const count: Rule = [(value) => Number.isInteger(Math.min(value as number, Number.MAX_SAFE_INTEGER)) && from(0)[0](value), 'a whole number from 0']

const RULES: Readonly<Record<keyof WorkflowClientOptions, Rule>> = {
  baseUrl: [
    (value) => typeof value === 'string' && /^(https?:\/\/|\.{0,2}\/)[^?#]*$/i.test(value),
    "a path or address without a query, such as '/api/xpander' or 'https://api.xpander.ai'",
  ],
  headers: [(value) => isFunction(value) || isHeaders(value), 'headers such as { name: value }, or a function that answers them'],
  fetch: [isFunction, 'a function like globalThis.fetch'],
  store: [(value) => hasFunctions(value, 'getState', 'setState', 'subscribe'), 'what createWorkflowStore() answers'],
  throttle: [(value) => value === 'frame' || value === false || from(0, 2 ** 31 - 1)[0](value), "'frame', milliseconds that a timer can wait, or false"],
  graph: [(value) => value === 'auto' || value === false, "'auto' or false"],
  maxEvents: count,
  maxTasks: count,
  recover: [(value) => value === false || isFields(value), 'false or an object of numbers, such as { maxDelayMs: 5000 }'],
  idempotencyKey: [(value) => value === 'same-origin' || typeof value === 'boolean', "'same-origin', true or false"],
  transport: [isFunction, 'a function (request, onMessage) => Promise<void>'],
  persist: [isFunction, 'what persistTasks(storage) answers'],
}

const RECOVER_RULES: Readonly<Record<keyof RecoverOptions, Rule>> = {
  firstDelayMs: from(0), growth: from(1), maxDelayMs: from(1), jitter: from(0, 1), idleDelayMs: from(1), giveUpAfter: from(1), stallAfterMs: from(1),
}

const SUBMIT_RULES: Readonly<Record<string, Rule>> = {
  schema: [
    // arktype's schemas are functions.
    (value) => isFunction(value) || (isFields(value) && hasFunctions(value['~standard'], 'validate')),
    'a Standard Schema, such as one of zod or valibot; a JSON Schema goes into `outputSchema`',
  ],
  whenBusy: [(value) => ['reject', 'queue', 'replace'].includes(value as string), "'reject', 'queue' or 'replace'"],
}

/** Refuses what cannot work, at once and in words. */
export function checkOptions(options: WorkflowClientOptions): void {
  check('createWorkflowClient', options, RULES)
  if (options.recover) check('createWorkflowClient: recover', options.recover, RECOVER_RULES)
}

/** The same for what a submit says beside its body, which `encodeRequest` looks at. */
export function checkSubmit(request: { readonly schema?: unknown; readonly whenBusy?: unknown }): void {
  demand(isFields(request), 'submit: pass an object')
  const { schema, whenBusy } = request
  check('submit', { schema, whenBusy }, SUBMIT_RULES)
}

/** Refuses with these words what does not hold. @throws WorkflowError `invalid_options` */
export function demand(holds: unknown, message: string): asserts holds {
  if (!holds) throw new WorkflowError('invalid_options', 'submit', message)
}

function check(what: string, given: unknown, rules: Readonly<Record<string, Rule>>): void {
  demand(isFields(given), `${what}: pass an object`)
  for (const [name, value] of Object.entries(given)) {
    const rule = own(rules, name)
    demand(rule, `${what}: there is no option ${name}, but ${Object.keys(rules).join(', ')}`)
    demand(value === undefined || rule[0](value), `${what}: ${name} has to be ${rule[1]}`)
  }
}

function isHeaders(value: unknown): boolean {
  try {
    new Headers(value as HeadersInit)
    return true
  } catch {
    return false
  }
}
