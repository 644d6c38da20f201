import { goalSchema } from '../../../goals/schema.ts'
import { messageContent } from '../../../messages/schema.ts'
import { planProblems } from '../../rules/problems.ts'
import {
  type Campaign,
  type CampaignKind,
  campaignAudience,
  campaignLimits,
  type Finding,
  type Plan,
  trigger as triggerSchema,
} from '../../schema.ts'
import { emptyPlan, type Start, startingPlan } from '../starts.ts'

/** What the form holds; parts of the plan may be half built. */
export type Draft = {
  kind: CampaignKind
  name: string
  activityId: string | null
  groupId: string | null
  plan: Plan
}

export const STEPS = ['basics', 'audience', 'trigger', 'content', 'limits', 'review'] as const
export type Step = (typeof STEPS)[number]

export const newDraft = (start: Start | undefined, name: string): Draft => ({
  ...(start === undefined
    ? { kind: 'customer-service', plan: emptyPlan('customer-service') }
    : startingPlan(start)),
  name,
  activityId: null,
  groupId: null,
})

export const draftOf = ({ kind, name, activity, group, plan }: Campaign): Draft => ({
  kind,
  name,
  activityId: activity?.id ?? null,
  groupId: group?.id ?? null,
  plan,
})

const PARTS = {
  audience: campaignAudience,
  trigger: triggerSchema,
  content: messageContent.nullable(),
  limits: campaignLimits,
  goal: goalSchema.nullable(),
} as const

/** The parts of a plan that the server takes; `whole` where nothing had to be left out. */
export function savablePlan(plan: Plan): { plan: Partial<Plan>; whole: boolean } {
  const taken: Partial<Plan> = { tracked: plan.tracked, purpose: plan.purpose }
  let whole = true
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    const read = PARTS[part].safeParse(plan[part])
    if (read.success) Object.assign(taken, { [part]: read.data })
    else whole = false
  }
  return { plan: taken, whole }
}

export function savable({ name, activityId, groupId, plan }: Draft) {
  const { plan: parts, whole } = savablePlan(plan)
  const named = name.trim() !== ''
  return {
    fields: { ...(named && { name: name.trim() }), activityId, groupId, plan: parts } as {
      name: string
      activityId: string | null
      groupId: string | null
      plan: Partial<Plan>
    },
    whole: whole && named,
  }
}

/** Whether a plan tells whom it reaches and when, whatever it says and even if its end is over. */
export function saysWhomAndWhen(
  kind: CampaignKind,
  plan: Pick<Plan, 'audience' | 'trigger' | 'limits' | 'purpose'>,
): boolean {
  const parts = ['audience', 'trigger', 'limits'] as const
  if (parts.some((part) => !PARTS[part].safeParse(plan[part]).success)) return false
  return planProblems(kind, { ...emptyPlan(kind), ...plan }, new Date(0)).every(
    ({ step }) => step === 'content',
  )
}

/** What keeps each step from being done, as far as the form alone can tell. */
export function problemsByStep(draft: Draft, now: Date): Record<Step, Finding[]> {
  const { kind, plan } = draft
  const problems = planProblems(kind, plan, now)
  const of = (...steps: Finding['step'][]) => problems.filter(({ step }) => steps.includes(step))
  const half = (part: keyof typeof PARTS, step: Finding['step']): Finding[] =>
    PARTS[part].safeParse(plan[part]).success ? [] : [{ step, reason: 'half_built', detail: {} }]
  return {
    basics: draft.name.trim() === '' ? [{ step: 'account', reason: 'name_missing', detail: {} }] : [],
    audience: [...of('audience'), ...half('audience', 'audience')],
    trigger: [...of('trigger'), ...half('trigger', 'trigger')],
    content: [...of('content'), ...half('content', 'content')],
    limits: [...of('limits', 'goal'), ...half('limits', 'limits'), ...half('goal', 'goal')],
    review: [],
  }
}
