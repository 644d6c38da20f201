import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deleteDraft, getDraft, updateDraft } from '../../src/channels/official-account/drafts.ts'
import type { OfficialAccountClient } from '../../src/channels/port.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { openNext } from '../../src/modules/broadcasts/arms/open.ts'
import { checkSources, composeContent } from '../../src/modules/broadcasts/content.ts'
import type { Broadcast, BroadcastAudience, Content } from '../../src/modules/broadcasts/schema.ts'
import type { MediaAsset, SourceChange } from '../../src/modules/contents/schema.ts'
import { articlesSentBy, draftedSet, uploadTo } from '../contents/support.ts'
import { singleGroup } from '../support/broadcasts.ts'
import { pngOf } from '../support/pictures.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
let client: OfficialAccountClient
let set: string
let wechatId: string

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.bind({ fans: 3 })
  client = await accountClient(world.ctx, account.id)
  set = await draftedSet(world, account, [
    { title: '一', content: '<p>第一篇，定价 99 元。</p>' },
    { title: '二', content: '<p>第二篇</p>' },
  ])
  const { rows } = await world.ctx.pool.query<{ wechat_id: string }>(
    'select wechat_id from article_sets where id = $1',
    [set],
  )
  wechatId = rows[0]?.wechat_id as string
})

type Choice = Extract<Content, { kind: 'articles' }>['articles'][number]
const drafted = (...articles: Choice[]): Promise<Broadcast> =>
  world.draft(account, { content: { kind: 'articles', articles } })
/** What the owner does on WeChat's own page meanwhile. */
async function edit(index: number, part: object): Promise<void> {
  const { thumb_media_id = '', ...article } = (await getDraft(client, wechatId))[index] as {
    title: string
    content: string
    thumb_media_id?: string
  }
  await updateDraft(client, {
    mediaId: wechatId,
    index,
    article: { title: article.title, content: article.content, thumb_media_id, ...part },
  })
}
const confirm = (broadcast: Broadcast) =>
  world.act(broadcast, 'send', { version: broadcast.version, expected: [{ arm: 0, reached: 3 }] })
/** The changes for which a confirmation was refused. */
async function refusedFor(broadcast: Broadcast): Promise<SourceChange[]> {
  const { status, body } = await confirm(broadcast)
  const { error } = body as unknown as { error: { reason: string; detail: { changes: SourceChange[] } } }
  expect([status, error.reason]).toEqual([409, 'draft_changed'])
  return error.detail.changes
}
const update = async (broadcast: Broadcast, content: Content): Promise<Broadcast> => {
  const { name, groups, path, version } = await world.read(broadcast)
  const audience = groups[0]?.audience as BroadcastAudience
  const { status, body } = await world.api<Broadcast>(
    'PUT',
    `/api/accounts/${account.id}/broadcasts/${broadcast.id}`,
    { ...singleGroup({ name, audience, path, content }), version },
  )
  expect(status).toBe(200)
  return body
}
const sentOf = async (broadcast: Broadcast) => {
  await world.drain()
  const [batch] = await world.batches(broadcast)
  return (await articlesSentBy(world, batch?.msgId))?.map(({ title, content }) => [title, content])
}

test('E3: what changed at WeChat since it was composed is refused with the difference, and nobody gets anything', async () => {
  const broadcast = await drafted({ articleSetId: set, index: 1 }, { articleSetId: set, index: 0 })
  await edit(0, { title: '一（改）', content: '<p>第一篇，定价 199 元。</p>', digest: '新的摘要' })
  const changes = await refusedFor(broadcast)
  expect(changes).toMatchObject([
    {
      ...{ place: 1, articleSetId: set, index: 0, title: '一', what: 'changed' },
      differences: [
        { field: 'title', before: '一', after: '一（改）' },
        { field: 'digest', after: '新的摘要' },
        { field: 'content', before: '第一篇，定价 99 元。', after: '第一篇，定价 199 元。' },
      ],
    },
  ])
  await world.drain()
  expect((await world.read(broadcast)).state).toBe('draft')
  expect((await world.received(account)).size).toBe(0)
})

test('E3: taking the new means reading it anew: then the new content goes out', async () => {
  const broadcast = await drafted({ articleSetId: set, index: 0 })
  await edit(0, { content: '<p>改过</p>' })
  await refusedFor(broadcast)
  await world.api('POST', `/api/accounts/${account.id}/article-sets/${set}/refresh`, {})
  expect((await confirm(broadcast)).status).toBe(200)
  expect(await sentOf(broadcast)).toEqual([['一', '<p>改过</p>']])
})

test('E3: staying with what was composed sends that; a change after it is asked about again', async () => {
  const broadcast = await drafted({ articleSetId: set, index: 0 })
  await edit(0, { content: '<p>改过</p>' })
  const [first] = await refusedFor(broadcast)
  const kept = (change: SourceChange | undefined): Content => ({
    kind: 'articles',
    articles: [{ articleSetId: set, index: 0, kept: change?.seen ?? '' }],
  })
  const stayed = await update(broadcast, kept(first))
  await edit(0, { content: '<p>又改过</p>' })
  const [second] = await refusedFor(stayed)
  expect(second?.seen).not.toBe(first?.seen)
  expect((await confirm(await update(stayed, kept(second)))).status).toBe(200)
  expect(await sentOf(broadcast)).toEqual([['一', '<p>第一篇，定价 99 元。</p>']])
})

test('E3: a source that is gone at WeChat is said; who stays sends what was composed, before and after the next sync', async () => {
  const broadcast = await drafted({ articleSetId: set, index: 0 })
  await deleteDraft(client, wechatId)
  const [change] = await refusedFor(broadcast)
  expect(change).toMatchObject({ what: 'gone', place: 0, title: '一', differences: [] })
  await world.sync(account)
  expect((await world.preflight(broadcast)).blockers).toMatchObject([{ reason: 'article_gone' }])
  const content: Content = {
    kind: 'articles',
    articles: [{ articleSetId: set, index: 0, kept: change?.seen ?? '' }],
  }
  expect((await confirm(await update(broadcast, content))).status).toBe(200)
  expect(await sentOf(broadcast)).toEqual([['一', '<p>第一篇，定价 99 元。</p>']])
})

test('E3: a cover that the message replaces anyway, an article not in it and what stayed the same stop nothing', async () => {
  const asset = (await uploadTo(world, account, { data: pngOf(), name: 'a.png' }))
    .body as unknown as MediaAsset
  const other = (await uploadTo(world, account, { data: pngOf(), name: 'b.png' }))
    .body as unknown as MediaAsset
  const broadcast = await drafted({ articleSetId: set, index: 0, cover: { mediaAssetId: asset.id } })
  const bare = await drafted({ articleSetId: set, index: 0 })
  await edit(0, { thumb_media_id: other.mediaId, digest: (await getDraft(client, wechatId))[0]?.digest })
  await edit(1, { title: '二（改）' })
  expect(await refusedFor(bare)).toMatchObject([{ differences: [{ field: 'cover' }] }])
  expect((await confirm(broadcast)).status).toBe(200)
})

test('E3: while WeChat can’t be asked nothing is confirmed; once the day’s reads are used up it goes on unasked', async () => {
  const match = { path: '/cgi-bin/draft/get' }
  const broadcast = await drafted({ articleSetId: set, index: 0 })
  await world.fault({ match, kind: 'error', errcode: -1 })
  expect((await confirm(broadcast)).status).toBe(503)
  expect((await world.read(broadcast)).state).toBe('draft')
  await world.fault({ match, kind: 'error', errcode: 45009 })
  expect((await confirm(broadcast)).status).toBe(200)
  await world.fault()
  expect(await sentOf(broadcast)).toHaveLength(1)
})

test('E3: what was confirmed can be compared with WeChat again, however long after', async () => {
  const content: Content = {
    kind: 'articles',
    articles: [0, 1].map((index) => ({ articleSetId: set, index })),
  }
  const frozen = await composeContent(world.ctx, account.id, content)
  expect(await checkSources(world.ctx, account.id, content, frozen)).toEqual({ checked: true, changes: [] })
  await edit(1, { title: '二（改）' })
  // whoever reads it anew meanwhile doesn't change what was confirmed
  await world.api('POST', `/api/accounts/${account.id}/article-sets/${set}/refresh`, {})
  const { changes } = await checkSources(world.ctx, account.id, content, frozen)
  expect(changes).toMatchObject([{ place: 1, differences: [{ field: 'title', before: '二' }] }])
  await world.fault({ match: { path: '/cgi-bin/draft/get' }, kind: 'error', errcode: 45009 })
  expect(await checkSources(world.ctx, account.id, content, frozen)).toEqual({ checked: false, changes: [] })
  await world.fault()
})

describe('E3: what changed at WeChat between confirming and its time', () => {
  const HOUR = 3_600_000
  const WHOLE: Content = { kind: 'articles', articles: [] }
  const opens = (ms: number) => new Date(world.ctx.clock.now().getTime() + ms)
  /** Confirmed for an hour from now; what is edited then is edited before it opens. */
  async function scheduled(...places: number[]) {
    const at = opens(HOUR)
    const content = { ...WHOLE, articles: places.map((index) => ({ articleSetId: set, index })) }
    const broadcast = await world.draft(account, { content, timing: { kind: 'at', at: at.toISOString() } })
    await world.confirm(broadcast)
    await world.drain()
    const toTime = async (ms = 0) => {
      await world.forward(new Date(at.getTime() + ms))
      await world.drain()
      return world.read(broadcast)
    }
    return { broadcast, at, toTime }
  }
  const OPENS = -9 * 60_000
  const armOf = ({ groups }: Broadcast) => groups[0]?.arms[0]
  const answer = ({ accountId, id }: Broadcast, what: string) =>
    world.api<Broadcast>('POST', `/api/accounts/${accountId}/broadcasts/${id}/arms/0/answer`, { do: what })
  const trail = async ({ id }: Broadcast, action: string) => {
    const { rows } = await world.ctx.pool.query<{ detail: Record<string, unknown> }>(
      "select detail from audit_entries where subject_kind = 'broadcast' and subject_id = $1 and action = $2",
      [id, action],
    )
    return rows.map((row) => row.detail)
  }

  test('is asked about with the difference, by one of two workers, and nothing is sent or copied meanwhile', async () => {
    const { broadcast, toTime } = await scheduled(0, 1)
    await edit(1, { title: '二（改）' })
    await world.forward(opens(HOUR + OPENS))
    await Promise.all([1, 2].map(() => openNext(world.ctx, new AbortController().signal)))
    const asking = await toTime(HOUR)
    expect(asking).toMatchObject({ label: 'asking' })
    expect(armOf(asking)).toMatchObject({
      state: 'asking',
      reason: 'draft_changed',
      detail: { changes: [{ place: 1, what: 'changed', differences: [{ field: 'title', before: '二' }] }] },
      batchesReady: 0,
      can: { answer: true },
    })
    expect((await world.received(account)).size).toBe(0)
    expect(await trail(broadcast, 'broadcast.arm_asking')).toHaveLength(1)
  })

  test('sent as confirmed keeps its time, and a second change is asked about again', async () => {
    const { broadcast, at, toTime } = await scheduled(0)
    await edit(0, { content: '<p>改过</p>' })
    await toTime(OPENS)
    expect((await answer(broadcast, 'send')).status).toBe(200)
    await edit(0, { content: '<p>又改过</p>' })
    await world.drain()
    expect(armOf(await world.read(broadcast))).toMatchObject({ state: 'asking', reason: 'draft_changed' })
    expect((await answer(broadcast, 'send')).status).toBe(200)
    await world.drain()
    expect(armOf(await world.read(broadcast))).toMatchObject({ sendAt: at.toISOString(), reason: null })
    expect((await world.received(account)).size).toBe(0)
    await toTime()
    expect(await sentOf(broadcast)).toEqual([['一', '<p>第一篇，定价 99 元。</p>']])
  })

  test('taking the new sends that, late where its time passed, and the rest as it was confirmed', async () => {
    const { broadcast, at, toTime } = await scheduled(0, 1)
    await edit(1, { title: '二（改）', content: '<p>改过</p>' })
    await toTime(OPENS)
    await toTime(HOUR)
    expect((await answer(broadcast, 'send-new')).status).toBe(200)
    expect(await sentOf(broadcast)).toEqual([
      ['一', '<p>第一篇，定价 99 元。</p>'],
      ['二（改）', '<p>改过</p>'],
    ])
    expect(armOf(await world.read(broadcast))).toMatchObject({ detail: { late: at.toISOString() } })
    expect(await trail(broadcast, 'broadcast.arm_answered')).toMatchObject([
      { answer: 'send-new', reason: 'draft_changed', changes: [{ place: 1 }] },
    ])
    expect((await answer(broadcast, 'send-new')).status).toBe(409)
  })

  test('left out reaches nobody; two answers at once are one', async () => {
    const { broadcast, toTime } = await scheduled(0)
    await edit(0, { content: '<p>改过</p>' })
    await toTime(OPENS)
    const answers = await Promise.all([answer(broadcast, 'skip'), answer(broadcast, 'send-new')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const sent = answers[0]?.status === 200 ? 0 : 3
    await toTime()
    expect((await world.received(account)).size).toBe(sent)
  })

  test('of a source that is gone only what was confirmed can be sent', async () => {
    const { broadcast, toTime } = await scheduled(0)
    await deleteDraft(client, wechatId)
    await world.sync(account)
    expect(armOf(await toTime(OPENS))?.detail).toMatchObject({ changes: [{ what: 'gone', place: 0 }] })
    const { status, body } = await answer(broadcast, 'send-new')
    expect([status, (body as unknown as { error: { reason: string } }).error.reason]).toEqual([
      409,
      'source_gone',
    ])
    await answer(broadcast, 'send')
    await toTime()
    expect(await sentOf(broadcast)).toEqual([['一', '<p>第一篇，定价 99 元。</p>']])
  })

  test('goes on unasked and says so where the day’s reads are used up, and waits while WeChat can’t be asked', async () => {
    const match = { path: '/cgi-bin/draft/get' }
    const used = await scheduled(0)
    await world.fault({ match, kind: 'error', errcode: 45009 })
    expect(armOf(await used.toTime(OPENS))).toMatchObject({
      state: 'opening',
      detail: { sourcesUnchecked: true },
    })
    await world.fault()
    const silent = await scheduled(0)
    await world.fault({ match, kind: 'error', errcode: -1 })
    expect(armOf(await silent.toTime(OPENS))).toMatchObject({ state: 'queued' })
    expect(armOf(await silent.toTime())).toMatchObject({ state: 'queued', batchesReady: 0 })
    await world.fault()
  })
})
