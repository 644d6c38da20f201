import { nextBeijingDay } from '../../../kernel/beijing.ts'
import type { Reason } from '../schema/reasons.ts'
import type { CheckName } from '../schema/why.ts'
import type { Cap, CapUse } from './caps.ts'
import { type Quiet, quietUntilOf } from './quiet.ts'

/** What is known of one person at the moment of deciding a message. */
export type DeliveryFacts = {
  /** As the platform calls them; null where they are no fan of the account any more. */
  openid: string | null
  /** Another message of the same send and occurrence for the canonical person: one that went, or one that comes first. */
  duplicate: 'went' | 'waits' | null
  /** In 不再打扰. */
  suppressed: boolean
  /** WeChat said a short while ago that this person can't be written to. */
  blocked: boolean
  following: boolean
  /** Did something since the silence began that the message is for; false where it is for none. */
  interacted: boolean
  /** No longer of the people the message was planned for, as asked anew now. */
  leftAudience: boolean
  /** What a subscription template may still send; null where they never answered it. */
  grant: { left: number; rejected: boolean } | null
  /** What the fan's latest act of each kind allows. */
  windows: readonly OpenWindow[]
  /** How far each cap is used, by its id. */
  uses: Readonly<Record<string, CapUse>>
  /** In the 对照组 of this send. */
  heldOut: boolean
  /** The last instant this one message may go; null: as the policy says. */
  notAfter: Date | null
}

export type OpenWindow = { openedAt: Date; expiresAt: Date; left: number }

/** What counts for everybody of one version of a send. */
export type DeliveryPolicy = {
  channel: 'customer-service' | 'template' | 'subscription'
  state: 'running' | 'paused' | 'ended'
  /** Whether the template is what it was when the content was written. */
  template: 'as-written' | 'changed' | 'gone'
  /** To named fans to see what it looks like: asked neither about caps nor quiet hours nor the 对照组. */
  test: boolean
  /** Calls of the interface that the account has left on this Beijing day. */
  callsLeft: number
  caps: readonly Cap[]
  quiet: readonly Quiet[]
  /** The last instant a message may go; null: any. */
  notAfter: Date | null
}

export type FieldVerdict =
  | { ok: true }
  | { ok: false; reason: Reason; detail?: Record<string, unknown> | undefined }

export type Decision =
  | { kind: 'send' }
  | { kind: 'hold'; reason: Reason; until: Date; detail?: Record<string, unknown> | undefined }
  | { kind: 'skip'; reason: Reason; detail?: Record<string, unknown> | undefined }

type Asked = { facts: DeliveryFacts; policy: DeliveryPolicy; now: Date; fields: () => FieldVerdict }
type Check = { name: CheckName; ask: (asked: Asked) => Decision | null }
const skip = (reason: Reason, detail?: Record<string, unknown>): Decision => ({
  kind: 'skip',
  reason,
  detail,
})
const LOOK_AGAIN_MS = 600_000
const SAME_PERSON_MS = 60_000

/** In the order in which they are asked (docs/deliveries.md); the first that says no decides. */
export const CHECKS: readonly Check[] = [
  { name: 'send', ask: askSend },
  { name: 'same_person', ask: askSamePerson },
  { name: 'person', ask: askPerson },
  {
    name: 'following',
    ask: ({ facts, policy }) =>
      policy.channel === 'subscription' || facts.following ? null : skip('not_following'),
  },
  { name: 'silence', ask: ({ facts }) => (facts.interacted ? skip('interacted') : null) },
  { name: 'audience', ask: ({ facts }) => (facts.leftAudience ? skip('left_audience') : null) },
  { name: 'consent', ask: askConsent },
  { name: 'window', ask: askWindow },
  {
    name: 'platform_quota',
    ask: ({ policy, now }) =>
      policy.callsLeft > 0 ? null : { kind: 'hold', reason: 'calls_used_up', until: nextBeijingDay(now) },
  },
  { name: 'frequency_cap', ask: askCaps },
  { name: 'quiet_hours', ask: askQuiet },
  {
    name: 'fields',
    ask: ({ fields }) => {
      const verdict = fields()
      return verdict.ok ? null : { kind: 'skip', reason: verdict.reason, detail: verdict.detail }
    },
  },
  { name: 'holdout', ask: ({ facts, policy }) => (facts.heldOut && !policy.test ? skip('held_out') : null) },
]

/**
 * May this message go to this person now? The one place where it is decided: the engine, pre-flight and "why" all ask
 * here. `fields` (do the person's own values fit?) is asked in its turn only, for what stands before it costs less.
 */
export function decideDelivery(
  facts: DeliveryFacts,
  policy: DeliveryPolicy,
  now: Date,
  fields: () => FieldVerdict,
): Decision {
  const asked = { facts, policy, now, fields }
  for (const check of CHECKS) {
    const decision = check.ask(asked)
    if (decision !== null) return inTime(decision, lastInstant(asked))
  }
  return { kind: 'send' }
}

export type CheckResult = { check: CheckName; decision: Decision | null }

/** Every check by itself, for people: null is a yes. What decides is the first that isn't. */
export const traceDecision = (
  facts: DeliveryFacts,
  policy: DeliveryPolicy,
  now: Date,
  fields: () => FieldVerdict,
): CheckResult[] => {
  const asked = { facts, policy, now, fields }
  return CHECKS.map(({ name, ask }) => {
    const decision = ask(asked)
    return { check: name, decision: decision && inTime(decision, lastInstant(asked)) }
  })
}

function lastInstant({ facts, policy }: Pick<Asked, 'facts' | 'policy'>): Date | null {
  if (facts.notAfter === null) return policy.notAfter
  return policy.notAfter !== null && policy.notAfter < facts.notAfter ? policy.notAfter : facts.notAfter
}

/** Nobody waits for a time that comes too late. */
function inTime(decision: Decision, notAfter: Date | null): Decision {
  if (decision.kind !== 'hold' || notAfter === null || decision.until <= notAfter) return decision
  return skip('too_late', { because: decision.reason, ...decision.detail })
}

function askSend({ facts, policy, now }: Asked): Decision | null {
  const later = (reason: Reason): Decision => ({
    kind: 'hold',
    reason,
    until: new Date(now.getTime() + LOOK_AGAIN_MS),
  })
  if (policy.state === 'ended') return skip('ended_early')
  const notAfter = lastInstant({ facts, policy })
  if (notAfter !== null && now > notAfter) return skip('too_late')
  if (policy.state === 'paused') return later('send_paused')
  if (policy.template === 'gone') return later('template_gone')
  if (policy.template === 'changed') return later('template_changed')
  return null
}

/** Who waits for another message of their own gets this one if that one is left out. */
function askSamePerson({ facts, now }: Asked): Decision | null {
  if (facts.duplicate === null) return null
  if (facts.duplicate === 'went') return skip('same_person')
  return { kind: 'hold', reason: 'same_person', until: new Date(now.getTime() + SAME_PERSON_MS) }
}

function askPerson({ facts }: Asked): Decision | null {
  if (facts.openid === null) return skip('erased')
  if (facts.suppressed) return skip('suppressed')
  return facts.blocked ? skip('blocked_by_person') : null
}

function askConsent({ facts: { grant }, policy }: Asked): Decision | null {
  if (policy.channel !== 'subscription') return null
  if (grant === null) return skip('no_grant')
  if (grant.rejected) return skip('grant_refused')
  return grant.left > 0 ? null : skip('grant_used_up')
}

function askWindow({ facts, policy, now }: Asked): Decision | null {
  if (policy.channel !== 'customer-service') return null
  const open = facts.windows.filter((one) => one.openedAt <= now && now < one.expiresAt)
  if (open.length === 0) return skip('window_closed')
  return open.some((one) => one.left > 0) ? null : skip('window_used_up')
}

/** One that drops is enough; else the latest of those that postpone. */
function askCaps({ facts, policy }: Asked): Decision | null {
  if (policy.test) return null
  let latest: { cap: Cap; use: CapUse; until: Date } | null = null
  for (const cap of policy.caps) {
    const use = facts.uses[cap.id]
    if (use === undefined || use.freesAt === null) continue
    if (cap.action === 'drop') return skip('frequency_cap', capDetail(cap, use))
    if (latest === null || use.freesAt > latest.until) latest = { cap, use, until: use.freesAt }
  }
  if (latest === null) return null
  return {
    kind: 'hold',
    reason: 'frequency_cap',
    until: latest.until,
    detail: capDetail(latest.cap, latest.use),
  }
}

const capDetail = (cap: Cap, { used }: CapUse) => ({
  capId: cap.id,
  most: cap.most,
  used,
  amount: cap.amount,
  unit: cap.unit,
  calendar: cap.calendar,
})

function askQuiet({ policy, now }: Asked): Decision | null {
  if (policy.test) return null
  let until: Date | null = null
  for (const quiet of policy.quiet) {
    const end = quietUntilOf(quiet, now)
    if (end === null) continue
    if (quiet.action === 'drop') return skip('quiet_hours', quietDetail(quiet))
    if (until === null || end > until) until = end
  }
  return until === null ? null : { kind: 'hold', reason: 'quiet_hours', until }
}

const quietDetail = ({ fromMinute, untilMinute, zone }: Quiet) => ({ fromMinute, untilMinute, zone })
