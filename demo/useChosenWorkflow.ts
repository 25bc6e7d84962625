import { useState } from 'react'
import type { DemoWorkflow } from './demoInfo.ts'

const parameter = 'workflow'

/** The workflow that is run, kept in the page's address: by the name of its scenario, or its id. */
export function useChosenWorkflow(workflows: readonly DemoWorkflow[]): [DemoWorkflow | undefined, (workflow: DemoWorkflow) => void] {
  const [chosen, setChosen] = useState(() => {
    const named = new URLSearchParams(location.search).get(parameter)
    return workflows.find((workflow) => nameOf(workflow) === named) ?? workflows[0]
  })
  const choose = (workflow: DemoWorkflow): void => {
    const url = new URL(location.href)
    url.searchParams.set(parameter, nameOf(workflow))
    history.replaceState(null, '', url)
    setChosen(workflow)
  }
  return [chosen, choose]
}

const nameOf = ({ scenario, id }: DemoWorkflow): string => scenario ?? id
