import type { TaskState, Turn, WorkflowStoreState } from './taskState.ts'

const NOTHING: readonly never[] = []

/** A turn of which nothing is known. */
export const EMPTY_TURN: Turn = {
  key: '',
  input: null,
  status: 'idle',
  rawStatus: null,
  isStopping: false,
  text: '',
  result: null,
  output: undefined,
  outputIssues: null,
  error: null,
  nodes: {},
  nodeOrder: NOTHING,
  timeline: NOTHING,
  unassigned: NOTHING,
  plan: null,
  auth: null,
  waiting: null,
  usage: null,
  progress: null,
  eventCount: 0,
  malformedCount: 0,
  hasGap: false,
  startedAt: null,
  finishedAt: null,
  clockSkewMs: 0,
  notes: {
    before: '',
    awaitsCreated: true,
    isNamed: false,
    canReplay: false,
    floorAt: -Infinity,
    firstEventAt: null,
    lastEventAt: -Infinity,
    askedAt: -Infinity,
    createdAt: -Infinity,
    told: {},
    lastEventId: null,
    lastExecutedNodeId: null,
    end: null,
    flatLength: 0,
    question: null,
  },
}

/** A task of which nothing is known. */
export const EMPTY_TASK: TaskState = {
  ...EMPTY_TURN,
  taskId: undefined,
  workflowId: undefined,
  connection: 'closed',
  attempt: 0,
  retryAt: null,
  queue: NOTHING,
  turns: NOTHING,
  createdAt: null,
  parentTaskId: null,
  parentNodeId: undefined,
  childTaskIds: NOTHING,
  continuedFrom: null,
  canvasId: undefined,
}

/** A store that has seen nothing. */
export const EMPTY_STORE: WorkflowStoreState = { tasks: {}, aliases: {}, graphs: {}, conversations: {} }
