import type { Bench } from '../bench.ts'
import type { CaseResult } from '../report.ts'
import { measureAudience } from './audience.ts'
import { measureBacktests } from './backtests.ts'
import { measureBudget } from './budget.ts'
import { measureCallbacks } from './callbacks.ts'
import { measureFreeze } from './freeze.ts'
import { measureGroups } from './groups.ts'
import { measureIngest } from './ingest.ts'
import { measureMemory } from './memory.ts'
import { measureMessages } from './messages.ts'
import { measurePeoplePreflight } from './people-preflight.ts'
import { measurePreflight } from './preflight.ts'
import { measureRecalls } from './recalls.ts'
import { measureReplies } from './replies.ts'
import { measureStart } from './start.ts'
import { measureSync } from './sync.ts'
import { measureTimers } from './timers.ts'
import { measureTriggers } from './triggers.ts'

export type Case = { name: string; title: string; measure(bench: Bench): Promise<CaseResult> }

/** In the order in which they run and are reported. */
export const cases: readonly Case[] = [
  { name: 'start', title: 'Start to first page, and memory at rest', measure: measureStart },
  { name: 'sync', title: 'Fan sync', measure: measureSync },
  { name: 'freeze', title: 'Freezing a mass send', measure: measureFreeze },
  { name: 'groups', title: 'Comparison groups of a mass send', measure: measureGroups },
  { name: 'preflight', title: 'Pre-flight', measure: measurePreflight },
  { name: 'budget', title: 'The month’s budget', measure: measureBudget },
  { name: 'callbacks', title: 'Durable callbacks', measure: measureCallbacks },
  { name: 'replies', title: 'Automatic replies', measure: measureReplies },
  { name: 'audience', title: 'Audiences', measure: measureAudience },
  { name: 'ingest', title: 'Events of sources, and live rules', measure: measureIngest },
  {
    name: 'people-preflight',
    title: 'Pre-flight of messages to people one by one',
    measure: measurePeoplePreflight,
  },
  { name: 'messages', title: 'Messages to people one by one', measure: measureMessages },
  { name: 'triggers', title: 'From an event to its message', measure: measureTriggers },
  { name: 'timers', title: 'People who wait', measure: measureTimers },
  { name: 'recalls', title: 'People who fell silent', measure: measureRecalls },
  { name: 'backtests', title: 'A rule played over 30 days', measure: measureBacktests },
  { name: 'memory', title: 'Memory during a send to a million', measure: measureMemory },
]
