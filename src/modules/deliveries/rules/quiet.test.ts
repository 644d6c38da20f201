import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Quiet, quietUntil } from './quiet.ts'

const quiet = (from: string, until: string, zone = 'Asia/Shanghai'): Quiet => {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  return { fromMinute: minutes(from), untilMinute: minutes(until), zone, action: 'postpone' }
}
const at = (text: string) => new Date(text)

test.each([
  // over midnight
  ['22:00', '08:00', '2026-11-21T21:59:59.999+08:00', null],
  ['22:00', '08:00', '2026-11-21T22:00:00+08:00', '2026-11-22T08:00:00+08:00'],
  ['22:00', '08:00', '2026-11-30T23:59:59.999+08:00', '2026-12-01T08:00:00+08:00'],
  ['22:00', '08:00', '2026-12-01T00:00:00+08:00', '2026-12-01T08:00:00+08:00'],
  ['22:00', '08:00', '2026-12-01T07:59:59.999+08:00', '2026-12-01T08:00:00+08:00'],
  ['22:00', '08:00', '2026-12-01T08:00:00+08:00', null],
  // within a day
  ['12:00', '14:00', '2026-11-21T11:59:59.999+08:00', null],
  ['12:00', '14:00', '2026-11-21T12:00:00+08:00', '2026-11-21T14:00:00+08:00'],
  ['12:00', '14:00', '2026-11-21T14:00:00+08:00', null],
])('quiet from %s until %s: at %s it lasts until %s', (from, until, now, end) => {
  expect(quietUntil(quiet(from, until), at(now))).toEqual(end === null ? null : at(end))
})

test('another zone’s night is not Beijing’s', () => {
  const night = quiet('22:00', '08:00', 'America/New_York')
  // 22:00 of the 21st in New York is 11:00 of the 22nd in Beijing
  expect(quietUntil(night, at('2026-11-22T10:59:59+08:00'))).toBeNull()
  expect(quietUntil(night, at('2026-11-22T11:00:00+08:00'))).toEqual(at('2026-11-22T08:00:00-05:00'))
})

test('clocks put forward over the end: it is over at that instant (New York, 2026-03-08 02:00 → 03:00)', () => {
  const night = quiet('22:00', '02:30', 'America/New_York')
  expect(quietUntil(night, at('2026-03-08T01:59:59-05:00'))).toEqual(at('2026-03-08T03:00:00-04:00'))
})

test('an hour that comes twice is quiet twice (New York, 2026-11-01 02:00 → 01:00)', () => {
  const early = quiet('01:00', '01:30', 'America/New_York')
  expect(quietUntil(early, at('2026-11-01T01:10:00-04:00'))).toEqual(at('2026-11-01T01:30:00-04:00'))
  expect(quietUntil(early, at('2026-11-01T01:45:00-04:00'))).toBeNull()
  expect(quietUntil(early, at('2026-11-01T01:10:00-05:00'))).toEqual(at('2026-11-01T01:30:00-05:00'))
})

/** What clocks of the zone show, by the platform's own calendar. */
function minuteOf(zone: string, instant: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
    .format(instant)
    .split(':')
    .map(Number)
  return (parts[0] as number) * 60 + (parts[1] as number)
}

function slowly({ fromMinute: from, untilMinute: until, zone }: Quiet, now: number): number | null {
  const quietAt = (instant: number) => {
    const minute = minuteOf(zone, instant)
    return from < until ? minute >= from && minute < until : minute >= from || minute < until
  }
  if (!quietAt(now)) return null
  let instant = now
  while (quietAt(instant)) instant += 60_000
  return instant
}

test('the end is the first minute that a clock of the zone no longer shows as quiet, around every change of the clocks', () => {
  const around = [
    Date.parse('2026-03-08T07:00:00Z'),
    Date.parse('2026-11-01T06:00:00Z'),
    Date.parse('2026-03-29T01:00:00Z'),
    Date.parse('2026-10-25T01:00:00Z'),
    Date.parse('2026-11-30T16:00:00Z'),
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...around),
      fc.integer({ min: -1_500, max: 1_500 }),
      fc.integer({ min: 0, max: 1_439 }),
      fc.integer({ min: 0, max: 1_439 }),
      fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Europe/Berlin'),
      (base, minutes, fromMinute, length, zone) => {
        // at most 8 hours, so that walking through it stays quick
        const untilMinute = (fromMinute + 1 + (length % 480)) % 1_440
        const one: Quiet = { fromMinute, untilMinute, zone, action: 'drop' }
        const now = base + minutes * 60_000
        const end = quietUntil(one, new Date(now))
        const expected = slowly(one, now)
        expect(end?.getTime() ?? null).toBe(expected)
      },
    ),
    { numRuns: 150 },
  )
})
