export { manualClock, systemClock } from './testing/clock.ts'
export type { ManualClock, SimulatorClock } from './testing/clock.ts'
export { createWorkflowSimulator } from './testing/createWorkflowSimulator.ts'
export {
  analyzeEvent,
  authEvent,
  chunk,
  connected,
  contentChunk,
  errorEvent,
  frame,
  planUpdated,
  subAgentTrigger,
  taskCompactization,
  taskCompleted,
  taskCreated,
  taskFinished,
  taskSnapshot,
  taskStarted,
  taskUpdated,
  thinkEvent,
  timed,
  toolCallRequest,
  toolCallResult,
  turnFinished,
  turnStarted,
} from './testing/eventBuilders.ts'
export type { Envelope, SubAgentData, ToolCallData } from './testing/eventBuilders.ts'
export type { Fault, FaultKind, FaultPosition, FaultScope, Route, StreamFault } from './testing/faults.ts'
export type { ListeningSimulator, ListenOptions } from './testing/listen.ts'
export type { NodeListener, NodeRequest, NodeResponse } from './testing/nodeListener.ts'
export type { LoggedRequest } from './testing/requestLog.ts'
export { scenario } from './testing/scenario.ts'
export type { Scenario } from './testing/scenario.ts'
export type { ScenarioNode } from './testing/canvas.ts'
export { builtInScenarios } from './testing/scenarios/builtInScenarios.ts'
export type { SimulatedWorkflow } from './testing/service.ts'
export { toSse } from './testing/sse.ts'
export { analyze, event, executed, fail, finish, parallel, plan, signIn, subAgent, text, think, toolCall, update, wait, waitForApproval } from './testing/stepBuilders.ts'
export type {
  ApprovalOptions,
  FinishOptions,
  FromTurn,
  ReasoningOptions,
  SignInOptions,
  Step,
  StepList,
  SubAgentOptions,
  TextOptions,
  ToolCallOptions,
  Turn,
} from './testing/steps.ts'
export type { WireCanvasNode, WireCondition, WireEchoes, WireFrame, WireMessage, WireNode, WirePlan, WireTask, WireUser } from './testing/wire.ts'
export type { WorkflowSimulator, WorkflowSimulatorOptions } from './testing/workflowSimulator.ts'
