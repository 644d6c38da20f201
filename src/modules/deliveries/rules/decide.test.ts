import fc from 'fast-check'
import { expect, test } from 'vitest'
import { REASONS } from '../schema.ts'
import type { Cap } from './caps.ts'
import {
  CHECKS,
  type Decision,
  type DeliveryFacts,
  type DeliveryPolicy,
  decideDelivery,
  traceDecision,
} from './decide.ts'
import { type Quiet, quietUntil } from './quiet.ts'

const NOW = new Date('2026-11-21T12:00:00+08:00')
const later = (ms: number) => new Date(NOW.getTime() + ms)
const HOUR = 3_600_000

const facts = (changes: Partial<DeliveryFacts> = {}): DeliveryFacts => ({
  openid: 'o1',
  duplicate: false,
  suppressed: false,
  blocked: false,
  following: true,
  grant: null,
  windows: [{ openedAt: later(-HOUR), expiresAt: later(47 * HOUR), left: 1 }],
  uses: {},
  heldOut: false,
  ...changes,
})
const policy = (changes: Partial<DeliveryPolicy> = {}): DeliveryPolicy => ({
  channel: 'customer-service',
  state: 'running',
  template: 'as-written',
  test: false,
  callsLeft: 1,
  caps: [],
  quiet: [],
  notAfter: null,
  ...changes,
})
const fine = () => ({ ok: true }) as const
const broken = () => ({ ok: false, reason: 'field_invalid', detail: { field: 'thing1' } }) as const
const decide = (f: Partial<DeliveryFacts>, p: Partial<DeliveryPolicy> = {}, now = NOW) =>
  decideDelivery(facts(f), policy(p), now, fine)

const cap = (id: string, action: Cap['action']): Cap => ({
  id,
  accountId: null,
  channel: null,
  purpose: 'any',
  most: 1,
  amount: 1,
  unit: 'day',
  calendar: false,
  action,
})
const noon = (action: Quiet['action'], untilMinute = 780): Quiet => ({
  fromMinute: 720,
  untilMinute,
  zone: 'Asia/Shanghai',
  action,
})

test('nothing in the way: it goes', () => {
  expect(decide({})).toEqual({ kind: 'send' })
})

test.each([
  ['window_closed', { windows: [] }],
  ['window_closed', { windows: [{ openedAt: later(-HOUR), expiresAt: NOW, left: 5 }] }],
  ['window_closed', { windows: [{ openedAt: later(1), expiresAt: later(HOUR), left: 5 }] }],
  ['window_used_up', { windows: [{ openedAt: later(-HOUR), expiresAt: later(1), left: 0 }] }],
] as const)(
  '%s: customer-service messages go only inside an open window with something left',
  (reason, changes) => {
    expect(decide(changes)).toMatchObject({ kind: 'skip', reason })
  },
)

test('a window is open until the instant at which it expires, and any open one with something left will do', () => {
  expect(decide({ windows: [{ openedAt: NOW, expiresAt: later(1), left: 1 }] })).toEqual({ kind: 'send' })
  expect(
    decide({
      windows: [
        { openedAt: later(-HOUR), expiresAt: later(HOUR), left: 0 },
        { openedAt: later(-5), expiresAt: later(60_000), left: 1 },
      ],
    }),
  ).toEqual({ kind: 'send' })
})

test.each([
  [null, 'no_grant'],
  [{ left: 0, rejected: false }, 'grant_used_up'],
  [{ left: 0, rejected: true }, 'grant_refused'],
] as const)('a subscription notification with grant %j is left out: %s', (grant, reason) => {
  const subscription = { channel: 'subscription' } as const
  expect(decide({ grant, windows: [], following: false }, subscription)).toMatchObject({
    kind: 'skip',
    reason,
  })
})

test('D8: one with a send left gets it, following or not; a template message needs a follower and no window', () => {
  expect(
    decide(
      { grant: { left: 1, rejected: false }, following: false, windows: [] },
      { channel: 'subscription' },
    ),
  ).toEqual({
    kind: 'send',
  })
  expect(decide({ windows: [] }, { channel: 'template' })).toEqual({ kind: 'send' })
  expect(decide({ windows: [], following: false }, { channel: 'template' })).toMatchObject({
    reason: 'not_following',
  })
})

test('a day’s calls used up hold everybody until Beijing’s next midnight', () => {
  expect(decide({}, { callsLeft: 0 })).toEqual({
    kind: 'hold',
    reason: 'calls_used_up',
    until: new Date('2026-11-22T00:00:00+08:00'),
  })
})

test('caps: one that drops is enough, else the latest of those that postpone', () => {
  const uses = {
    a: { used: 1, freesAt: later(HOUR) },
    b: { used: 1, freesAt: later(2 * HOUR) },
    c: { used: 0, freesAt: null },
  }
  expect(decide({ uses }, { caps: [cap('c', 'drop')] })).toEqual({ kind: 'send' })
  expect(decide({ uses }, { caps: [cap('a', 'postpone'), cap('b', 'postpone')] })).toMatchObject({
    kind: 'hold',
    reason: 'frequency_cap',
    until: later(2 * HOUR),
    detail: { capId: 'b' },
  })
  expect(decide({ uses }, { caps: [cap('a', 'postpone'), cap('b', 'drop')] })).toMatchObject({
    kind: 'skip',
    reason: 'frequency_cap',
    detail: { capId: 'b' },
  })
})

test('quiet hours postpone to their end or drop; several to the latest end', () => {
  expect(decide({}, { quiet: [noon('postpone'), noon('postpone', 840)] })).toMatchObject({
    kind: 'hold',
    reason: 'quiet_hours',
    until: new Date('2026-11-21T14:00:00+08:00'),
  })
  expect(decide({}, { quiet: [noon('postpone'), noon('drop')] })).toMatchObject({
    kind: 'skip',
    reason: 'quiet_hours',
  })
})

test('a test to named fans skips caps, quiet hours and the hold-out, and nothing else', () => {
  const limited = { caps: [cap('a', 'drop')], quiet: [noon('drop')] }
  const uses = { a: { used: 1, freesAt: later(HOUR) } }
  expect(decide({ uses, heldOut: true }, { ...limited, test: true })).toEqual({ kind: 'send' })
  expect(decide({ uses, suppressed: true }, { ...limited, test: true })).toMatchObject({
    reason: 'suppressed',
  })
  expect(decide({ windows: [] }, { test: true })).toMatchObject({ reason: 'window_closed' })
})

test('nobody is held for a time after the last one at which it may go', () => {
  const quiet = [noon('postpone')]
  expect(decide({}, { quiet, notAfter: later(HOUR) })).toMatchObject({ kind: 'hold' })
  expect(decide({}, { quiet, notAfter: later(HOUR - 1) })).toEqual({
    kind: 'skip',
    reason: 'too_late',
    detail: { because: 'quiet_hours' },
  })
  expect(decide({}, { notAfter: NOW })).toEqual({ kind: 'send' })
  expect(decide({}, { notAfter: later(-1) })).toMatchObject({ kind: 'skip', reason: 'too_late' })
})

test('the order: each check decides only where all before it say yes', () => {
  const layers: {
    facts?: Partial<DeliveryFacts>
    policy?: Partial<DeliveryPolicy>
    fields?: typeof broken
    reason: string
  }[] = [
    { policy: { state: 'ended' }, reason: 'ended_early' },
    { facts: { duplicate: true }, reason: 'same_person' },
    { facts: { suppressed: true }, reason: 'suppressed' },
    { facts: { blocked: true }, reason: 'blocked_by_person' },
    { facts: { following: false }, reason: 'not_following' },
    { facts: { windows: [] }, reason: 'window_closed' },
    { policy: { callsLeft: 0 }, reason: 'calls_used_up' },
    {
      facts: { uses: { a: { used: 1, freesAt: later(1) } } },
      policy: { caps: [cap('a', 'drop')] },
      reason: 'frequency_cap',
    },
    { policy: { quiet: [noon('drop')] }, reason: 'quiet_hours' },
    { fields: broken, reason: 'field_invalid' },
    { facts: { heldOut: true }, reason: 'held_out' },
  ]
  for (const [index, { reason }] of layers.entries()) {
    const wrong = layers.slice(index)
    const decision = decideDelivery(
      facts(Object.assign({}, ...wrong.map((one) => one.facts ?? {}))),
      policy(Object.assign({}, ...wrong.map((one) => one.policy ?? {}))),
      NOW,
      wrong.some((one) => one.fields) ? broken : fine,
    )
    expect(decision).toMatchObject({ reason })
  }
})

test('a person’s values are not looked at where something before them says no', () => {
  const never = () => {
    throw new Error('asked')
  }
  expect(decideDelivery(facts({ following: false }), policy(), NOW, never)).toMatchObject({
    reason: 'not_following',
  })
})

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
  if (f.duplicate) return skip('same_person')
  if (f.openid === null) return skip('erased')
  if (f.suppressed) return skip('suppressed')
  if (f.blocked) return skip('blocked_by_person')
  if (!f.following && p.channel !== 'subscription') return skip('not_following')
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
  duplicate: seldom,
  suppressed: seldom,
  blocked: seldom,
  following: seldom.map((not) => !not),
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

test('every check has a name of its own', () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length)
})

test('G2: every reason speaks both languages', () => {
  for (const [code, { zh, en }] of Object.entries(REASONS)) {
    expect(code).toMatch(/^[a-z_]+$/)
    expect(/[\u4e00-\u9fff]/.test(zh), code).toBe(true)
    expect(/[\u4e00-\u9fff]/.test(en), code).toBe(false)
  }
})
