import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cap, type CapTouch, capUse, concerns, windowStart } from './caps.ts'

const cap = (fields: Partial<Cap> = {}): Cap => ({
  id: '1',
  accountId: null,
  channel: null,
  purpose: 'any',
  most: 1,
  amount: 1,
  unit: 'day',
  calendar: false,
  action: 'drop',
  ...fields,
})
const touch = (at: string | Date, fields: Partial<CapTouch> = {}): CapTouch => ({
  at: new Date(at),
  accountId: '7',
  channel: 'template',
  purpose: 'marketing',
  ...fields,
})
const beijing = (text: string) => new Date(`${text}+08:00`)

test('design 5: a rolling day ends a message exactly 24 hours after it, not a millisecond before', () => {
  const got = [touch(beijing('2026-11-20T10:00:00'))]
  expect(capUse(cap(), got, beijing('2026-11-21T09:59:59.999'))).toEqual({
    used: 1,
    freesAt: beijing('2026-11-21T10:00:00'),
  })
  expect(capUse(cap(), got, beijing('2026-11-21T10:00:00'))).toEqual({ used: 0, freesAt: null })
})

test.each([
  ['day', '2026-11-30T23:59:59.999', '2026-12-01T00:00:00'],
  // 2026-11-29 is a Sunday
  ['week', '2026-11-29T23:59:59.999', '2026-11-30T00:00:00'],
  ['month', '2026-11-30T23:59:59.999', '2026-12-01T00:00:00'],
] as const)('a calendar %s is Beijing’s: full at %s, free at %s', (unit, last, first) => {
  const calendar = cap({ unit, calendar: true })
  const got = [touch(beijing('2026-11-29T20:00:00')), touch(beijing('2026-11-30T12:00:00'))]
  const told = unit === 'week' ? got.slice(0, 1) : got
  expect(capUse(calendar, told, beijing(last)).freesAt).toEqual(beijing(first))
  expect(capUse(calendar, told, beijing(first))).toEqual({ used: 0, freesAt: null })
})

test('a message at the first instant of a Beijing month counts in that month, one a millisecond earlier does not', () => {
  const month = cap({ unit: 'month', calendar: true })
  const now = beijing('2026-12-15T12:00:00')
  expect(capUse(month, [touch(beijing('2026-12-01T00:00:00'))], now).used).toBe(1)
  expect(capUse(month, [touch(beijing('2026-11-30T23:59:59.999'))], now).used).toBe(0)
})

test('several calendar periods are the one that runs and those before it', () => {
  const two = cap({ unit: 'month', calendar: true, amount: 2 })
  expect(windowStart(two, beijing('2026-01-15T00:00:00'))).toEqual(beijing('2025-12-01T00:00:00'))
  expect(
    capUse(two, [touch(beijing('2025-12-05T00:00:00'))], beijing('2026-01-31T23:59:59')).freesAt,
  ).toEqual(beijing('2026-02-01T00:00:00'))
})

test.each([
  [{ accountId: '7' }, true],
  [{ accountId: '8' }, false],
  [{ channel: 'template' }, true],
  [{ channel: 'mass' }, false],
  [{ purpose: 'marketing' }, true],
] as const)('a cap of %j concerns a marketing template message of account 7: %s', (fields, answer) => {
  expect(concerns(cap(fields), touch(new Date()))).toBe(answer)
})

test('a marketing cap neither asks nor counts service messages', () => {
  expect(concerns(cap({ purpose: 'marketing' }), touch(new Date(), { purpose: 'service' }))).toBe(false)
  expect(concerns(cap(), touch(new Date(), { purpose: 'service' }))).toBe(true)
})

/** Counts what is in the window at an instant, and walks on until there is room. */
function slowly(one: Cap, got: readonly CapTouch[], now: Date, stepMs: number) {
  const usedAt = (at: number) => {
    const from = windowStart(one, new Date(at)).getTime()
    return got.filter((t) => (one.calendar ? t.at.getTime() >= from : t.at.getTime() > from)).length
  }
  const used = usedAt(now.getTime())
  if (used < one.most) return { used, freesAt: null }
  let at = now.getTime()
  while (usedAt(at) >= one.most) at += stepMs
  return { used, freesAt: new Date(at) }
}

test('D4: when a cap frees is the first instant at which counting says so, by any window and number', () => {
  const hour = 3_600_000
  const base = Math.floor(beijing('2026-11-25T00:00:00').getTime() / hour) * hour
  fc.assert(
    fc.property(
      fc.record({
        most: fc.integer({ min: 1, max: 4 }),
        amount: fc.integer({ min: 1, max: 3 }),
        unit: fc.constantFrom('hour' as const, 'day' as const, 'week' as const),
        calendar: fc.boolean(),
      }),
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 }),
      (fields, hoursAgo) => {
        const one = cap({ ...fields, calendar: fields.calendar && fields.unit !== 'hour' })
        const got = hoursAgo.map((ago) => touch(new Date(base - ago * hour)))
        const now = new Date(base)
        expect(capUse(one, got, now)).toEqual(slowly(one, got, now, hour))
      },
    ),
    { numRuns: 300 },
  )
})
