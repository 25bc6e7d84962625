/** A workflow that the page can run. */
export interface DemoWorkflow {
  readonly id: string
  readonly name: string
  readonly description: string
  /** What the simulator plays for it; none for a real workflow. */
  readonly scenario?: string
  readonly sampleInput?: string
}

/** What the dev server tells the page: never the key of the service. */
export interface DemoInfo {
  readonly mode: 'simulator' | 'service'
  readonly workflows: readonly DemoWorkflow[]
  /** What the simulator's own door asks for; it opens nothing else. */
  readonly key?: string
}

/** Asks the dev server what there is to run. */
export async function fetchDemoInfo(): Promise<DemoInfo> {
  const response = await fetch('/api/demo')
  if (!response.ok) throw new Error(`The dev server answered with status ${response.status}`)
  return (await response.json()) as DemoInfo
}

/** Lets a simulated run go on that waits for a person. */
export async function decideForSimulator(decision: 'release' | 'reject', taskId: string): Promise<void> {
  const response = await fetch(`/api/xpander/simulator/${decision}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ taskId }),
  })
  if (!response.ok) throw new Error(`The simulator answered with status ${response.status}`)
}
