import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import {
  addDraft,
  deleteDraft,
  getDraft,
  listDrafts,
  updateDraft,
} from '../../channels/official-account/drafts.ts'
import { uploadPermanent } from '../../channels/official-account/material.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { accountClient, bindAccount } from '../accounts/index.ts'
import { getRun } from '../runs/index.ts'
import { runSyncArticles } from './commands/sync.ts'
import { getArticleSet, listArticleSets, refreshArticleSet, resolveArticles, syncArticles } from './index.ts'
import { insertMedia } from './media-store.ts'
import { findLastSync } from './reads.ts'

let world: TestWorld
let ctx: Ctx
let accountId: string
let client: OfficialAccountClient
const never = new AbortController().signal
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
})
afterAll(() => world?.close())
beforeEach(() => bind({ drafts: 3, articles: 4 }))

async function bind(overrides: { drafts: number; articles: number; verified?: boolean }) {
  accountId = await bindAccount(ctx, await world.account({ fans: 0, ...overrides }))
  client = await accountClient(ctx, accountId)
}

async function sync(wish: Parameters<typeof syncArticles>[2] = { scope: 'all' }) {
  const run = await syncArticles(ctx, accountId, wish)
  await runSyncArticles(ctx, run.id, never)
  return getRun(ctx, run.id)
}
const all = async (filter = {}) => (await listArticleSets(ctx, accountId, { limit: 200, ...filter })).items
const newest = async () => {
  const [item] = (await listDrafts(client, { offset: 0, count: 1, withContent: true })).items
  if (item === undefined) throw new Error('the account has drafts')
  return item
}
const cover = () => uploadPermanent(client, 'image', { name: 'c.png', contentType: 'image/png', data: PNG })
const draft = async (overrides = {}) => {
  const { mediaId } = await cover()
  const article = { title: '新品上市', content: '<p>正文</p>', thumb_media_id: mediaId, ...overrides }
  return addDraft(client, [article])
}
const asset = async () => {
  const { mediaId, url } = await cover()
  const bytes = PNG.length
  return insertMedia(ctx.db, {
    kind: 'image',
    ...{ accountId, name: 'c.png', fileKey: 'f'.repeat(64), mime: 'image/png', bytes, mediaId, url },
    ...{ picture: null, createdBy: null, at: ctx.clock.now() },
  })
}

describe('E2, D11: sync', () => {
  test('everything: drafts and published articles are here with their dates', async () => {
    expect(await findLastSync(ctx, accountId)).toBeNull()
    const run = await sync()
    expect(run).toMatchObject({ state: 'done', done: 7, total: 7, error: null })
    expect((await all({ kind: 'draft' })).length).toBe(3)
    const published = await all({ kind: 'published' })
    expect(published).toHaveLength(4)
    expect(published[0]?.articles[0]).toMatchObject({ index: 0, title: expect.any(String), problem: null })
    expect(await findLastSync(ctx, accountId)).toBe(run.finishedAt)
    const times = (await all()).map((set) => set.wechatUpdatedAt)
    expect(times).toEqual(times.toSorted().reverse())
  })

  test('newest 20 and newest 500 read so many of each kind', async () => {
    await bind({ drafts: 45, articles: 21 })
    expect(await sync({ scope: 'newest-20' })).toMatchObject({ done: 40, total: 40 })
    expect(await all()).toHaveLength(40)
    expect(await sync({ scope: 'newest-500', kinds: ['draft'] })).toMatchObject({ done: 45, total: 45 })
    expect(await all({ kind: 'draft' })).toHaveLength(45)
  })

  test('lists go on by key and are searched by title of any article', async () => {
    await sync()
    const title = `找我-${Date.now()}`
    await draft({ title })
    await sync()
    const [found, ...rest] = await all({ q: title.slice(1) })
    expect([found?.title, rest]).toEqual([title, []])
    const pages: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listArticleSets(ctx, accountId, { limit: 3, ...(cursor && { cursor }) })
      pages.push(...page.items.map((set) => set.id))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(pages).toEqual((await all()).map((set) => set.id))
  })

  test('a run cut off after a page goes on at the next one', async () => {
    await bind({ drafts: 50, articles: 0 })
    const run = await syncArticles(ctx, accountId, { scope: 'all', kinds: ['draft'] })
    const stop = new AbortController()
    const stopping: Ctx = {
      ...ctx,
      clock: {
        now: () => {
          if (counted() === 1) stop.abort()
          return ctx.clock.now()
        },
      },
    }
    let pages = 0
    const counted = () => pages++
    await runSyncArticles(stopping, run.id, stop.signal)
    expect(await getRun(ctx, run.id)).toMatchObject({ state: 'queued' })
    await runSyncArticles(ctx, run.id, never)
    expect(await getRun(ctx, run.id)).toMatchObject({ state: 'done', done: 50, total: 50 })
    expect(await all()).toHaveLength(50)
  })

  test('while WeChat is down for a moment the sync waits and goes on', async () => {
    const path = '/cgi-bin/draft/batchget'
    await world.control('PUT', '/faults', [{ match: { path }, kind: 'busy', remaining: 1 }])
    expect((await sync()).state).toBe('done')
  })

  test('a draft that is gone at WeChat is shown as gone after full and short looks, and never picked', async () => {
    await sync()
    const { media_id } = await newest()
    await deleteDraft(client, media_id)
    await sync({ scope: 'newest-20' })
    const [gone] = await all({ gone: true })
    expect(gone).toMatchObject({ wechatId: media_id, goneAt: expect.any(String) })
    expect((await all()).map((set) => set.wechatId)).not.toContain(media_id)
    await expect(
      resolveArticles(ctx, accountId, [{ articleSetId: gone?.id ?? '', index: 0 }]),
    ).rejects.toMatchObject({ detail: { problems: [{ field: 'articles.0', reason: 'article_gone' }] } })
  })

  test('an old set beyond a short look is not taken for gone', async () => {
    await bind({ drafts: 30, articles: 0 })
    await sync()
    await sync({ scope: 'newest-20' })
    expect(await all({ gone: true })).toEqual([])
  })

  test('what changed at WeChat changes here; what did not only gets a new sync date', async () => {
    await sync()
    const before = await all({ kind: 'draft' })
    const { media_id, content } = await newest()
    const [first] = content.news_item
    const article = { title: '改过的标题', content: '<p>改</p>', thumb_media_id: first?.thumb_media_id ?? '' }
    await updateDraft(client, { mediaId: media_id, index: 0, article })
    await sync()
    const after = await all({ kind: 'draft' })
    expect(after.find((set) => set.wechatId === media_id)?.articles[0]?.title).toBe('改过的标题')
    for (const set of after) {
      const old = before.find((one) => one.id === set.id)
      expect(set.syncedAt > (old?.syncedAt ?? '')).toBe(true)
      if (set.wechatId !== media_id) expect({ ...set, syncedAt: old?.syncedAt }).toEqual(old)
    }
  })

  test('an unverified account syncs drafts; asked for published ones alone it is told why not', async () => {
    await bind({ drafts: 2, articles: 0, verified: false })
    expect((await sync()).payload).toMatchObject({ kinds: ['draft'] })
    await expect(syncArticles(ctx, accountId, { kinds: ['published'] })).rejects.toMatchObject({
      reason: 'not_verified',
      detail: { advice: { zh: expect.any(String) } },
    })
  })
})

describe('E2: preview and update of one', () => {
  test('emoji and 19,999 characters come back as they are', async () => {
    const body = `<p>${'字'.repeat(19_999 - 8)}😀</p>`
    const mediaId = await draft({ title: '长文 😀', content: body })
    await sync()
    const set = (await all()).find((one) => one.wechatId === mediaId)
    const preview = await getArticleSet(ctx, accountId, set?.id ?? '')
    expect(preview.articles[0]).toMatchObject({ title: '长文 😀', html: body })
  })

  test('one set is read again: changed, not changed, gone', async () => {
    await sync()
    const { media_id, content } = await newest()
    const set = (await all()).find((one) => one.wechatId === media_id)
    const id = set?.id ?? ''
    expect(await refreshArticleSet(ctx, accountId, id)).toMatchObject({ changed: false, goneAt: null })
    const thumb = content.news_item[0]?.thumb_media_id ?? ''
    const article = { title: '新标题', content: '<p>新</p>', thumb_media_id: thumb }
    await updateDraft(client, { mediaId: media_id, index: 0, article })
    const changed = await refreshArticleSet(ctx, accountId, id)
    expect([changed.changed, changed.articles[0]?.title]).toEqual([true, '新标题'])
    await deleteDraft(client, media_id)
    const gone = await refreshArticleSet(ctx, accountId, id)
    expect([gone.changed, gone.goneAt === null]).toEqual([true, false])
  })

  test('a published article is read again too', async () => {
    await sync()
    const [published] = await all({ kind: 'published' })
    expect(await refreshArticleSet(ctx, accountId, published?.id ?? '')).toMatchObject({ changed: false })
  })

  test('another account’s sets are not found', async () => {
    await sync()
    const [set] = await all()
    await bind({ drafts: 0, articles: 0 })
    await expect(getArticleSet(ctx, accountId, set?.id ?? '')).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      resolveArticles(ctx, accountId, [{ articleSetId: set?.id ?? '', index: 0 }]),
    ).rejects.toMatchObject({ detail: { problems: [{ reason: 'article_unknown' }] } })
  })
})

describe('E3: articles put together', () => {
  test('order and covers are ours, WeChat takes the new draft, the originals stay', async () => {
    await sync()
    const sets = await all()
    const picked = [sets.at(-1), sets[0], sets[1]].map((set) => ({ articleSetId: set?.id ?? '', index: 0 }))
    const own = await asset()
    const [first, ...others] = picked
    const choices = [{ ...first!, cover: { mediaAssetId: own.id } }, ...others]
    const articles = await resolveArticles(ctx, accountId, choices)
    expect(articles.map((article) => article.title)).toEqual(
      [sets.at(-1), sets[0], sets[1]].map((set) => set?.articles[0]?.title),
    )
    expect(articles[0]?.thumb_media_id).toBe(own.mediaId)
    const copy = await getDraft(client, await addDraft(client, articles))
    expect(copy.map((article) => article.thumb_media_id)).toEqual(
      articles.map((article) => article.thumb_media_id),
    )
    expect(await sync()).toMatchObject({ state: 'done' })
    expect(await all({ gone: true })).toEqual([])
  })

  test('1 and 8 articles are a message, 0 and 9 are none', async () => {
    await sync()
    const [set] = await all()
    const times = (count: number) =>
      Array.from({ length: count }, () => ({ articleSetId: set?.id ?? '', index: 0 }))
    expect(await resolveArticles(ctx, accountId, times(1))).toHaveLength(1)
    expect(await resolveArticles(ctx, accountId, times(8))).toHaveLength(8)
    const reasonOf = (count: number) =>
      resolveArticles(ctx, accountId, times(count)).catch((error) => error.detail.problems[0].reason)
    expect(await reasonOf(0)).toBe('articles_missing')
    expect(await reasonOf(9)).toBe('too_many_articles')
  })

  test('every problem is told at its place', async () => {
    await sync()
    const [set] = await all()
    const good = { articleSetId: set?.id ?? '', index: 0 }
    const refusal = resolveArticles(ctx, accountId, [
      good,
      { ...good, index: 7 },
      { ...good, cover: { mediaAssetId: '999999' } },
    ])
    await expect(refusal).rejects.toMatchObject({
      reason: 'articles_invalid',
      detail: {
        problems: [
          { field: 'articles.1', reason: 'article_unknown' },
          { field: 'articles.2', reason: 'cover_unknown' },
        ],
      },
    })
  })
})
