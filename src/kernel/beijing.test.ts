import { expect, test } from 'vitest'
import {
  addBeijingDays,
  beijingDay,
  beijingDaysBetween,
  beijingHour,
  beijingMinute,
  beijingMonth,
  monthAfter,
  nextBeijingDay,
  nextBeijingMonth,
  startOfBeijingDay,
  startOfBeijingMonth,
} from './beijing.ts'

const at = (iso: string) => new Date(iso)

test.each([
  ['2026-11-30T15:59:59.999Z', '2026-11-30', '2026-11', 23],
  ['2026-11-30T16:00:00.000Z', '2026-12-01', '2026-12', 0],
  ['2026-12-31T15:59:59.999Z', '2026-12-31', '2026-12', 23],
  ['2026-12-31T16:00:00.000Z', '2027-01-01', '2027-01', 0],
  ['2028-02-28T16:00:00.000Z', '2028-02-29', '2028-02', 0],
  ['2027-02-28T16:00:00.000Z', '2027-03-01', '2027-03', 0],
])('%s is in Beijing %s, month %s, hour %i', (iso, day, month, hour) => {
  expect([beijingDay(at(iso)), beijingMonth(at(iso)), beijingHour(at(iso))]).toEqual([day, month, hour])
})

test.each([
  ['2026-12-31T15:59:59.999Z', '2026-12-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
  ['2026-12-31T16:00:00.000Z', '2026-12-31T16:00:00.000Z', '2027-01-01T16:00:00.000Z'],
])('%s: its day begins at %s, the next at %s', (iso, start, next) => {
  expect(startOfBeijingDay(at(iso))).toEqual(at(start))
  expect(nextBeijingDay(at(iso))).toEqual(at(next))
})

test.each([
  ['2026-12-31T15:59:59.999Z', '2026-11-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
  ['2026-12-31T16:00:00.000Z', '2026-12-31T16:00:00.000Z', '2027-01-31T16:00:00.000Z'],
  ['2028-02-29T00:00:00.000Z', '2028-01-31T16:00:00.000Z', '2028-02-29T16:00:00.000Z'],
])('%s: its month begins at %s, the next at %s', (iso, start, next) => {
  expect(startOfBeijingMonth(at(iso))).toEqual(at(start))
  expect(nextBeijingMonth(at(iso))).toEqual(at(next))
})

test('days and months are counted across year ends and leap days', () => {
  expect(monthAfter('2026-12')).toBe('2027-01')
  expect(monthAfter('2026-09')).toBe('2026-10')
  expect(addBeijingDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addBeijingDays('2028-03-01', -1)).toBe('2028-02-29')
  expect(beijingDaysBetween('2026-12-31', '2027-01-02')).toBe(2)
  expect(beijingDaysBetween('2027-01-01', '2026-12-31')).toBe(-1)
  expect(beijingMinute(at('2026-12-31T16:05:09Z'))).toBe('2027-01-01 00:05')
})
