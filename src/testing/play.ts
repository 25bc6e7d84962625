import { agentOf } from './canvas.ts'
import { checkSteps } from './checkSteps.ts'
import type { Pause, Routine } from './fibers.ts'
import type { Run } from './run.ts'
import type { FromTurn, Step, StepList, SubAgentOptions } from './steps.ts'

/** Time between the creation of a task and the moment that a worker takes it. */
const pickUpMs = 80

/** Plays a turn from `task_created` to `task_finished`. */
export function* playTurn(run: Run, steps: FromTurn<StepList>): Routine {
  run.emit('task_created')
  yield wait(pickUpMs)
  run.update({ status: 'executing', started_at: run.world.timestamp() })
  yield* playOr(run, () => playSteps(run, typeof steps === 'function' ? [steps] : steps))
  run.finish('completed')
}

/** Plays steps in order, until they or the run are over. */
function* playSteps(run: Run, steps: StepList): Routine {
  for (const step of steps) {
    if (run.isOver) return
    if (typeof step === 'function') {
      const chosen = step(run.turn)
      checkSteps(run.scenario, chosen)
      yield* playSteps(run, chosen)
    } else yield* playStep(run, step)
  }
}

/** The value itself, or what the function says of this turn. */
function resolve<T>(value: FromTurn<T>, run: Run): T {
  return typeof value === 'function' ? (value as (turn: Run['turn']) => T)(run.turn) : value
}

const wait = (ms: number): Pause => ({ kind: 'wait', ms })

// A function in somebody's scenario may throw: then the run says so where one looks, in its result.
function* playOr(run: Run, routine: () => Routine): Routine {
  try {
    yield* routine()
  } catch (error) {
    run.finish('error', `Scenario '${run.scenario.id}' threw: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function* playStep(run: Run, step: Step): Routine {
  switch (step.kind) {
    case 'toolCall':
      yield* playToolCall(run, step)
      break
    case 'think':
    case 'analyze':
      run.emit(step.kind, resolve(step.content, run))
      break
    case 'text':
      yield* playText(run, resolve(step.content, run), step.pieceLength ?? 12, step.everyMs ?? 40)
      break
    case 'parallel':
      yield { kind: 'join', branches: step.branches.map((branch) => ({ fibers: run.fibers, routine: playOr(run, () => playSteps(run, branch)) })) }
      break
    case 'subAgent':
      yield* playSubAgent(run, step.node, step)
      break
    case 'plan':
      playPlan(run, step.titles, step.done)
      break
    case 'signIn':
      yield* playSignIn(run, step)
      break
    case 'waitForApproval':
      yield* playApproval(run, step)
      break
    case 'executed':
      run.update({ last_executed_node_id: step.node })
      break
    case 'update':
      run.update(resolve(step.fields, run))
      break
    case 'wait':
      yield wait(step.ms)
      break
    case 'event': {
      const { type, data } = resolve(step.event, run)
      run.emit(type, data ?? null)
      break
    }
    case 'fail':
      run.finish(step.status, resolve(step.message, run))
      break
    case 'finish': {
      const result = resolve(step.result, run)
      run.finish('completed', typeof result === 'string' ? result : result === undefined ? run.text : JSON.stringify(result), step.tokens)
      break
    }
    default: {
      const unhandled: never = step
      return unhandled
    }
  }
}

/** Plays a call: its request, what happens meanwhile, its result, and the record that names the node as executed. */
function* playToolCall(run: Run, step: Extract<Step, { kind: 'toolCall' }>): Routine {
  const node = step.node === null ? undefined : run.nodes.get(step.node)
  const tool = step.tool ?? node?.name ?? 'Tool'
  const call = {
    request_id: `req-${run.task.random.token(8)}`,
    operation_id: step.operationId ?? node?.operationId ?? operationOf(tool),
    tool_call_id: `call_${run.task.random.token(12)}`,
    graph_node_id: step.namesNode === false ? null : step.node,
    tool_name: tool,
    payload: resolve(step.input ?? {}, run),
    reasoning: step.reasoning ? { description: null, ...step.reasoning } : null,
  }
  run.emit('tool_call_request', call)
  if (step.during) yield* playSteps(run, step.during)
  yield wait(step.ms ?? (step.during ? 0 : 600))
  if (run.isOver || step.answered === false) return

  const isError = step.error !== undefined
  const result = isError ? resolve(step.error, run) : (resolve(step.output, run) ?? null)
  const content = typeof result === 'string' ? result : JSON.stringify(result)
  run.readCharacters += content.length
  run.task.addMessage('tool', content)
  run.emit('tool_call_result', { ...call, result, is_error: isError })
  if (step.node !== null && (step.completesNode ?? !isError)) run.update({ last_executed_node_id: step.node })
}

const operationOf = (tool: string): string => `op-${tool.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`

function* playText(run: Run, text: string, pieceLength: number, everyMs: number): Routine {
  for (let start = 0; start < text.length && !run.isOver; ) {
    let end = start + pieceLength
    // Half a surrogate pair is no character, and would not survive the way through UTF-8.
    if (isLowSurrogate(text.charCodeAt(end))) end += 1
    const piece = text.slice(start, end)
    run.text += piece
    run.emit('chunk', piece)
    start = end
    yield wait(everyMs)
  }
}

const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

function* playSubAgent(run: Run, nodeId: string | null, options: SubAgentOptions): Routine {
  const node = nodeId === null ? undefined : run.nodes.get(nodeId)
  const agentId = options.agentId ?? (node ? agentOf(node) : run.task.random.uuid())
  const query = resolve(options.query ?? run.record.input.text, run)
  const reasoning = options.reasoning ? { description: null, ...options.reasoning } : null
  run.emit('sub_agent_trigger', { id: `evt-${run.task.random.token(8)}`, agent_id: agentId, query, files: [], reasoning })
  const child = run.createChild(agentId, query, options.isForwarded ?? true)
  const { id } = child.record
  run.update({ sub_executions: [...run.record.sub_executions, id] })
  yield { kind: 'join', branches: [{ fibers: child.fibers, routine: playTurn(child, options.run) }] }
  if (run.isOver) return
  run.readCharacters += child.record.result?.length ?? 0
  run.update({
    finished_sub_executions: [...run.record.finished_sub_executions, id],
    ...(nodeId === null ? {} : { last_executed_node_id: nodeId }),
  })
}

function playPlan(run: Run, titles: readonly string[], done: number): void {
  const tasks = titles.map((title, index) => ({ id: `plan-${index + 1}`, title, completed: index < done }))
  const plan = { enabled: true, enforce: false, started: true, question_raised: false, tasks }
  run.record.deep_planning = plan
  run.emit('plan_updated', plan)
}

function* playSignIn(run: Run, step: Extract<Step, { kind: 'signIn' }>): Routine {
  const serverName = step.serverName ?? 'Example docs'
  const url = step.url ?? `https://auth.example.com/authorize?state=${run.task.random.token(24)}`
  run.emit('auth_event', { type: 'login_required', data: { url, server_url: step.serverUrl ?? 'https://mcp.example.com', server_name: serverName } })
  run.update({ pending_eca_request: { connector_name: step.connector ?? serverName, auth_url: url } })
  const decision = yield { kind: 'gate' }
  if (decision === 'rejected') {
    run.emit('auth_event', { type: 'token_issue', data: { message: 'The user did not sign in.' } })
    run.finish('failed', `Signing in to ${serverName} was refused.`)
    return
  }
  run.emit('auth_event', { type: 'token_ready', data: { access_token: 'REDACTED' } })
  run.update({ pending_eca_request: null })
}

function* playApproval(run: Run, step: Extract<Step, { kind: 'waitForApproval' }>): Routine {
  run.update({ status: 'paused', paused_at: run.world.timestamp(), hitl_request: { wait_node_id: step.node } })
  const decision = yield { kind: 'gate' }
  run.update({ status: 'executing', paused_at: null, hitl_request: null, last_executed_node_id: step.node })
  if (decision !== 'rejected') return
  if (step.rejected) yield* playSteps(run, step.rejected)
  run.finish('failed', 'The approver rejected the request.')
}
