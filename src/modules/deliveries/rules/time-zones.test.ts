import { afterAll, expect, test } from 'vitest'
import { beijingMonth } from '../../../kernel/beijing.ts'
import { windowRule } from '../../../wechat/rules/service-window.ts'
import { type Cap, capUse, windowStart } from './caps.ts'
import { finishOf } from './finish.ts'
import { quietUntil } from './quiet.ts'

const own = process.env['TZ']
afterAll(() => {
  if (own === undefined) delete process.env['TZ']
  else process.env['TZ'] = own
})

const UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const
const cap = (unit: Cap['unit'], calendar: boolean): Cap => ({
  id: '1',
  accountId: null,
  channel: null,
  purpose: 'any',
  most: 1,
  amount: 1,
  unit,
  calendar,
  action: 'postpone',
})

/** Everything here that knows a calendar, around a Beijing month's end and New York's change of clocks. */
function everything() {
  const instants = [
    '2026-10-31T15:59:59.999Z',
    '2026-10-31T16:00:00Z',
    '2026-11-01T05:30:00Z',
    '2026-11-01T06:30:00Z',
  ].map((text) => new Date(text))
  return instants.map((now) => ({
    month: beijingMonth(now),
    starts: UNITS.flatMap((unit) => [windowStart(cap(unit, false), now), windowStart(cap(unit, true), now)]),
    uses: UNITS.map((unit) =>
      capUse(
        cap(unit, true),
        [{ at: new Date(now.getTime() - 1_000), accountId: '1', channel: 'template', purpose: 'marketing' }],
        now,
      ),
    ),
    quiet: ['Asia/Shanghai', 'America/New_York', 'UTC'].map((zone) =>
      quietUntil({ fromMinute: 60, untilMinute: 100, zone, action: 'drop' }, now),
    ),
    finish: finishOf([{ at: now, count: 5 }], now, { perMinute: 1, leftToday: 2, perDay: 2 }),
    rule: windowRule('message', now, { paymentSends: 0 }),
  }))
}

test('the machine’s own time zone changes nothing: TZ=UTC, Asia/Shanghai, America/New_York', () => {
  const told = ['UTC', 'Asia/Shanghai', 'America/New_York'].map((zone) => {
    process.env['TZ'] = zone
    return { offset: new Date('2026-11-21T00:00:00Z').getTimezoneOffset(), answer: everything() }
  })
  // the machine did change zones
  expect(told.map(({ offset }) => offset)).toEqual([0, -480, 300])
  expect(told[1]?.answer).toEqual(told[0]?.answer)
  expect(told[2]?.answer).toEqual(told[0]?.answer)
})
