import { expect, test } from 'vitest'
import { differencesOf, signatureOf } from './compare.ts'

const article = (part: object = {}) => ({
  title: '标题',
  content: '<p>正文</p>',
  thumb_media_id: 'A',
  ...part,
})
const fieldsOf = (part: object, ownCover = false) =>
  differencesOf(article(), article(part), { ownCover }).map(({ field }) => field)

test.each([
  [{}, []],
  [{ title: '新' }, ['title']],
  [{ author: '某人' }, ['author']],
  [{ digest: '摘要' }, ['digest']],
  [{ content: '<p>正文。</p>' }, ['content']],
  [{ content: '<p><b>正文</b></p>' }, ['content']],
  [{ thumb_media_id: 'B' }, ['cover']],
  [{ cover_info: { crop_percent_list: [{ ratio: '1_1', x1: '0', y1: '0', x2: '1', y2: '1' }] } }, ['cover']],
  [{ content_source_url: 'https://a.example' }, ['sourceUrl']],
  [{ need_open_comment: 1 }, ['comments']],
  [{ only_fans_can_comment: 1 }, ['comments']],
  [{ image_info: { image_list: [{ image_media_id: 'C' }] } }, ['pictures']],
  [{ author: '', digest: '', need_open_comment: 0 }, []],
])('E3: a change at WeChat is told by what it is: %o', (part, fields) => {
  expect(fieldsOf(part)).toEqual(fields)
  expect(signatureOf(article()) === signatureOf(article(part))).toBe(fields.length === 0)
})

test('E3: the cover of the source does not matter where the message has its own', () => {
  expect(fieldsOf({ thumb_media_id: 'B' }, true)).toEqual([])
  expect(fieldsOf({ thumb_media_id: 'B', title: '新' }, true)).toEqual(['title'])
})

test('a picture under another host or size is the same picture, another picture is not', () => {
  const body = (src: string) => article({ content: `<p><img class="a" data-src="${src}"></p>` })
  const one = body('http://mmbiz.qpic.cn/mmbiz_png/abc/0?wx_fmt=png')
  const same = body('https://mmbiz.qlogo.cn/mmbiz_png/abc/0?wx_fmt=png&tp=webp#imgIndex=0')
  const other = body('https://mmbiz.qpic.cn/mmbiz_png/abd/0?wx_fmt=png')
  expect(differencesOf(one, same, { ownCover: false })).toEqual([])
  expect(differencesOf(one, other, { ownCover: false })).toEqual([
    { field: 'content', before: '', after: '' },
  ])
})

test('E3: of a long body the words around the first change are shown', () => {
  const text = '春夏秋冬'.repeat(500)
  const before = article({ content: `<p>${text}价格 99 元${text}</p>` })
  const after = article({ content: `<p>${text}价格 199 元${text}</p>` })
  const [difference] = differencesOf(before, after, { ownCover: false })
  expect(difference?.before).toContain('价格 99 元')
  expect(difference?.after).toContain('价格 199 元')
  expect([...(difference?.before ?? '')].length).toBeLessThanOrEqual(162)
})
