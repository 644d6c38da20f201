import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { drawPng } from '../../population/pictures.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount
let cover: string

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 5, drafts: 30 })
  cover = (await account.upload('/cgi-bin/material/add_material?type=image', { bytes: drawPng(10, 10, 1) }))
    .media_id
})
afterAll(() => world.close())

const article = (overrides: JsonObject = {}): JsonObject => ({
  title: '标题',
  content: '<p>正文</p>',
  thumb_media_id: cover,
  ...overrides,
})
const add = (...articles: JsonObject[]) => account.post('/cgi-bin/draft/add', { articles })
const read = (media_id: string) => account.post('/cgi-bin/draft/get', { media_id })
const code = async (overrides: JsonObject) => (await add(article(overrides))).errcode ?? 0

describe('draft/add', () => {
  test('keeps articles in order, with a digest of the first 54 characters', async () => {
    const { media_id } = await add(
      article({ content: `<p>${'字'.repeat(60)}</p>` }),
      article({ title: '第二篇 🎉' }),
    )
    const { news_item: items } = await read(media_id)
    expect(items.map((item: JsonObject) => item['title'])).toEqual(['标题', '第二篇 🎉'])
    expect(items[0].digest).toBe('字'.repeat(54))
    expect(items[0]).toMatchObject({ thumb_media_id: cover, thumb_url: expect.stringContaining('/mmbiz/') })
    expect(await (await fetch(items[0].url)).text()).toContain('标题')
  })

  test.each([
    ['title', 32, 45003],
    ['author', 16, 45110],
    ['digest', 120, 45004],
  ])('%s: %i characters, one more is refused; an emoji is one', async (field, limit, refused) => {
    expect(await code({ [field]: `${'字'.repeat(limit - 1)}😀` })).toBe(0)
    expect(await code({ [field]: '字'.repeat(limit + 1) })).toBe(refused)
  })

  test('content: below 20,000 characters with its tags, and below 1 MB', async () => {
    expect(await code({ content: `<p>${'字'.repeat(19_992)}</p>` })).toBe(0)
    expect(await code({ content: `<p>${'字'.repeat(19_993)}</p>` })).toBe(45002)
    expect(await code({ content: ' ' })).toBe(44004)
  })

  test('source address: 1 KB, http only', async () => {
    const url = (length: number) => `https://e.com/${'a'.repeat(length - 14)}`
    expect(await code({ content_source_url: url(1024) })).toBe(0)
    expect(await code({ content_source_url: url(1025) })).toBe(45005)
    expect(await code({ content_source_url: 'javascript:alert(1)' })).toBe(41039)
  })

  test('a news article needs a permanent picture of its own account', async () => {
    expect(await code({ thumb_media_id: undefined })).toBe(40007)
    const fleeting = await account.upload('/cgi-bin/media/upload?type=image', { bytes: drawPng(9, 9, 9) })
    expect(await code({ thumb_media_id: fleeting.media_id })).toBe(40007)
  })

  test('1 to 8 articles', async () => {
    expect((await add(...Array.from({ length: 8 }, () => article()))).errcode).toBeUndefined()
    expect((await add(...Array.from({ length: 9 }, () => article()))).errcode).toBe(45008)
    expect((await add()).errcode).toBe(44003)
  })

  test('picture messages have 1 to 20 pictures and need no cover', async () => {
    const pictures = (count: number) => ({
      article_type: 'newspic',
      thumb_media_id: undefined,
      content: '',
      image_info: { image_list: Array.from({ length: count }, () => ({ image_media_id: cover })) },
    })
    expect(await code(pictures(20))).toBe(0)
    expect(await code(pictures(21))).toBe(40215)
    expect(await code(pictures(0))).toBe(40215)
  })

  test('scripts and foreign pictures are dropped, uploaded ones stay', async () => {
    const { url } = await account.upload('/cgi-bin/media/uploadimg', { bytes: drawPng(9, 9, 3) })
    const content = `<p onclick="x()">好</p><script>alert(1)</script><img src="https://evil.example/a.png"><img src="${url}">`
    const { news_item: items } = await read((await add(article({ content }))).media_id)
    expect(items[0].content).toBe(`<p>好</p><img src="${url}">`)
  })

  test('\\u escapes stay six characters in the title', async () => {
    const body = `{"articles":[{"title":"\\u4f60\\u597d","content":"<p>x</p>","thumb_media_id":"${cover}"}]}`
    const { media_id } = await account.post('/cgi-bin/draft/add', body)
    expect((await read(media_id)).news_item[0].title).toBe('\\u4f60\\u597d')
  })

  test('comments need the right to have them', async () => {
    const mute = await world.account({ fans: 5, settings: { commentRight: false } })
    expect(await mute.draft()).toBeTypeOf('string')
    expect(await mute.draft({ need_open_comment: 1 })).toBeUndefined()
  })
})

describe('other calls', () => {
  test('update replaces one article; its index counts from 0', async () => {
    const { media_id } = await add(article(), article({ title: '二' }))
    const update = (index: number, articles: unknown) =>
      account.post('/cgi-bin/draft/update', { media_id, index, articles })
    expect((await update(1, article({ title: '改' }))).errcode).toBe(0)
    expect((await read(media_id)).news_item.map((item: JsonObject) => item['title'])).toEqual(['标题', '改'])
    expect((await update(2, article())).errcode).toBe(40114)
    expect((await update(-1, article())).errcode).toBe(40114)
    expect((await update(0, [article()])).errcode).toBe(40035)
  })

  test('batchget pages 20 at a time, without content when asked', async () => {
    const total = (await account.get('/cgi-bin/draft/count')).total_count
    const page = await account.post('/cgi-bin/draft/batchget', { offset: 0, count: 20, no_content: 1 })
    expect([page.total_count, page.item_count]).toEqual([total, 20])
    expect(page.item[0].content.news_item[0]).not.toHaveProperty('content')
    const rest = await account.post('/cgi-bin/draft/batchget', { offset: 20, count: 20, no_content: 0 })
    expect(rest.item_count).toBe(Math.min(20, total - 20))
    expect(rest.item[0].content.news_item[0].content).toBeTypeOf('string')
    expect((await account.post('/cgi-bin/draft/batchget', { offset: 0, count: 21 })).errcode).toBe(40035)
  })

  test('a deleted draft is gone; another account’s never was there', async () => {
    const { media_id } = await add(article())
    const other = await world.account({ fans: 5 })
    expect((await other.post('/cgi-bin/draft/get', { media_id })).errcode).toBe(40007)
    expect((await account.post('/cgi-bin/draft/delete', { media_id })).errcode).toBe(0)
    expect((await read(media_id)).errcode).toBe(40007)
  })
})
