import { expect, test } from 'vitest'
import { MEDIA_LIMITS } from '../schema.ts'
import { type Material, PLACES, usableIn } from './usable.ts'

const row = (material: Material) =>
  PLACES.map((place) => {
    const usable = usableIn(material, place)
    return usable.can ? (usable.but ?? 'yes') : usable.reason
  })
const here = { gone: false } as const

// in the order of PLACES: mass send, reply, recall, campaign, menu
test.each<[string, Material, string[]]>([
  [
    '003: drafts can be mass sent and must be published first for anything else',
    { kind: 'draft', ...here },
    ['yes', 'publish_first', 'publish_first', 'publish_first', 'publish_first'],
  ],
  [
    '003: published articles work everywhere',
    { kind: 'published', ...here },
    ['yes', 'yes', 'yes', 'yes', 'yes'],
  ],
  [
    '003: history works in mass sends and journeys; elsewhere it is turned into a draft and published',
    { kind: 'history', ...here, url: 'https://mp.weixin.qq.com/s/1' },
    ['yes', 'convert_first', 'convert_first', 'yes', 'convert_first'],
  ],
  [
    'history without an address can’t be a card',
    { kind: 'history', ...here, url: null },
    ['yes', 'convert_first', 'convert_first', 'no_address', 'convert_first'],
  ],
  [
    'what WeChat has no more works nowhere',
    { kind: 'published', gone: true },
    ['gone', 'gone', 'gone', 'gone', 'gone'],
  ],
  [
    'a deleted article works nowhere',
    { kind: 'published', ...here, problem: 'deleted' },
    ['deleted', 'deleted', 'deleted', 'deleted', 'deleted'],
  ],
  [
    'a kind that no mass send takes is a reply all the same',
    { kind: 'published', ...here, problem: 'type_not_supported' },
    ['type_not_supported', 'yes', 'yes', 'yes', 'yes'],
  ],
  [
    'a draft without a cover is mass sent with another',
    { kind: 'draft', ...here, problem: 'cover_missing' },
    ['cover_first', 'publish_first', 'publish_first', 'publish_first', 'publish_first'],
  ],
  [
    'one of several is a card and needs its address',
    { kind: 'published', ...here, alone: false, url: null },
    ['yes', 'no_address', 'no_address', 'no_address', 'yes'],
  ],
  ['a picture works everywhere', { kind: 'image', ...here }, ['yes', 'yes', 'yes', 'yes', 'yes']],
  [
    'a GIF that moves is never mass sent, and no passive reply',
    { kind: 'image', ...here, animated: true, gif: true },
    ['animated', 'not_passive', 'yes', 'yes', 'yes'],
  ],
  [
    'a GIF that stands still is no passive reply',
    { kind: 'image', ...here, gif: true },
    ['yes', 'not_passive', 'yes', 'yes', 'yes'],
  ],
  [
    'a video as large as it may be',
    { kind: 'video', ...here, bytes: MEDIA_LIMITS.video.maxBytes },
    ['yes', 'yes', 'yes', 'yes', 'yes'],
  ],
  [
    'a video too large for single people',
    { kind: 'video', ...here, bytes: MEDIA_LIMITS.video.maxBytes + 1 },
    ['yes', 'too_large', 'too_large', 'too_large', 'yes'],
  ],
  [
    'a voice too large for single people',
    { kind: 'voice', ...here, bytes: MEDIA_LIMITS.voice.maxBytes + 1 },
    ['yes', 'too_large', 'too_large', 'too_large', 'yes'],
  ],
])('D11: %s', (_, material, expected) => expect(row(material)).toEqual(expected))
