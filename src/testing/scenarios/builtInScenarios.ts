import type { Scenario } from '../scenario.ts'
import { questionAndAnswer } from './questionAndAnswer.ts'
import { reportPipeline } from './reportPipeline.ts'

/** What a simulator serves when it is given nothing else. */
export const builtInScenarios: readonly Scenario[] = [reportPipeline, questionAndAnswer]
