import { expect, test } from 'vitest'
import { hostsOf, isAnswerable, MENU_TYPES, mayOverlap, shownWidth, tellsOfTaps } from './menu-limits.ts'

test('names are as wide as on the phone: Latin counts half', () => {
  expect(shownWidth('会员中心')).toBe(4)
  expect(shownWidth('VIP 会员')).toBe(4)
  expect(shownWidth('会员中心1')).toBe(4.5)
})

test('hosts are counted once, whatever the page, and only of web addresses', () => {
  expect([...hostsOf(['https://a.cn/1', 'http://a.cn/2', 'https://b.cn', 'weixin://x', 'nothing'])]).toEqual([
    'a.cn',
    'b.cn',
  ])
})

test('D12: three kinds of taps can be answered, four are never told of', () => {
  expect(MENU_TYPES.filter(isAnswerable)).toEqual(['click', 'scancode_push', 'scancode_waitmsg'])
  expect(MENU_TYPES.filter((type) => !tellsOfTaps(type))).toEqual([
    'media_id',
    'article_id',
    'article_view_limited',
    'view_limited',
  ])
})

test('rules overlap unless they are for different systems', () => {
  const rule = (tagId: number | null, system: 'ios' | 'android' | null) => ({ tagId, system })
  expect(mayOverlap(rule(1, null), rule(2, null))).toBe(true)
  expect(mayOverlap(rule(1, 'ios'), rule(null, null))).toBe(true)
  expect(mayOverlap(rule(1, 'ios'), rule(1, 'android'))).toBe(false)
})
