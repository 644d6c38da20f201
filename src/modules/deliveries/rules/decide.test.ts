import { expect, test } from 'vitest'
import { REASONS } from '../schema.ts'
import { CHECKS, type DeliveryFacts, type DeliveryPolicy, decideDelivery } from './decide.ts'
import { broken, cap, facts, fine, HOUR, later, NOW, noon, policy } from './test-cases.ts'

const decide = (f: Partial<DeliveryFacts>, p: Partial<DeliveryPolicy> = {}, now = NOW) =>
  decideDelivery(facts(f), policy(p), now, fine)

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
  expect(decide({ notAfter: NOW }, { notAfter: later(1) })).toEqual({ kind: 'send' })
  expect(decide({ notAfter: later(-1) }, { notAfter: later(1) })).toMatchObject({ reason: 'too_late' })
  expect(decide({ notAfter: later(1) }, { notAfter: later(-1) })).toMatchObject({ reason: 'too_late' })
})

test('the order: each check decides only where all before it say yes', () => {
  const layers: {
    facts?: Partial<DeliveryFacts>
    policy?: Partial<DeliveryPolicy>
    fields?: typeof broken
    reason: string
  }[] = [
    { policy: { state: 'ended' }, reason: 'ended_early' },
    { facts: { duplicate: 'went' }, reason: 'same_person' },
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

test('who waits for another message of their own is looked at again: it may be left out', () => {
  expect(decide({ duplicate: 'waits' }, {})).toEqual({
    kind: 'hold',
    reason: 'same_person',
    until: later(60_000),
  })
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
