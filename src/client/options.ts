import { WorkflowError } from '../errors.ts'
import { isFields } from '../protocol/wire.ts'
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

const CHECKS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  baseUrl: [
    (value) => typeof value === 'string' && /^(https?:\/\/|\.{0,2}\/)[^?#]*$/i.test(value),
    "a path or address without a query, such as '/api/xpander' or 'https://api.xpander.ai'",
  ],
  fetch: [isFunction, 'a function like globalThis.fetch'],
  throttle: [(value) => value === 'frame' || value === false || isCount(value), "'frame', milliseconds, or false"],
  graph: [(value) => value === 'auto' || value === false, "'auto' or false"],
  maxEvents: [isCount, 'a number from 0'],
  maxTasks: [isCount, 'a number from 0'],
  recover: [
    (value) => value === false || (isFields(value) && Object.values(value).every((part) => part === undefined || isCount(part))),
    'false or an object of numbers, such as { maxDelayMs: 5000 }',
  ],
  idempotencyKey: [(value) => value === 'same-origin' || typeof value === 'boolean', "'same-origin', true or false"],
  transport: [isFunction, 'a function (request, onMessage) => Promise<void>'],
  persist: [isFunction, 'what persistTasks() answers'],
}

/** Refuses what cannot work, at once and in words. */
export function checkOptions(options: WorkflowClientOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const check = CHECKS[name]
    if (value !== undefined && check !== undefined && !check[0](value)) {
      throw new WorkflowError('invalid_options', 'submit', `createWorkflowClient: ${name} has to be ${check[1]}`)
    }
  }
}

/** The same for what a submit says beside its body, which `encodeRequest` looks at. */
export function checkSubmit({ schema, whenBusy }: { readonly schema?: unknown; readonly whenBusy?: unknown }): void {
  const standard = isFields(schema) ? schema['~standard'] : undefined
  // arktype's schemas are functions.
  if (schema !== undefined && typeof schema !== 'function' && !(isFields(standard) && isFunction(standard.validate))) {
    const message = '`schema` must be a Standard Schema, such as one of zod or valibot; a JSON Schema goes into `outputSchema`'
    throw new WorkflowError('invalid_options', 'submit', message)
  }
  if (whenBusy !== undefined && !['reject', 'queue', 'replace'].includes(whenBusy as string)) {
    throw new WorkflowError('invalid_options', 'submit', "`whenBusy` must be 'reject', 'queue' or 'replace'")
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}
