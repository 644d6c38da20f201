import { expect, test } from 'vitest'
import { afterLook, firstLook, lastLook, lastStatDay, settledAt } from './rules.ts'

const at = (text: string) => new Date(`2026-${text}:00+08:00`)
const look = (now: string, outcome: Parameters<typeof afterLook>[0]['outcome'], tries = 0) =>
  afterLook({ now: at(now), day: '2026-12-01', outcome, tries })

test('E9: first at 09:00 of the next day, last at 09:00 of the seventh, whose sums end with the day before', () => {
  expect(firstLook('2026-12-01')).toEqual(at('12-02T09:00'))
  expect(lastLook('2026-12-01')).toEqual(at('12-08T09:00'))
  expect(lastStatDay('2026-12-01')).toBe('2026-12-07')
  expect(look('12-02T09:00', 'read').dueAt).toEqual(at('12-03T09:00'))
  expect(look('12-08T08:59', 'read').dueAt).toEqual(at('12-08T09:00'))
  expect(look('12-08T09:00', 'read').dueAt).toBeNull()
})

test('E8: what was delivered is final at 09:00 of the day after, by Beijing days', () => {
  expect(settledAt(at('12-01T23:59'))).toEqual(at('12-02T09:00'))
  expect(settledAt(at('12-02T00:00'))).toEqual(at('12-03T09:00'))
})

test('E9: figures that are late are waited for, never before 09:00; calls come back at midnight', () => {
  expect(look('12-02T09:10', 'late', 3)).toEqual({ dueAt: at('12-02T09:40'), tries: 4 })
  expect(look('12-02T00:05', 'late').dueAt).toEqual(at('12-02T09:00'))
  expect(look('12-02T09:10', 'calls-used-up').dueAt).toEqual(at('12-03T00:05'))
  expect(look('12-02T09:10', 'busy').dueAt).toEqual(at('12-02T09:12'))
  expect(look('12-02T09:10', 'busy', 20).dueAt).toEqual(at('12-02T09:40'))
  expect(look('12-02T09:10', 'refused').dueAt).toEqual(at('12-02T10:10'))
})

test('E9: after the last day it is tried a day longer and no more', () => {
  expect(look('12-09T09:00', 'late', 46).dueAt).toEqual(at('12-09T09:30'))
  expect(look('12-09T09:00', 'late', 47).dueAt).toBeNull()
  expect(look('12-05T09:00', 'late', 200).dueAt).not.toBeNull()
})
