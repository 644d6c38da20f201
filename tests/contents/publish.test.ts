import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { contentsModule } from '../../src/modules/contents/module.ts'
import { publishNext } from '../../src/modules/contents/publish/step.ts'
import type { ArticlePublication, ArticleSetPreview } from '../../src/modules/contents/schema.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { forkWorker } from '../support/workers.ts'
import { draftedSet } from './support.ts'

const SUBMIT = '/cgi-bin/freepublish/submit'
const NEVER = new AbortController().signal
const reactions = createReactionSweep(contentsModule.reactions ?? [])

let world: SendingWorld
let account: Bound
let titles = 0
beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.bind({ fans: 0 })
})

const draft = (count = 1) =>
  draftedSet(
    world,
    account,
    Array.from({ length: count }, () => ({ title: `新品 ${++titles}`, content: '<p>正文</p>' })),
  )
const at = (rest: string) => `/api/accounts/${account.id}${rest}`
const publish = (articleSetId: string) =>
  world.api<ArticlePublication & { error: { reason: string } }>(
    'POST',
    at(`/article-sets/${articleSetId}/publish`),
  )
const last = async (): Promise<ArticlePublication> => {
  const { body } = await world.api<{ items: ArticlePublication[] }>('GET', at('/publications'))
  const [first] = body.items
  if (first === undefined) throw new Error('nothing was published')
  return first
}
const setOf = async (id: string) =>
  (await world.api<ArticleSetPreview>('GET', at(`/article-sets/${id}`))).body
/** What a worker finds to do now. */
async function work(): Promise<void> {
  while ((await reactions.run(world.ctx, NEVER)) + (await publishNext(world.ctx)) > 0);
}
const forward = (ms: number) => world.forward(new Date(world.ctx.clock.now().getTime() + ms))
/** The platform ends its job and pushes the result. */
async function pushed(state: ArticlePublication['state']): Promise<ArticlePublication> {
  await forward(2_500)
  return until(
    async () => {
      await work()
      const publication = await last()
      return publication.state === state && publication
    },
    { what: `a publication that is ${state}`, timeoutMs: 5_000 },
  )
}
const jobs = async (): Promise<number> => {
  const { rows } = await world.ctx.pool.query<{ n: number }>(
    'select count(*)::int as n from simulator.publish_job j join simulator.account a on a.id = j.account_id where a.appid = $1',
    [account.appid],
  )
  return rows[0]?.n ?? 0
}
const setting = (settings: object) => world.control('PATCH', `/accounts/${account.appid}`, { settings })
/** Results no longer reach us by themselves. */
const deaf = () =>
  world.control('PATCH', `/accounts/${account.appid}`, {
    callback: { url: `${world.apiUrl}/nowhere`, token: 'abc123', aesKey: 'a'.repeat(43), mode: 'safe' },
  })
const audited = async () => {
  const { rows } = await world.ctx.pool.query<{ action: string }>(
    `select action from audit_entries where account_id = $1 and action like 'article.%' order by id`,
    [account.id],
  )
  return rows.map(({ action }) => action)
}

/** An event as the log hands it to the reaction, and what comes of it. */
async function told(publishId: string, status: number, articleId: string): Promise<void> {
  const now = world.ctx.clock.now()
  const event = {
    ...{ id: '1', accountId: account.id, contactId: null, fanId: null, sourceId: null },
    ...{ name: 'wechat.publish_finished', at: now, receivedAt: now },
    properties: { publishId, status, articleId, articleUrls: [], failedIndexes: [] },
  }
  await contentsModule.reactions?.[0]?.react(world.ctx, [event], world.ctx.db)
  await work()
}

test('D11: a draft is published, is a draft no more, and can be used as published at once', async () => {
  const id = await draft(2)
  const { id: folderId } = (
    await world.api<{ id: string }>('POST', at('/material-folders'), { name: '新品' })
  ).body
  await world.api('POST', at('/materials/move'), { folderId, articleSetIds: [id] })
  const begun = await publish(id)
  expect(begun).toMatchObject({ status: 200, body: { state: 'submitting', createdBy: 'administrator' } })
  expect((await publish(id)).body.error.reason).toBe('articles_publishing')
  await work()
  expect(await last()).toMatchObject({ state: 'publishing', endedAt: null })
  const done = await pushed('done')
  expect(done).toMatchObject({
    articleSetId: id,
    reason: null,
    urls: [/^http/, /^http/].map((one) => expect.stringMatching(one)),
  })
  expect((await setOf(id)).goneAt).not.toBeNull()
  const published = await setOf(done.publishedSetId ?? '')
  expect(published).toMatchObject({ kind: 'published', goneAt: null, folderId })
  expect(published.articles.map(({ url }) => url)).toEqual(done.urls)
  expect(await audited()).toEqual(['article.publishing', 'article.published'])
  expect(await jobs()).toBe(1)
})

test.each([
  [2, 'not_original'],
  [3, 'publish_failed'],
  [4, 'review_refused'],
  [5, 'deleted'],
  [6, 'blocked'],
])('D11: publish_status %i ends as %s, and says which articles', async (status, reason) => {
  await setting({ nextPublish: [status] })
  const id = await draft()
  await publish(id)
  await work()
  expect(await pushed('failed')).toMatchObject({ reason, failed: [1], publishedSetId: null })
  expect(await audited()).toEqual(['article.publishing', 'article.publish_failed'])
  expect((await publish(id)).status).toBe(200)
})

test('D11: the same result pushed twice changes nothing; a later one that takes it away is told', async () => {
  const id = await draft()
  await publish(id)
  await work()
  const done = await pushed('done')
  const { rows } = await world.ctx.pool.query<{ publish_id: string; article_id: string }>(
    'select publish_id, article_id from article_publications where id = $1',
    [done.id],
  )
  const { publish_id: publishId = '', article_id: articleId = '' } = rows[0] ?? {}
  await told(publishId, 0, articleId)
  expect(await last()).toEqual(done)
  await told(publishId, 6, articleId)
  expect(await last()).toMatchObject({ state: 'failed', reason: 'blocked', urls: done.urls })
  expect(await audited()).toEqual(['article.publishing', 'article.published', 'article.publish_failed'])
})

test('D11: a result that is not pushed is asked for after 10 s, a minute and ten', async () => {
  const id = await draft()
  await deaf()
  await publish(id)
  await work()
  const looks = async (ms: number) => {
    await forward(ms)
    await work()
    const { rows } = await world.ctx.pool.query<{ looks: number }>(
      'select looks from article_publications where article_set_id = $1',
      [id],
    )
    return rows[0]?.looks
  }
  // the platform’s review takes its time
  await world.ctx.pool.query(
    `update simulator.publish_job set due_at = due_at + interval '5 minutes' where finished_at is null`,
  )
  expect(await looks(4_000)).toBe(0)
  expect(await looks(6_100)).toBe(1)
  expect(await looks(50_000)).toBe(1)
  expect(await looks(10_100)).toBe(2)
  await forward(10 * 60_000)
  const done = await until(async () => {
    await work()
    const publication = await last()
    if (publication.state !== 'done') await forward(10 * 60_000)
    return publication.state === 'done' && publication
  })
  expect(done.publishedSetId).not.toBeNull()
})

test('D11: what WeChat refuses to take ends with its code and what to do', async () => {
  const id = await draft()
  await world.fault({ match: { path: SUBMIT }, kind: 'error', errcode: 53503, errmsg: 'draft check failed' })
  await publish(id)
  await work()
  await world.fault()
  expect(await last()).toMatchObject({
    state: 'failed',
    reason: 'platform_content',
    detail: { errcode: 53503, advice: { zh: '草稿未通过发布检查，请在公众平台检查草稿。' } },
  })
  expect((await setOf(id)).goneAt).toBeNull()
})

test('D11: an answer that is lost is not asked for by a second call: its event brings the result', async () => {
  const id = await draft()
  await publish(id)
  await world.fault({ match: { path: SUBMIT }, kind: 'timeout-after-work', ms: 1, remaining: 1 })
  await work()
  await world.fault()
  expect(await last()).toMatchObject({ state: 'submitting', reason: 'platform_unreachable' })
  expect((await publish(id)).body.error.reason).toBe('articles_publishing')
  expect(await pushed('done')).toMatchObject({ reason: null })
  expect(await jobs()).toBe(1)
})

test('D11: without answer and event it is unknown after ten minutes, never handed over again, and shown', async () => {
  const id = await draft()
  await deaf()
  await publish(id)
  await world.fault({ match: { path: SUBMIT }, kind: 'timeout-after-work', ms: 1, remaining: 1 })
  await work()
  await world.fault()
  await forward(9 * 60_000)
  await work()
  expect((await last()).state).toBe('submitting')
  await forward(61_000)
  await work()
  expect(await last()).toMatchObject({ state: 'unknown', reason: 'no_answer' })
  expect(await jobs()).toBe(1)
  // it was published after all: the draft that is gone says so before anything is handed over twice
  const refused = await until(async () => {
    const answer = await publish(id)
    return answer.status === 409 && answer
  })
  expect(refused.body.error.reason).toBe('articles_gone')
  expect(await jobs()).toBe(1)
})

test('D11: an event of a publication made elsewhere is not taken for one of ours', async () => {
  const id = await draft()
  await publish(id)
  await world.fault({ match: { path: SUBMIT }, kind: 'http-500', remaining: 1 })
  await work()
  await world.fault()
  await told('990000001', 0, 'elsewhere')
  expect(await last()).toMatchObject({ state: 'submitting', urls: [] })
  await forward(10 * 60_000 + 1_000)
  await work()
  expect(await last()).toMatchObject({ state: 'unknown' })
  expect((await setOf(id)).goneAt).toBeNull()
})

test('D11: a failure told of a publication made elsewhere is not ours while our own answer is lost', async () => {
  const id = await draft()
  await publish(id)
  await world.fault({ match: { path: SUBMIT }, kind: 'timeout-after-work', ms: 1, remaining: 1 })
  await work()
  await world.fault()
  for (const status of [2, 3, 4, 5, 6]) await told(`99000001${status}`, status, '')
  expect(await last()).toMatchObject({ state: 'submitting', failed: [] })
  expect(await pushed('done')).toMatchObject({ articleSetId: id, reason: null })
})

test.each([
  ['not handed over yet', false, 'failed'],
  ['with WeChat', true, 'unknown'],
] as const)('D11: a publication %s ends when its account is archived', async (_name, handed, state) => {
  const id = await draft()
  await publish(id)
  if (handed) await work()
  await deaf()
  await world.api('POST', at('/archive'))
  await forward(11_000)
  await work()
  expect(await last()).toMatchObject({ state, reason: 'account_archived', endedAt: expect.any(String) })
  expect(await jobs()).toBe(handed ? 1 : 0)
  expect(await contentsModule.nextDue?.(world.ctx)).toEqual({ dueAt: null, busy: false })
})

test.each([
  ['before the call', 'unknown', 0, { at: 'call', what: SUBMIT, when: 'before', nth: 1 }],
  ['between the call and its commit', 'done', 1, { at: 'call', what: SUBMIT, when: 'after', nth: 1 }],
] as const)(
  'D11: killed %s: never handed over twice, and it ends as %s',
  async (_name, state, calls, moment) => {
    const id = await draft()
    await publish(id)
    expect(await forkWorker(world, moment).ended).toBe('SIGKILL')
    await world.ctx.pool.query('update article_publications set lease_until = null')
    if (state === 'unknown') await forward(10 * 60_000 + 1_000)
    expect(await pushed(state)).toMatchObject({ articleSetId: id })
    expect(await jobs()).toBe(calls)
  },
)

test('D11: a draft that is another than what was shown, or none, is not published', async () => {
  const id = await draft()
  const { wechatId } = await setOf(id)
  await world.ctx.pool.query(
    `update simulator.draft set articles = jsonb_set(articles::jsonb, '{0,title}', '"改过"') where media_id = $1`,
    [wechatId],
  )
  expect((await publish(id)).body.error.reason).toBe('articles_changed')
  expect((await setOf(id)).title).toBe('改过')
  expect((await publish(id)).status).toBe(200)
  await work()
  const done = await pushed('done')
  expect((await publish(done.publishedSetId ?? '')).body.error.reason).toBe('articles_not_a_draft')
  const analyst = await world.as('analyst')
  expect((await analyst('POST', at(`/article-sets/${id}/publish`))).status).toBe(403)
  expect((await analyst('GET', at('/publications'))).status).toBe(200)
})

test.each([
  ['whose articles can’t be read is done as WeChat said', '/cgi-bin/freepublish/getarticle', 'done', null],
  [
    'whose result can’t be asked for and is not pushed is unknown',
    '/cgi-bin/freepublish/get',
    'unknown',
    'result_missing',
  ],
])('D11: after two days a publication %s', async (_name, path, state, reason) => {
  const id = await draft()
  if (state === 'unknown') await deaf()
  await world.fault({ match: { path }, kind: 'error', errcode: 45009, errmsg: 'reach max api daily quota' })
  await publish(id)
  await work()
  await forward(48 * 3_600_000 - 60_000)
  await work()
  expect(await last()).toMatchObject({ state: 'publishing' })
  await forward(11 * 60_000)
  await work()
  await world.fault()
  expect(await last()).toMatchObject({ state, reason, publishedSetId: null })
})
