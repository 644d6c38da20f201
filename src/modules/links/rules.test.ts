import { expect, test } from 'vitest'
import { destinationOf, isTap, TAP_MS, tapKey, tieMiniProgram } from './rules.ts'

const WECHAT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003234) NetType/WIFI Language/zh_CN'
const tap = (headers: Record<string, string>, method = 'GET') => isTap({ method, headers })

test.each([
  WECHAT,
  'Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/107.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 WindowsWechat',
])('A2: a tap of a person counts: %s', (agent) => expect(tap({ 'user-agent': agent })).toBe(true))

test.each([
  ['a robot', { 'user-agent': 'Mozilla/5.0 (compatible; Baiduspider/2.0)' }],
  ['a robot', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
  ['a checker of links', { 'user-agent': 'Mozilla/4.0' }],
  ['a preview', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
  ['a script', { 'user-agent': 'curl/8.9' }],
  ['nobody named', {}],
  ['a browser that looks ahead', { 'user-agent': WECHAT, 'sec-purpose': 'prefetch;prerender' }],
  ['a browser that looks ahead', { 'user-agent': WECHAT, purpose: 'prefetch' }],
  ['a browser that looks ahead', { 'user-agent': WECHAT, 'x-moz': 'prefetch' }],
  ['a preview', { 'user-agent': WECHAT, 'x-purpose': 'preview' }],
] as [string, Record<string, string>][])('A2: %s is led on and not counted: %j', (_who, headers) =>
  expect(tap(headers)).toBe(false),
)

test('A2: a request for the headers alone is not counted', () =>
  expect(tap({ 'user-agent': WECHAT }, 'HEAD')).toBe(false))

test('A2: two requests of one tap have one key; of another link, another message or ten seconds later another', () => {
  const link = { deliveryId: '7', index: 0 }
  const at = new Date(1_000 * TAP_MS)
  const later = (ms: number) => new Date(at.getTime() + ms)
  expect(tapKey(link, later(TAP_MS - 1))).toBe(tapKey(link, at))
  const keys = [
    tapKey(link, at),
    tapKey(link, later(TAP_MS)),
    tapKey({ ...link, index: 1 }, at),
    tapKey({ ...link, deliveryId: '8' }, at),
  ]
  expect(new Set(keys).size).toBe(4)
})

const tracked = new Set(['https://shop.example.com'])
test.each([
  ['https://shop.example.com', 'https://shop.example.com/?wd=Code'],
  ['https://shop.example.com/a?b=1#c', 'https://shop.example.com/a?b=1&wd=Code#c'],
  ['https://shop.example.com/a?wd=Old', 'https://shop.example.com/a?wd=Code'],
  ['https://other.example.com/a?b=1', 'https://other.example.com/a?b=1'],
  ['http://shop.example.com/a', 'http://shop.example.com/a'],
  ['https://other.example.com', 'https://other.example.com'],
  ['https://other.example.com/新品?q=鞋#颜色', `https://other.example.com/${encodeURI('新品?q=鞋#颜色')}`],
  ['not an address', 'not an address'],
])('A2: only pages that are tracked learn the code: %s', (address, led) =>
  expect(destinationOf(address, 'Code', tracked)).toBe(led),
)

test.each([
  ['pages/shoe', 'pages/shoe?wd=Code'],
  ['pages/shoe?sku=1', 'pages/shoe?sku=1&wd=Code'],
  ['pages/shoe?wd=Old&sku=1', 'pages/shoe?sku=1&wd=Code'],
  ['pages/shoe?q=a?b#part', 'pages/shoe?q=a?b&wd=Code#part'],
])('A6: a mini program’s path carries the code: %s', (path, tied) =>
  expect(tieMiniProgram(path, 'Code')).toBe(tied),
)
