import type { Plan } from '../schema/plan.ts'
import type { EditPreview } from '../schema/views.ts'

type Change = EditPreview['changes'][number]

/** What of a plan can't be changed once it was started: it would be another campaign. */
export function fixedPart(before: Plan, after: Plan): string | null {
  if (before.trigger.kind !== after.trigger.kind) return 'trigger_kind_fixed'
  if (before.limits.holdout !== after.limits.holdout) return 'holdout_fixed'
  if (before.trigger.kind === 'once' && JSON.stringify(before.trigger) !== JSON.stringify(after.trigger))
    return 'once_trigger_fixed'
  return null
}

/** Parts of the plan that reach also those who are planned or waiting already. */
const EVERYONE: readonly string[] = ['goal', 'limits.ratePerMinute', 'trigger.until', 'purpose']

/** Every value that differs between two plans, and for whom the new one counts. */
export function changesOf(before: Plan, after: Plan): Change[] {
  const parts = ['audience', 'trigger', 'content', 'limits', 'goal', 'tracked', 'purpose'] as const
  return parts.flatMap((part) => differences(before[part], after[part], part, ''))
}

function differences(before: unknown, after: unknown, part: Change['part'], field: string): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (isPlain(before) && isPlain(after) && before['kind'] === after['kind'] && !isLeaf(part, field)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) =>
      differences(before[name], after[name], part, field === '' ? name : `${field}.${name}`),
    )
  }
  const place = field === '' ? part : `${part}.${field}`
  const everyone = EVERYONE.some((one) => place === one || place.startsWith(`${one}.`))
  return [
    {
      part,
      field,
      before: before ?? null,
      after: after ?? null,
      applies: everyone ? 'everyone' : 'from_now',
    },
  ]
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A rule, an event or a goal is one thing to whoever reads it. */
const isLeaf = (part: Change['part'], field: string): boolean =>
  part === 'goal' || ['rule', 'event', 'without', 'schedule', 'reach', 'count', 'within'].includes(field)
