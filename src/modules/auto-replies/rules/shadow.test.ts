import { describe, expect, test } from 'vitest'
import type { Keyword, KeywordMatch, ReplyKind } from '../schema.ts'
import { createShadows } from './shadow.ts'

const word = (text: string, match: KeywordMatch = 'exact', caseSensitive = false): Keyword => ({
  text,
  match,
  caseSensitive,
})
const rule = (id: string, keywords: Keyword[], more: object = {}) => ({
  id,
  kind: 'keyword' as ReplyKind,
  priority: 0,
  hours: [],
  keywords,
  ...more,
})
const weekdays = [{ days: [1], fromMinute: 0, untilMinute: 60, zone: 'Asia/Shanghai' }]

describe('I1: a rule that never answers is told', () => {
  const first = rule('1', [word('优惠')])
  test.each([
    ['the same word of a later rule', first, rule('2', [word('优惠')]), true],
    ['the same word before it', rule('2', [word('优惠')]), first, false],
    [
      'a longer word that contains it, of higher priority',
      rule('1', [word('惠', 'contains')], { priority: 1 }),
      rule('2', [word('优惠券')]),
      true,
    ],
    [
      'the same priority: exact comes before contains',
      rule('1', [word('惠', 'contains')]),
      rule('2', [word('优惠券')]),
      false,
    ],
    [
      'begins with it, exact',
      rule('1', [word('优', 'starts')], { priority: 1 }),
      rule('2', [word('优惠')]),
      true,
    ],
    [
      'begins with it, contains: may stand elsewhere',
      rule('1', [word('优', 'starts')], { priority: 1 }),
      rule('2', [word('优惠', 'contains')]),
      false,
    ],
    [
      'capitals that matter are narrower',
      rule('1', [word('VIP')], { priority: 1 }),
      rule('2', [word('vip', 'exact', true)]),
      true,
    ],
    [
      'and never wider',
      rule('1', [word('VIP', 'exact', true)], { priority: 1 }),
      rule('2', [word('vip')]),
      false,
    ],
    ['one of two words', rule('1', [word('a')], { priority: 1 }), rule('2', [word('a'), word('b')]), false],
    [
      'a rule for some hours',
      rule('1', [word('优惠')], { hours: weekdays }),
      rule('2', [word('优惠')]),
      false,
    ],
    ['an equal pattern', rule('1', [word('优.*', 'regex')]), rule('2', [word('优.*', 'regex')]), true],
    ['another pattern', rule('1', [word('.*', 'regex')], { priority: 1 }), rule('2', [word('优惠')]), false],
    ['a second follow reply', rule('1', [], { kind: 'follow' }), rule('2', [], { kind: 'follow' }), true],
  ])('%s', (_name, other, asked, shadowed) => {
    expect(createShadows([other, asked])(asked)?.id).toBe(shadowed ? other.id : undefined)
  })
})
