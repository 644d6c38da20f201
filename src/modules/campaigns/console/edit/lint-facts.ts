import type { LintFacts } from '../../../messages/schema.ts'
import type { Plan } from '../../schema.ts'

/** What the compliance check is told about a send. */
export function lintFactsOf({ trigger, audience }: Plan): LintFacts {
  const isEvent = trigger.kind === 'event' || trigger.kind === 'event-not'
  return {
    trigger: trigger.kind,
    broad: !isEvent && (audience.kind === 'all' || audience.kind === 'tags'),
    perPerson: trigger.kind === 'once' ? 1 : isEvent ? trigger.perPerson : null,
    perDay:
      trigger.kind === 'repeat' && trigger.schedule.kind !== 'cron' ? trigger.schedule.times.length : null,
  }
}
