import { expect, test } from 'vitest'
import {
  type ArticleFields,
  characters,
  checkArticle,
  checkArticles,
  checkMassPictures,
  checkMassText,
  picturesIn,
} from './content-limits.ts'
import { partsOfText } from './text-links.ts'

const good: ArticleFields = { title: '会员日', content: '<p>你好</p>', coverMediaId: 'M1' }
const reasons = (article: Partial<ArticleFields>) =>
  checkArticle({ ...good, ...article }).map((problem) => problem.reason)

test('E3: a plain article has no problem', () => {
  expect(reasons({})).toEqual([])
})

test.each<[string, Partial<ArticleFields>, Partial<ArticleFields>, string]>([
  ['title', { title: '字'.repeat(32) }, { title: '字'.repeat(33) }, 'title_too_long'],
  ['title of emoji', { title: '🎉'.repeat(32) }, { title: '🎉'.repeat(33) }, 'title_too_long'],
  ['author', { author: '字'.repeat(16) }, { author: '字'.repeat(17) }, 'author_too_long'],
  ['digest', { digest: '字'.repeat(120) }, { digest: '字'.repeat(121) }, 'digest_too_long'],
  ['content', { content: 'x'.repeat(19_999) }, { content: 'x'.repeat(20_000) }, 'content_too_long'],
  [
    'source link',
    { sourceUrl: `https://e.cn/${'x'.repeat(1011)}` },
    { sourceUrl: `https://e.cn/${'x'.repeat(1012)}` },
    'source_url_too_long',
  ],
  ['source link form', { sourceUrl: '' }, { sourceUrl: 'javascript:alert(1)' }, 'source_url_invalid'],
  ['missing title', { title: '字' }, { title: ' ' }, 'title_missing'],
  ['missing content', { content: '字' }, { content: '' }, 'content_missing'],
  ['missing cover', { coverMediaId: 'M' }, { coverMediaId: '' }, 'cover_missing'],
  [
    'pictures',
    { type: 'newspic', pictureMediaIds: Array(20).fill('M') },
    { type: 'newspic', pictureMediaIds: Array(21).fill('M') },
    'too_many_pictures',
  ],
  ['no picture', { type: 'newspic', pictureMediaIds: ['M'] }, { type: 'newspic' }, 'pictures_missing'],
])('E3: %s, on both sides of its edge', (_name, allowed, refused, reason) => {
  expect(reasons(allowed)).toEqual([])
  expect(reasons(refused)).toEqual([reason])
})

test('E3: eight articles are taken, nine and none are not; a problem names its place', () => {
  expect(checkArticles(Array(8).fill(good))).toEqual([])
  expect(checkArticles(Array(9).fill(good))).toEqual([
    { field: 'articles', reason: 'too_many_articles', limit: 8, actual: 9 },
  ])
  expect(checkArticles([])).toMatchObject([{ reason: 'articles_missing' }])
  expect(checkArticles([good, { ...good, title: '' }])).toEqual([
    { field: 'articles.1.title', reason: 'title_missing' },
  ])
})

const mini = (appId: string, path: string) =>
  `<a href="https://e.cn" data-miniprogram-appid="${appId}" data-miniprogram-path="${path}">去逛逛</a>`

test.each([
  ['今天会员日🎉 /:8-)\n第二行', []],
  ['', ['text_missing']],
  ['字'.repeat(600), []],
  ['字'.repeat(601), ['text_too_long']],
  [`${'字'.repeat(598)}<a href="https://mp.weixin.qq.com/s/abc">这篇</a>`, []],
  [`${'字'.repeat(599)}<a href="https://mp.weixin.qq.com/s/abc">这篇</a>`, ['text_too_long']],
  ['看 <a href="https://mp.weixin.qq.com/s/abc">这篇</a>', []],
  ['看 <a href="https://mp.weixin.qq.com/s?__biz=1&amp;mid=2">这篇</a>', []],
  ['看 https://mp.weixin.qq.com/s/abc', []],
  ['看 <a href="https://example.com/s/abc">这篇</a>', ['link_not_allowed']],
  ['看 https://example.com/x。', ['link_not_allowed']],
  ['<a href="https://mp.weixin.qq.com.evil.cn/s/abc">x</a>', ['link_not_allowed']],
  ['<a href="https://mp.weixin.qq.com/mp/profile">x</a>', ['link_not_allowed']],
  ['<a>x</a>', ['link_not_allowed']],
  [mini('wx0123456789abcdef', 'pages/a?x=1'), []],
  [mini('wx0123', 'pages/a'), ['mini_program_incomplete']],
  [mini('wx0123456789abcdef', ''), ['mini_program_incomplete']],
  ['<b>粗</b>', ['tag_not_allowed']],
  ['1 < 2 > 0', []],
])('E3: text %j of a mass send: %j', (text, expected) => {
  expect(checkMassText(text).map((problem) => problem.reason)).toEqual(expected)
})

test('G1: in a sandbox articles of the simulator may be linked', () => {
  const text = '<a href="http://127.0.0.1:7301/s/abc">这篇</a>'
  expect(checkMassText(text)).toHaveLength(1)
  expect(checkMassText(text, ['127.0.0.1:7301'])).toEqual([])
})

test('a text falls into parts that join to the whole', () => {
  expect(partsOfText('看 <a href="https://mp.weixin.qq.com/s/a">这篇</a>。')).toEqual([
    { kind: 'text', text: '看 ' },
    { kind: 'article', href: 'https://mp.weixin.qq.com/s/a', label: '这篇' },
    { kind: 'text', text: '。' },
  ])
})

test('E3: a send of pictures has 1 to 20', () => {
  expect(checkMassPictures(['M'])).toEqual([])
  expect(checkMassPictures(Array(20).fill('M'))).toEqual([])
  expect(checkMassPictures([])).toMatchObject([{ reason: 'pictures_missing' }])
  expect(checkMassPictures(Array(21).fill('M'))).toMatchObject([{ reason: 'too_many_pictures' }])
})

test('pictures of a body are found, whichever way they are written', () => {
  expect(picturesIn(`<img src="a?x=1&amp;y=2"><p><IMG class='k' data-src='b'></p>`)).toEqual([
    'a?x=1&y=2',
    'b',
  ])
  expect(characters('a🎉字')).toBe(3)
})
