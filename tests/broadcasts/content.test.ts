import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDraft } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const LONGEST = 19_999

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 6 })
})
afterAll(() => world?.close())

/** A draft made at WeChat and synced here; returns our id of it. */
async function syncedDraft(...articles: { title: string; content: string }[]): Promise<string> {
  const client = await accountClient(world.ctx, account.id)
  const cover = await uploadPermanent(client, 'image', { name: 'c.png', contentType: 'image/png', data: PNG })
  const wechatId = await addDraft(
    client,
    articles.map((article) => ({ ...article, thumb_media_id: cover.mediaId })),
  )
  await world.sync(account)
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    'select id from article_sets where wechat_id = $1',
    [wechatId],
  )
  return rows[0]?.id as string
}
const draftOf = (articleSetId: string, ...indexes: number[]) =>
  world.draft(account, {
    content: { kind: 'articles', articles: indexes.map((index) => ({ articleSetId, index })) },
  })
const sentArticles = async (msgId: string | null | undefined) =>
  (
    await world.ctx.pool.query<{ articles: { title: string; content: string }[] }>(
      'select articles from simulator.mass_job where msg_id = $1::bigint',
      [msgId],
    )
  ).rows[0]?.articles

test('E3: emoji and an article of 19,999 characters arrive as they were written', async () => {
  const frame = '<p></p>'
  const content = `<p>${'字😀'.repeat(LONGEST).slice(0, 3 * Math.floor((LONGEST - frame.length) / 2))}`
  const exact = `${content}${'尾'.repeat(LONGEST - [...content].length - 4)}</p>`
  expect([...exact]).toHaveLength(LONGEST)
  const set = await syncedDraft({ title: '👨‍👩‍👧‍👦 周末活动 😀', content: exact })
  const broadcast = await draftOf(set, 0)
  expect((await world.confirm(broadcast)).blockers).toEqual([])
  await world.drain()
  const [batch] = await world.batches(broadcast)
  expect(batch).toMatchObject({ state: 'delivered', sentCount: 6 })
  const articles = await sentArticles(batch?.msgId)
  expect(articles?.map((article) => article.title)).toEqual(['👨‍👩‍👧‍👦 周末活动 😀'])
  expect(articles?.[0]?.content === exact).toBe(true)
})

test('G1: one character more is a blocker of the pre-flight, with both numbers', async () => {
  const set = await syncedDraft({ title: '太长', content: '<p>短</p>' })
  await world.ctx.pool.query('update article_sets set bodies = jsonb_build_array($2::text) where id = $1', [
    set,
    '长'.repeat(LONGEST + 1),
  ])
  const broadcast = await draftOf(set, 0)
  const { blockers } = await world.preflight(broadcast)
  expect(blockers).toMatchObject([
    { reason: 'content_too_long', detail: { limit: LONGEST, actual: LONGEST + 1 } },
  ])
})

test('E3: reordered and fewer articles go out as a new draft; the original is as it was', async () => {
  const titles = ['一', '二', '三']
  const set = await syncedDraft(...titles.map((title) => ({ title, content: `<p>${title}</p>` })))
  const broadcast = await draftOf(set, 2, 0)
  await world.confirm(broadcast)
  await world.drain()
  const [batch] = await world.batches(broadcast)
  expect((await sentArticles(batch?.msgId))?.map((article) => article.title)).toEqual(['三', '一'])
  await world.sync(account)
  const { rows } = await world.ctx.pool.query<{ titles: string[]; gone_at: Date | null }>(
    `select array(select a->>'title' from jsonb_array_elements(articles) a) as titles, gone_at from article_sets where id = $1`,
    [set],
  )
  expect(rows).toEqual([{ titles, gone_at: null }])
})

test('E3: a later edit of the material does not reach a send that was confirmed', async () => {
  const set = await syncedDraft({ title: '确认时', content: '<p>确认时</p>' })
  const broadcast = await draftOf(set, 0)
  await world.confirm(broadcast)
  await world.ctx.pool.query(
    `update article_sets set articles = jsonb_set(articles, '{0,title}', '"改过了"') where id = $1`,
    [set],
  )
  await world.drain()
  const [batch] = await world.batches(broadcast)
  expect((await sentArticles(batch?.msgId))?.[0]?.title).toBe('确认时')
})

test('the platform’s ids beyond 2^53 are kept to the last digit', async () => {
  const other = await world.bind({ fans: 3 })
  const broadcast = await world.draft(other)
  await world.confirm(broadcast)
  await world.drain()
  const [batch] = await world.batches(broadcast)
  const { rows } = await world.ctx.pool.query<{ msg_id: string }>(
    `select msg_id from simulator.mass_job j join simulator.account a on a.id = j.account_id where appid = $1`,
    [other.appid],
  )
  expect(batch?.msgId).toBe(rows[0]?.msg_id)
  expect(BigInt(batch?.msgId as string) > 2n ** 53n).toBe(true)
})

test('E10: one article of what was sent is taken offline, then the rest; a text never', async () => {
  const other = account
  account = await world.bind({ fans: 3 })
  const set = await syncedDraft(
    { title: '下线一', content: '<p>1</p>' },
    { title: '下线二', content: '<p>2</p>' },
  )
  const broadcast = await draftOf(set, 0, 1)
  expect((await world.act(broadcast, 'withdraw')).status).toBe(409)
  await world.confirm(broadcast)
  await world.drain()
  const offline = async () =>
    (
      await world.ctx.pool.query<{ idx: number }>(
        `select idx from simulator.article join simulator.message using (msg_data_id)
         where message.id = $1::bigint and deleted_at is not null order by idx`,
        [(await world.batches(broadcast))[0]?.msgId],
      )
    ).rows.map((row) => row.idx)
  expect((await world.act(broadcast, 'withdraw', { article: 2 })).body).toMatchObject({ withdrawn: 1 })
  expect(await offline()).toEqual([2])
  expect((await world.act(broadcast, 'withdraw', { article: 3 })).status).toBe(400)
  expect((await world.act(broadcast, 'withdraw')).body).toMatchObject({ withdrawn: 1, failed: 0 })
  expect(await offline()).toEqual([1, 2])
  // what was received is not undone
  expect([...(await world.received(account)).values()]).toEqual([1, 1, 1])

  const text = await world.draft(account)
  await world.confirm(text)
  await world.drain()
  expect((await world.act(text, 'withdraw')).status).toBe(409)
  account = other
})

test('design 5: while drafts can not be copied the send prepares; it pauses with the cause where nothing helps', async () => {
  const set = await syncedDraft({ title: '副本', content: '<p>副本</p>' })
  const broadcast = await draftOf(set, 0)
  await world.confirm(broadcast)
  await world.fault({ match: { path: '/cgi-bin/draft/add' }, kind: 'error', errcode: 45166, remaining: 1 })
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    state: 'paused',
    pauseReason: 'draft_copy_failed',
    pauseDetail: { errcode: 45166 },
  })
  const before = (await world.received(account)).size
  await world.fault()
  await world.act(broadcast, 'resume')
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: 6 } })
  expect((await world.received(account)).size).toBe(before)
})
