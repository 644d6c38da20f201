import { expect, test } from 'vitest'
import type { PreparedMessage, ResolvedContent } from '../schema/resolved.ts'
import { tapsOf } from './taps.ts'

const content = (message: PreparedMessage): ResolvedContent => ({
  kind: 'text',
  channel: 'customer-service',
  variables: {},
  message,
})
const text = (it: string) => tapsOf(content({ msgtype: 'text', text: { content: it } }))

test('C4: what a tap on a link of a text says counts as a tap, by its words or by its label', () => {
  expect(
    text('<a href="weixin://bizmsgmenu?msgmenucontent=%E6%83%B3%E8%A6%81&msgmenuid=1">点我</a>'),
  ).toEqual(['想要'])
  expect(text('<a href="weixin://bizmsgmenu?msgmenuid=1">点我</a>')).toEqual(['点我'])
  expect(text('<a href="https://example.com/?msgmenucontent=x">点我</a> 想要')).toEqual([])
})

test('an item of a menu message counts by its words, each once', () => {
  const list = [
    { id: '1', content: '满意' },
    { id: '2', content: '满意' },
    { id: '3', content: '不满意' },
  ]
  const menu = { msgtype: 'msgmenu', msgmenu: { head_content: '?', list, tail_content: '' } } as const
  expect(tapsOf(content({ ...menu, msgmenu: { ...menu.msgmenu, list: [...list] } }))).toEqual([
    '满意',
    '不满意',
  ])
})
