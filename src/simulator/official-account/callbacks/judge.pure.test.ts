import { expect, test } from 'vitest'
import type { Account } from '../account.ts'
import type { MediaRow } from '../material/store.ts'
import { judgeReply } from './judge.ts'

const SHELF: Record<string, Pick<MediaRow, 'kind' | 'content_type'>> = {
  picture: { kind: 'image', content_type: 'image/png' },
  moving: { kind: 'image', content_type: 'image/gif' },
  sound: { kind: 'voice', content_type: 'audio/mpeg' },
}
const account = { id: 1, settings: { miniPrograms: ['wx1111111111111111'] } } as unknown as Account
/** Only what belongs to the account is found. */
const db = {
  row: async (_: string, values: unknown[] = []) =>
    SHELF[String(values.find((one) => typeof one === 'string'))],
}

const judged = (msgtype: string, content: object, toMessage = true) =>
  judgeReply(
    { msgtype, content: content as Record<string, never> },
    { db: db as never, account, now: new Date(), toMessage },
  )
const card = (changes: object = {}) => ({
  Title: '新品',
  Description: '',
  Url: 'https://a.cn/1',
  PicUrl: '',
  ...changes,
})
const cards = (count: number) => ({ articles: Array.from({ length: count }, () => card()) })

test.each([
  ['2,048 bytes', 'text', { content: 'a'.repeat(2_048) }, undefined],
  ['2,049 bytes', 'text', { content: 'a'.repeat(2_049) }, 'a text of 2049 bytes'],
  ['a blank', 'text', { content: ' \n' }, 'an empty text'],
  [
    'a mini program that is not linked',
    'text',
    { content: '<a data-miniprogram-appid="wx2222222222222222" href="">x</a>' },
    'a mini program that is not linked: wx2222222222222222',
  ],
  ['one that is', 'text', { content: '<a data-miniprogram-appid="wx1111111111111111">x</a>' }, undefined],
  ['a picture', 'image', { media_id: 'picture' }, undefined],
  ['a moving picture', 'image', { media_id: 'moving' }, 'a moving picture'],
  ['somebody else’s picture', 'image', { media_id: 'theirs' }, 'no such media'],
  ['a sound as a picture', 'image', { media_id: 'sound' }, 'media of another kind: voice'],
  ['a sound', 'voice', { media_id: 'sound' }, undefined],
  ['music', 'music', { ThumbMediaId: 'picture', MusicUrl: 'https://a.cn/1.mp3' }, undefined],
  [
    'music from nowhere',
    'music',
    { ThumbMediaId: 'picture', MusicUrl: 'nowhere' },
    'an address that is none',
  ],
  ['a card', 'news', cards(1), undefined],
  ['two cards', 'news', cards(2), '2 cards'],
  ['a card that says nothing', 'news', { articles: [card({ Title: '' })] }, 'a card that says nothing'],
  ['a card that leads nowhere', 'news', { articles: [card({ Url: '' })] }, 'a card that leads nowhere'],
])('an answer to a message: %s', async (_name, msgtype, content, wrong) => {
  expect(await judged(msgtype, content)).toBe(wrong)
})

test('an answer to an event may hold eight cards, not nine', async () => {
  expect(await judged('news', cards(8), false)).toBeUndefined()
  expect(await judged('news', cards(9), false)).toBe('9 cards')
})
