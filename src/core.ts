export { createWorkflowClient } from './client/createWorkflowClient.ts'
export type { ReconnectOptions, SubmitHandle, SubmitRequest, WhenBusy, WorkflowClient } from './client/workflowClient.ts'
export type { WorkflowObserver } from './client/observers.ts'
export type { HeadersSource, RequestReason, WorkflowClientOptions } from './client/options.ts'
export type { RecoverOptions } from './client/recoverOptions.ts'
export type { SettledTurn } from './client/settledTurn.ts'
export type { StopAnswer } from './client/stopTask.ts'
export { WorkflowError } from './errors.ts'
export type { RequestIssue, WorkflowErrorCode, WorkflowErrorFields, WorkflowErrorPhase } from './errors.ts'
export { decodeEvent, decodeMessage } from './protocol/decodeEvent.ts'
export type * from './protocol/events.ts'
export { decodeGraph } from './protocol/graph.ts'
export type { GraphEdge, GraphNode, WorkflowGraph } from './protocol/graph.ts'
export type { McpServer, WorkflowInput, WorkflowInputUser, WorkflowRequest, WorkflowRequestFields } from './protocol/request.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './protocol/standardSchema.ts'
export type { Plan, PlanTask, TaskSnapshot, TaskStatus, Usage } from './protocol/task.ts'
export type { ThreadMessage } from './protocol/thread.ts'
export type { Fact, TaskFact } from './state/fact.ts'
export { reduceTask } from './state/reduceTask.ts'
export { reduceWorkflow } from './state/reduceWorkflow.ts'
export { graphView, selectTask, selectTaskIds } from './state/selectors.ts'
export type { GraphView, GraphViewEdge, GraphViewNode, TaskFilter } from './state/selectors.ts'
export { EMPTY_TASK } from './state/emptyState.ts'
export { isRunning, isSettled } from './state/runStatus.ts'
export type {
  Attempt,
  AuthRequest,
  Connection,
  NodeId,
  NodeStatus,
  QueuedSubmit,
  ReasoningStep,
  RunStatus,
  Step,
  SubAgentStep,
  SubmitKey,
  TaskId,
  TaskState,
  TimelineNode,
  ToolCallStep,
  Turn,
  Wait,
  WaitingFor,
  WorkflowStoreState,
} from './state/taskState.ts'
export type { Throttle } from './store/frameSchedule.ts'
export type { Persist, PersistHost, TaskStorage } from './store/persist.ts'
export { persistTasks } from './store/persistTasks.ts'
export type { PersistTasksOptions } from './store/persistTasks.ts'
export { createWorkflowStore } from './store/workflowStore.ts'
export type { WorkflowStore } from './store/workflowStore.ts'
export { fetchEventSourceTransport } from './transport/postStream.ts'
export type { Message, Transport, TransportRequest } from './transport/transport.ts'
