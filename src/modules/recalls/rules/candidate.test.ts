import { expect, test } from 'vitest'
import type { TagRef } from '../../segments/schema.ts'
import { audienceOf, excludedOf } from './audience.ts'
import { type AtMoment, outcomeAtMoment } from './candidate.ts'
import { replyFor } from './choose.ts'

const act = new Date('2026-11-21T09:00:00+08:00')
const hours = (n: number) => new Date(act.getTime() + n * 3_600_000)
const rule = { minutes: 60, reading: 'before-end' } as const
const known = (changes: Partial<AtMoment> = {}): AtMoment => ({
  lastAct: act,
  following: true,
  inAudience: true,
  excluded: false,
  windows: [{ expiresAt: hours(48), left: 5 }],
  ...changes,
})

test('C1: who is in the tags, follows and has a window open at the moment is written to', () => {
  expect(outcomeAtMoment(rule, known())).toEqual({ candidate: true, until: hours(48) })
  const two = [
    { expiresAt: hours(47.5), left: 1 },
    { expiresAt: hours(48), left: 0 },
  ]
  expect(outcomeAtMoment(rule, known({ windows: two }))).toEqual({ candidate: true, until: hours(47.5) })
})

test.each([
  ['not_following', { following: false }],
  ['excluded', { excluded: true }],
  ['excluded', { excluded: true, inAudience: false }],
  ['not_in_tags', { inAudience: false }],
  ['no_window', { windows: [] }],
  // over in the very millisecond of the moment
  ['no_window', { windows: [{ expiresAt: hours(47), left: 5 }] }],
  ['window_used_up', { windows: [{ expiresAt: hours(48), left: 0 }] }],
] as const)('C3: %s', (why, changes) => {
  expect(outcomeAtMoment(rule, known(changes))).toEqual({ candidate: false, why })
})

test('C3: any of these tags, less who carries one of those; neither means everybody', () => {
  const star: TagRef = { of: 'wechat', accountId: '1', tagId: 2 }
  const old: TagRef = { of: 'own', tagId: '7' }
  expect(audienceOf({ include: [], exclude: [] })).toBeNull()
  expect(excludedOf({ exclude: [] })).toBeNull()
  expect(audienceOf({ include: [star, old], exclude: [] })).toEqual({
    kind: 'tag',
    match: 'any',
    tags: [star, old],
  })
  expect(audienceOf({ include: [], exclude: [old] })).toEqual({
    kind: 'not',
    of: { kind: 'tag', match: 'any', tags: [old] },
  })
  expect(audienceOf({ include: [star], exclude: [old] })).toMatchObject({ kind: 'and' })
})

test('C4: a fan’s reply in one silence is always the same; over fans and silences each has its share', () => {
  const n = 3
  const counts = [0, 0, 0]
  for (let fan = 1; fan <= 30_000; fan += 1) {
    const chosen = replyFor('4', String(fan), act, n)
    expect(replyFor('4', String(fan), act, n)).toBe(chosen)
    counts[chosen] = (counts[chosen] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  const bySilence = Array.from({ length: 300 }, (_, day) => replyFor('4', '1', hours(day * 24), n))
  expect(new Set(bySilence).size).toBe(3)
})
