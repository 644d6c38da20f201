import { durationMs } from '../../segments/schema.ts'
import type { CampaignKind, EventTrigger, Plan, RepeatTrigger } from '../schema/plan.ts'
import type { Finding } from '../schema/shapes.ts'
import { isHolidayYearKnown } from './holidays.ts'
import { calendarOf, nextRuns, scheduleProblem } from './schedule.ts'

type Step = Finding['step']
const found = (step: Step, reason: string, detail: Record<string, unknown> = {}): Finding => ({
  step,
  reason,
  detail,
})

/** Runs a day above which a schedule is asked about. */
const MANY_RUNS_A_DAY = 24

/** What a plan lacks, and what can't be right in it, as far as the plan itself tells: said while typing, refused at the start. */
export function planProblems(kind: CampaignKind, plan: Plan, now: Date): Finding[] {
  const { trigger } = plan
  const problems = audienceProblems(plan)
  if (plan.content === null) problems.push(found('content', 'content_missing'))
  switch (trigger.kind) {
    case 'once':
      if (typeof trigger.at === 'string' && trigger.at !== 'now' && new Date(trigger.at) <= now)
        problems.push(found('trigger', 'start_in_past', { at: trigger.at }))
      if (trigger.audienceWindow !== null && kind !== 'customer-service')
        problems.push(found('trigger', 'window_of_other_kind'))
      return problems
    case 'repeat':
      return [...problems, ...repeatProblems(trigger, now)]
    case 'event':
    case 'event-not':
      return [...problems, ...eventProblems(trigger, now)]
  }
}

function audienceProblems({ audience }: Plan): Finding[] {
  switch (audience.kind) {
    case 'all':
      return []
    case 'tags':
      return audience.any.length === 0 ? [found('audience', 'audience_empty')] : []
    case 'rule':
      return audience.rule === null ? [found('audience', 'audience_empty')] : []
    case 'segments': {
      const both = audience.include.filter((id) => audience.exclude.includes(id))
      if (both.length > 0) return [found('audience', 'segment_both_ways', { segmentIds: both })]
      if (audience.include.length > 0 || audience.tags.length > 0) return []
      return audience.exclude.length > 0 ? [] : [found('audience', 'audience_empty')]
    }
  }
}

function repeatProblems(trigger: RepeatTrigger, now: Date): Finding[] {
  const unreadable = scheduleProblem(trigger.schedule)
  if (unreadable !== null) return [found('trigger', unreadable)]
  const ends = endProblems(trigger, now)
  if (ends.length > 0) return ends
  return nextRuns(calendarOf(trigger), now, 1).length === 0 ? [found('trigger', 'schedule_without_runs')] : []
}

function eventProblems(trigger: EventTrigger, now: Date): Finding[] {
  const problems = endProblems(trigger, now)
  if (trigger.event === null) problems.push(found('trigger', 'event_missing'))
  if (trigger.kind === 'event-not') {
    if (trigger.without === null) problems.push(found('trigger', 'without_missing'))
    else if (trigger.event !== null && JSON.stringify(trigger.event) === JSON.stringify(trigger.without))
      problems.push(found('trigger', 'without_is_event'))
  }
  return problems
}

function endProblems({ from, until }: { from: string | null; until: string | null }, now: Date): Finding[] {
  if (until === null) return []
  if (new Date(until) <= now) return [found('trigger', 'end_in_past', { until })]
  return from !== null && from >= until ? [found('trigger', 'ends_before_it_begins', { from, until })] : []
}

/** What somebody should know before a start; nothing of it is in the way. */
export function planWarnings(kind: CampaignKind, plan: Plan, now: Date): Finding[] {
  const { trigger } = plan
  const warnings: Finding[] = []
  if (trigger.kind === 'repeat') {
    const runs = nextRuns(calendarOf(trigger), now, MANY_RUNS_A_DAY + 1)
    const day = new Date(now.getTime() + 86_400_000)
    if (runs.length > MANY_RUNS_A_DAY && runs.every((at) => at <= day))
      warnings.push(found('trigger', 'many_runs', { aDay: MANY_RUNS_A_DAY }))
    const years = runs.map((at) => at.getUTCFullYear())
    const unknown = years.find((year) => !isHolidayYearKnown(year))
    if (trigger.holidays !== 'run' && unknown !== undefined)
      warnings.push(found('trigger', 'holidays_not_published', { year: unknown }))
  }
  if (trigger.kind === 'event' || trigger.kind === 'event-not') {
    const { reach } = trigger
    const days =
      reach.kind === 'delay'
        ? durationMs(reach.length) / 86_400_000
        : reach.kind === 'clock'
          ? reach.daysLater
          : 0
    if (kind === 'customer-service' && days >= 2)
      warnings.push(found('trigger', 'window_closed_by_then', { days: Math.floor(days) }))
    if (
      plan.purpose === 'marketing' &&
      trigger.perPerson === null &&
      trigger.count.mode === 'every' &&
      trigger.count.n === 1
    )
      warnings.push(found('trigger', 'every_time'))
  }
  return warnings
}
