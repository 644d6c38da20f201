import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Decision,
  type DeliveryFacts,
  type DeliveryPolicy,
  decideDelivery,
  traceDecision,
} from './decide.ts'
import { quietUntil } from './quiet.ts'
import { broken, cap, fine, HOUR, later, NOW, noon } from './test-cases.ts'

/** The same in the plainest words, one line a rule. */
function plainly(f: DeliveryFacts, p: DeliveryPolicy, now: Date, ok: boolean): [string, string, Date | null] {
  const hold = (reason: string, until: Date): [string, string, Date | null] =>
    p.notAfter !== null && until.getTime() > p.notAfter.getTime()
      ? ['skip', 'too_late', null]
      : ['hold', reason, until]
  const skip = (reason: string): [string, string, null] => ['skip', reason, null]
  if (p.state === 'ended') return skip('ended_early')
  if (p.notAfter !== null && now.getTime() > p.notAfter.getTime()) return skip('too_late')
  if (p.state === 'paused') return hold('send_paused', new Date(now.getTime() + 600_000))
  if (p.template !== 'as-written') return hold(`template_${p.template}`, new Date(now.getTime() + 600_000))
  if (f.duplicate === 'went') return skip('same_person')
  if (f.duplicate === 'waits') return hold('same_person', new Date(now.getTime() + 60_000))
  if (f.openid === null) return skip('erased')
  if (f.suppressed) return skip('suppressed')
  if (f.blocked) return skip('blocked_by_person')
  if (!f.following && p.channel !== 'subscription') return skip('not_following')
  if (f.interacted) return skip('interacted')
  if (f.leftAudience) return skip('left_audience')
  if (p.channel === 'subscription') {
    if (f.grant === null) return skip('no_grant')
    if (f.grant.rejected) return skip('grant_refused')
    if (f.grant.left < 1) return skip('grant_used_up')
  }
  if (p.channel === 'customer-service') {
    const open = f.windows.filter(
      (w) => w.openedAt.getTime() <= now.getTime() && w.expiresAt.getTime() > now.getTime(),
    )
    if (open.length === 0) return skip('window_closed')
    if (open.every((w) => w.left < 1)) return skip('window_used_up')
  }
  if (p.callsLeft < 1) return hold('calls_used_up', new Date('2026-11-22T00:00:00+08:00'))
  if (!p.test) {
    const full = p.caps.filter((c) => f.uses[c.id]?.freesAt)
    if (full.some((c) => c.action === 'drop')) return skip('frequency_cap')
    if (full.length > 0)
      return hold(
        'frequency_cap',
        new Date(Math.max(...full.map((c) => f.uses[c.id]?.freesAt?.getTime() ?? 0))),
      )
    const quiet = p.quiet.filter((q) => quietUntil(q, now) !== null)
    if (quiet.some((q) => q.action === 'drop')) return skip('quiet_hours')
    if (quiet.length > 0)
      return hold('quiet_hours', new Date(Math.max(...quiet.map((q) => quietUntil(q, now)?.getTime() ?? 0))))
  }
  if (!ok) return skip('field_invalid')
  if (f.heldOut && !p.test) return skip('held_out')
  return ['send', '', null]
}

const seldom = fc.integer({ min: 0, max: 5 }).map((n) => n === 0)
const anyFacts: fc.Arbitrary<DeliveryFacts> = fc.record({
  openid: seldom.map((gone) => (gone ? null : 'o1')),
  duplicate: fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    fc.constantFrom('went' as const, 'waits' as const),
  ),
  suppressed: seldom,
  blocked: seldom,
  following: seldom.map((not) => !not),
  interacted: seldom,
  leftAudience: seldom,
  grant: fc.option(fc.record({ left: fc.integer({ min: 0, max: 2 }), rejected: seldom }), { freq: 6 }),
  windows: fc.array(
    fc.record({
      openedAt: fc.integer({ min: -3, max: 1 }).map(later),
      expiresAt: fc.integer({ min: -1, max: 3 }).map(later),
      left: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  uses: fc.record({
    a: fc.record({
      used: fc.constant(1),
      freesAt: fc.option(fc.integer({ min: 1, max: 9 }).map((h) => later(h * HOUR))),
    }),
    b: fc.record({
      used: fc.constant(1),
      freesAt: fc.option(fc.integer({ min: 1, max: 9 }).map((h) => later(h * HOUR))),
    }),
  }),
  heldOut: seldom,
  notAfter: fc.constant(null),
})
const anyPolicy: fc.Arbitrary<DeliveryPolicy> = fc.record({
  channel: fc.constantFrom('customer-service' as const, 'template' as const, 'subscription' as const),
  state: fc.constantFrom(
    'running' as const,
    'running' as const,
    'running' as const,
    'paused' as const,
    'ended' as const,
  ),
  template: fc.constantFrom(
    'as-written' as const,
    'as-written' as const,
    'as-written' as const,
    'changed' as const,
    'gone' as const,
  ),
  test: seldom,
  callsLeft: fc.integer({ min: 0, max: 3 }),
  caps: fc.subarray([cap('a', 'drop'), cap('a', 'postpone'), cap('b', 'postpone')]),
  quiet: fc.subarray([
    noon('drop'),
    noon('postpone'),
    noon('postpone', 900),
    { ...noon('drop'), fromMinute: 721 },
  ]),
  notAfter: fc.option(
    fc.integer({ min: -1, max: 9 }).map((h) => later(h * HOUR)),
    { freq: 2 },
  ),
})

test('design 5: the decision is what the plain rules say, whatever the facts; the first no of the trace is the decision', () => {
  const told = (decision: Decision) => [
    decision.kind,
    decision.kind === 'send' ? '' : decision.reason,
    decision.kind === 'hold' ? decision.until : null,
  ]
  fc.assert(
    fc.property(anyFacts, anyPolicy, seldom, (f, p, bad) => {
      const fields = bad ? broken : fine
      const decision = decideDelivery(f, p, NOW, fields)
      expect(told(decision)).toEqual(plainly(f, p, NOW, !bad))
      const first = traceDecision(f, p, NOW, fields).find((one) => one.decision !== null)
      expect(first?.decision ?? { kind: 'send' }).toEqual(decision)
    }),
    { numRuns: 3_000 },
  )
})
