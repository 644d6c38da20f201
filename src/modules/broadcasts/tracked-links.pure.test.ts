import { expect, test } from 'vitest'
import { tieLink } from './tracked-links.ts'

const origins = new Set(['https://shop.example.com'])
const long = `https://shop.example.com/?q=${'x'.repeat(980)}`

test.each([
  ['https://shop.example.com', 'https://shop.example.com/?wd_send=7'],
  ['https://shop.example.com/a?b=1#c', 'https://shop.example.com/a?b=1&wd_send=7#c'],
  // a draft that was copied from an earlier send
  ['https://shop.example.com/a?wd_send=3', 'https://shop.example.com/a?wd_send=7'],
  ['https://other.example.com/a', 'https://other.example.com/a'],
  ['http://shop.example.com/a', 'http://shop.example.com/a'],
  ['not an address', 'not an address'],
  [`${long}${'x'.repeat(6)}`, `${long}${'x'.repeat(6)}&wd_send=7`],
  [`${long}${'x'.repeat(7)}`, `${long}${'x'.repeat(7)}`],
])('G2: a link to a page that is tracked names the send, and no other link changes: %s', (address, tied) => {
  expect(tieLink(address, '7', origins)).toBe(tied)
})
