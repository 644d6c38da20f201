import { afterEach, expect, test } from 'vitest'
import { type RepeatTrigger, trigger } from '../schema/plan.ts'
import { isDayOff, isHoliday } from './holidays.ts'
import { calendarOf, nextRuns, reachAt, runsBetween, scheduleProblem } from './schedule.ts'

const calendar = (fields: object) => calendarOf(trigger.parse({ kind: 'repeat', ...fields }) as RepeatTrigger)
const at = (text: string) => new Date(text)
const next = (fields: object, after: string, most = 3) =>
  nextRuns(calendar(fields), at(after), most).map((run) => run.toISOString())

const zoneOfMachine = process.env['TZ']
afterEach(() => {
  if (zoneOfMachine === undefined) delete process.env['TZ']
  else process.env['TZ'] = zoneOfMachine
})

const twice = { schedule: { kind: 'daily', times: ['20:00', '10:00', '10:00'] } }

test.each(['UTC', 'Asia/Shanghai', 'America/New_York'])(
  'B6: daily at 10:00 and 20:00 Beijing time, on a machine in %s',
  (zone) => {
    process.env['TZ'] = zone
    expect(next(twice, '2026-11-21T00:00:00Z', 4)).toEqual([
      '2026-11-21T02:00:00.000Z',
      '2026-11-21T12:00:00.000Z',
      '2026-11-22T02:00:00.000Z',
      '2026-11-22T12:00:00.000Z',
    ])
  },
)

test('B6: a run is later than the instant asked about: the instant itself is not one', () => {
  expect(next(twice, '2026-11-21T02:00:00.000Z', 1)).toEqual(['2026-11-21T12:00:00.000Z'])
  expect(next(twice, '2026-11-21T01:59:59.999Z', 1)).toEqual(['2026-11-21T02:00:00.000Z'])
})

test('B6: only between start and end, both included', () => {
  const fields = { ...twice, from: '2026-11-22T02:00:00Z', until: '2026-11-22T12:00:00Z' }
  expect(next(fields, '2026-11-01T00:00:00Z', 9)).toEqual([
    '2026-11-22T02:00:00.000Z',
    '2026-11-22T12:00:00.000Z',
  ])
  expect(next({ ...fields, until: '2026-11-22T11:59:59.999Z' }, '2026-11-01T00:00:00Z', 9)).toHaveLength(1)
  expect(next({ ...fields, from: '2026-11-22T02:00:00.001Z' }, '2026-11-01T00:00:00Z', 9)).toHaveLength(1)
  expect(next(fields, '2026-11-22T12:00:00Z', 9)).toEqual([])
})

test.each([
  [
    { kind: 'weekly', days: [1], times: ['09:30'] },
    ['2026-11-23T01:30', '2026-11-30T01:30', '2026-12-07T01:30'],
  ],
  [
    { kind: 'weekly', days: [7, 6], times: ['00:00'] },
    ['2026-11-21T16:00', '2026-11-27T16:00', '2026-11-28T16:00'],
  ],
  [
    { kind: 'monthly', days: [31], times: ['12:00'] },
    ['2026-12-31T04:00', '2027-01-31T04:00', '2027-03-31T04:00'],
  ],
  [
    { kind: 'monthly', days: ['last'], times: ['12:00'] },
    ['2026-11-30T04:00', '2026-12-31T04:00', '2027-01-31T04:00'],
  ],
  [
    { kind: 'monthly', days: [28, 'last'], times: ['12:00'] },
    ['2026-11-28T04:00', '2026-11-30T04:00', '2026-12-28T04:00'],
  ],
  [
    { kind: 'cron', expression: '0 10 * * 1-5' },
    ['2026-11-23T02:00', '2026-11-24T02:00', '2026-11-25T02:00'],
  ],
  [
    { kind: 'cron', expression: '*/20 8 1 * *' },
    ['2026-12-01T00:00', '2026-12-01T00:20', '2026-12-01T00:40'],
  ],
  [{ kind: 'cron', expression: '0 0 29 2 *' }, ['2028-02-28T16:00', '2032-02-28T16:00']],
])('B6: %j runs at %j', (schedule, expected) => {
  const runs = next({ schedule }, '2026-11-21T12:00:00Z', expected.length)
  expect(runs).toEqual(expected.map((run) => `${run}:00.000Z`))
})

test.each([
  [{ kind: 'daily', times: [] }, 'schedule_without_times'],
  [{ kind: 'weekly', days: [], times: ['10:00'] }, 'schedule_without_days'],
  [{ kind: 'cron', expression: '61 * * * *' }, 'cron_unreadable'],
  [{ kind: 'cron', expression: '* * * * * *' }, 'cron_unreadable'],
  [{ kind: 'cron', expression: '@daily' }, 'cron_unreadable'],
  [{ kind: 'cron', expression: '0 10 * * *' }, null],
] as const)('B6: %j is refused with %s', (schedule, reason) => {
  expect(scheduleProblem(schedule as never)).toBe(reason)
})

test('B6: in New York, a clock time that is left out comes an hour later, one that comes twice is taken once', () => {
  const night = { schedule: { kind: 'daily', times: ['02:30'] }, zone: 'America/New_York' }
  expect(next(night, '2026-03-07T08:00:00Z', 2)).toEqual([
    '2026-03-08T07:30:00.000Z',
    '2026-03-09T06:30:00.000Z',
  ])
  const twiceThere = { schedule: { kind: 'daily', times: ['01:30'] }, zone: 'America/New_York' }
  expect(next(twiceThere, '2026-11-01T04:00:00Z', 2)).toEqual([
    '2026-11-01T05:30:00.000Z',
    '2026-11-02T06:30:00.000Z',
  ])
  // 02:30 and 03:30 are the same instant that night: one run
  const both = { schedule: { kind: 'daily', times: ['02:30', '03:30'] }, zone: 'America/New_York' }
  expect(next(both, '2026-03-08T05:00:00Z', 2)).toEqual([
    '2026-03-08T07:30:00.000Z',
    '2026-03-09T06:30:00.000Z',
  ])
})

test('B6: runs of a cron come in order through a change of the clocks, each once', () => {
  const fields = { schedule: { kind: 'cron', expression: '*/30 * * * *' }, zone: 'America/New_York' }
  const runs = next(fields, '2026-03-08T04:59:00Z', 12)
  expect(runs).toEqual([...new Set(runs)].toSorted())
  expect(runs.slice(0, 5)).toEqual(
    ['05:00', '05:30', '06:00', '06:30', '07:00'].map((time) => `2026-03-08T${time}:00.000Z`),
  )
})

test('B6: holidays, days worked in exchange, and days of one’s own are left out as chosen', () => {
  const daily = { schedule: { kind: 'daily', times: ['10:00'] } }
  const days = (fields: object, after: string, most: number) =>
    next({ ...daily, ...fields }, after, most).map((run) => run.slice(0, 10))
  expect(days({ holidays: 'skip-holidays' }, '2026-09-29T12:00:00Z', 3)).toEqual([
    '2026-09-30',
    '2026-10-08',
    '2026-10-09',
  ])
  // 10 October is a Saturday that is worked
  expect(days({ holidays: 'skip-days-off' }, '2026-10-08T12:00:00Z', 3)).toEqual([
    '2026-10-09',
    '2026-10-10',
    '2026-10-12',
  ])
  expect(days({ skipDays: ['2026-11-23'] }, '2026-11-21T12:00:00Z', 2)).toEqual(['2026-11-22', '2026-11-24'])
  expect(isHoliday('2026-02-23')).toBe(true)
  expect(isHoliday('2026-02-24')).toBe(false)
  expect(isDayOff('2026-02-28')).toBe(false)
  expect(isDayOff('2026-11-22')).toBe(true)
})

test('B6: what was missed is found, the oldest first', () => {
  const runs = runsBetween(calendar(twice), at('2026-11-20T12:00:00Z'), at('2026-11-21T12:00:00Z'), 500)
  expect(runs.map((run) => run.toISOString())).toEqual([
    '2026-11-21T02:00:00.000Z',
    '2026-11-21T12:00:00.000Z',
  ])
})

test('B6: a schedule without a run left comes to an end', () => {
  expect(next({ schedule: { kind: 'cron', expression: '0 0 31 2 *' } }, '2026-11-21T12:00:00Z')).toEqual([])
})

const NOW = at('2026-11-21T04:00:00Z') // noon in Beijing
test.each([
  [{ kind: 'now' }, NOW, '2026-11-21T04:00:00.000Z'],
  [{ kind: 'delay', length: { amount: 10, unit: 'minute' } }, NOW, '2026-11-21T04:10:00.000Z'],
  [{ kind: 'clock', time: '18:00', daysLater: 0 }, NOW, '2026-11-21T10:00:00.000Z'],
  [{ kind: 'clock', time: '12:00', daysLater: 0 }, NOW, '2026-11-21T04:00:00.000Z'],
  [{ kind: 'clock', time: '11:59', daysLater: 0 }, NOW, '2026-11-22T03:59:00.000Z'],
  [{ kind: 'clock', time: '10:00', daysLater: 1 }, NOW, '2026-11-22T02:00:00.000Z'],
  // it happened yesterday and came in late: the next ten o'clock, not noon
  [{ kind: 'clock', time: '10:00', daysLater: 0 }, at('2026-11-20T01:00:00Z'), '2026-11-22T02:00:00.000Z'],
] as const)('B8: reach %j after %s', (reach, base, expected) => {
  const full = reach.kind === 'clock' ? { ...reach, zone: 'Asia/Shanghai' } : reach
  expect(reachAt(full as never, base, NOW).toISOString()).toBe(expected)
})

test('B6: days off are left out as a whole: every minute of weekends to come is answered at once', () => {
  const minutes = {
    schedule: { kind: 'cron', expression: '* * * * 6,0' },
    holidays: 'skip-days-off',
  }
  // a Saturday that is worked in exchange
  expect(next(minutes, '2026-05-03T00:00:00Z', 2)).toEqual([
    '2026-05-08T16:00:00.000Z',
    '2026-05-08T16:01:00.000Z',
  ])
  expect(next(minutes, '2027-01-01T00:00:00Z', 2)).toEqual([])
})
