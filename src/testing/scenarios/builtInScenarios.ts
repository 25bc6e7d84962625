import type { Scenario } from '../scenario.ts'
import { approval } from './approval.ts'
import { failedRun } from './failedRun.ts'
import { jsonResult } from './jsonResult.ts'
import { legacyProtocol } from './legacyProtocol.ts'
import { longAnswer } from './longAnswer.ts'
import { questionAndAnswer } from './questionAndAnswer.ts'
import { reportPipeline } from './reportPipeline.ts'
import { signInNeeded } from './signInNeeded.ts'
import { slowRun } from './slowRun.ts'
import { supportTriage } from './supportTriage.ts'

/** What a simulator serves when it is given nothing else; the report pipeline comes first. */
export const builtInScenarios: readonly Scenario[] = [
  reportPipeline,
  supportTriage,
  approval,
  signInNeeded,
  jsonResult,
  failedRun,
  slowRun,
  longAnswer,
  legacyProtocol,
  questionAndAnswer,
]
