import { jsonAnswer, refusal } from './answer.ts'
import { allNodes, toCanvasNode, toWireNode } from './canvas.ts'
import type { AnswerRoute } from './routeContext.ts'
import { latestVersion, type Service, type SimulatedWorkflow } from './service.ts'

/** `GET /v1/workflows`: all of them on one page. */
export const answerWorkflows: AnswerRoute = ({ service }) => {
  const items = service.workflows.map((workflow) => describe(service, workflow))
  return jsonAnswer(200, { items, total: items.length, page: 1, per_page: Math.max(20, items.length), total_pages: 1 })
}

/** `GET /v1/workflows/{id}`: the workflow with its canvas. */
export const answerWorkflow: AnswerRoute = ({ service, id }) => {
  const workflow = service.workflows.find((candidate) => candidate.id === id)
  return workflow ? jsonAnswer(200, describe(service, workflow)) : refusal(404, 'Workflow not found')
}

/** `GET /v1/workflows/{id}/nodes`: the canvas, simplified. */
export const answerNodes: AnswerRoute = ({ service, id }) => {
  const scenario = service.scenarioOf(id)
  if (!scenario) return refusal(404, 'Workflow not found')
  const nodes = scenario.listsNestedNodes === false ? scenario.nodes : allNodes(scenario.nodes)
  return jsonAnswer(200, nodes.map(toWireNode))
}

function describe(service: Service, { id, name, description }: SimulatedWorkflow): object {
  const scenario = service.scenarioOf(id)
  return {
    id,
    name,
    description,
    icon: null,
    avatar: null,
    organization_id: service.world.organizationId,
    unique_name: scenario?.id ?? id,
    status: 'ACTIVE',
    version: Number(latestVersion),
    is_latest: true,
    has_pending_changes: false,
    type: 'orchestration',
    webhook_url: null,
    source_nodes: [],
    orchestration_nodes: (scenario?.nodes ?? []).map(toCanvasNode),
    task_level_strategies: {
      retry_strategy: null,
      iterative_strategy: null,
      stop_strategy: null,
      max_runs_per_day: null,
      agentic_context_enabled: false,
      duplication_prevention: false,
    },
    notification_settings: null,
    output_format: scenario?.outputFormat ?? 'text',
    output_schema: scenario?.outputSchema ?? null,
    expected_output: null,
    instructions: null,
    on_prem_event_streaming: true,
    created_at: '2026-05-01T08:00:00.000000Z',
    created_by: null,
  }
}
