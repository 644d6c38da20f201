import { expect, test } from 'vitest'
import { unboundAppIds } from './rules.ts'

const A = 'wx00000000000000aa'
const B = 'wx00000000000000bb'
const link = (appid: string) =>
  `<a href="https://example.com" data-miniprogram-appid="${appid}" data-miniprogram-path="pages/index">去看看</a>`

test.each([
  ['a text without links', '新品到店', [], []],
  ['a link to a web page', '<a href="https://mp.weixin.qq.com/s/x">文章</a>', [], []],
  ['one that is linked', link(A), [A], []],
  ['one that is not', link(A), [], [A]],
  ['one of two', `${link(A)}，${link(B)}`, [A], [B]],
  ['the same one twice', `${link(B)}，${link(B)}`, [A], [B]],
  ['15 places instead of 16', link(A.slice(0, -1)), [], []],
  ['upper case', link('wx00000000000000AA'), [], []],
])('E1: %s', (_what, text, linked, unbound) => {
  expect(unboundAppIds(text, linked)).toEqual(unbound)
})
