import { afterAll, beforeAll, expect, test } from 'vitest'
import { articlesSentBy, draftedSet, uploadTo } from '../contents/support.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'

let world: SendingWorld
let account: Bound
const LONGEST = 19_999

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 6 })
})
afterAll(() => closeBalanced(world))

const syncedDraft = (...articles: { title: string; content: string }[]) =>
  draftedSet(world, account, articles)
const draftOf = (articleSetId: string, ...indexes: number[]) =>
  world.draft(account, {
    content: { kind: 'articles', articles: indexes.map((index) => ({ articleSetId, index })) },
  })
const sentArticles = (msgId: string | null | undefined) => articlesSentBy(world, msgId)

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
  expect((await world.act(broadcast, 'withdraw', { article: 2 })).status).toBe(200)
  await world.drain()
  expect(await offline()).toEqual([2])
  expect((await world.act(broadcast, 'withdraw', { article: 3 })).status).toBe(400)
  expect((await world.act(broadcast, 'withdraw')).status).toBe(200)
  await world.drain()
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

const MP3 = Buffer.concat([Buffer.from('494433040000', 'hex'), Buffer.alloc(64)])
const MP4 = Buffer.concat([Buffer.from('0000002066747970', 'hex'), Buffer.alloc(64)])
async function recording(kind: 'voice' | 'video'): Promise<{ id: string; mediaId: string }> {
  const data = kind === 'voice' ? MP3 : MP4
  const { status, body } = await uploadTo(world, account, { kind, data, name: `店庆.${kind}` })
  expect(status).toBe(200)
  return body as { id: string; mediaId: string }
}
/** What the platform's ledger says a job carried. */
const contentOf = async (msgId: string | null | undefined) =>
  (
    await world.ctx.pool.query<{ msgtype: string; content: Record<string, unknown> }>(
      'select msgtype, content from simulator.message where id = $1::bigint',
      [msgId],
    )
  ).rows[0]

test('D5: a voice reaches everybody as it was uploaded; what it is stands in the list', async () => {
  account = await world.bind({ fans: 5 })
  const { id, mediaId } = await recording('voice')
  const broadcast = await world.draft(account, { content: { kind: 'voice', mediaAssetId: id } })
  expect((await world.confirm(broadcast)).blockers).toEqual([])
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    label: 'sent',
    contentKind: 'voice',
    title: '店庆.mp3',
    can: { withdraw: false },
  })
  const [batch] = await world.batches(broadcast)
  expect(await contentOf(batch?.msgId)).toMatchObject({ msgtype: 'voice', content: { media_id: mediaId } })
  expect([...(await world.received(account)).values()]).toEqual([1, 1, 1, 1, 1])
})

test('D5: a video goes out under an id made at the call, with its title, also days after it was confirmed', async () => {
  account = await world.bind({ fans: 4 })
  const { id, mediaId } = await recording('video')
  const content = {
    kind: 'video' as const,
    mediaAssetId: id,
    title: ' 新品开箱 😀 ',
    description: '三分钟看完',
  }
  const broadcast = await world.draft(account, { content })
  expect((await world.confirm(broadcast)).blockers).toEqual([])
  await world.act(broadcast, 'pause')
  // longer than an id made for a mass send lives at WeChat
  await world.forward(new Date(world.ctx.clock.now().getTime() + 4 * 86_400_000))
  await world.act(broadcast, 'resume')
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    label: 'sent',
    title: ' 新品开箱 😀 ',
    contentKind: 'video',
  })
  const [batch] = await world.batches(broadcast)
  const sent = await contentOf(batch?.msgId)
  expect(sent).toMatchObject({ msgtype: 'mpvideo', content: { title: '新品开箱 😀' } })
  expect(sent?.content['media_id']).not.toBe(mediaId)
  expect([...(await world.received(account)).values()]).toEqual([1, 1, 1, 1])
  // E10: a video can be taken offline as articles can
  await world.act(broadcast, 'withdraw')
  await world.drain()
  const [group] = (await world.read(broadcast)).groups
  expect(group?.arms[0]?.withdrawals).toMatchObject([{ article: null, state: 'done', total: 1, done: 1 }])
})

test('D5: what a voice or video lacks is a blocker at its place, on both sides of each limit', async () => {
  account = await world.bind({ fans: 3 })
  const voice = await recording('voice')
  const video = await recording('video')
  const reasonsOf = async (content: Parameters<typeof world.draft>[1] & object) =>
    (await world.preflight(await world.draft(account, content))).blockers.map(({ reason, detail }) => [
      reason,
      detail['limit'] ?? null,
      detail['actual'] ?? null,
    ])
  const film = (part: object) => ({
    content: { kind: 'video' as const, mediaAssetId: video.id, title: '题', description: '', ...part },
  })
  expect(await reasonsOf({ content: { kind: 'voice', mediaAssetId: null } })).toEqual([
    ['voice_missing', null, null],
  ])
  expect(await reasonsOf({ content: { kind: 'voice', mediaAssetId: video.id } })).toEqual([
    ['material_gone', null, null],
  ])
  expect(await reasonsOf({ content: { kind: 'voice', mediaAssetId: voice.id } })).toEqual([])
  expect(await reasonsOf(film({ mediaAssetId: null }))).toEqual([['video_missing', null, null]])
  expect(await reasonsOf(film({ mediaAssetId: voice.id }))).toEqual([['material_gone', null, null]])
  expect(await reasonsOf(film({ title: ' ' }))).toEqual([['title_missing', null, null]])
  expect(await reasonsOf(film({ title: '题'.repeat(64), description: '😀'.repeat(120) }))).toEqual([])
  expect(await reasonsOf(film({ title: '题'.repeat(65), description: '😀'.repeat(121) }))).toEqual([
    ['title_too_long', 64, 65],
    ['description_too_long', 120, 121],
  ])
})

test('D5: a video that WeChat can not make ready waits while it is busy, and fails with its code where it never will', async () => {
  account = await world.bind({ fans: 3 })
  const { id } = await recording('video')
  const content = { kind: 'video' as const, mediaAssetId: id, title: '题', description: '' }
  const match = { path: '/cgi-bin/media/uploadvideo' }
  const patient = await world.draft(account, { content })
  await world.confirm(patient)
  await world.fault({ match, kind: 'busy', remaining: 1 })
  await world.drain()
  expect(await world.read(patient)).toMatchObject({ label: 'sent', totals: { delivered: 3 } })
  const refused = await world.draft(account, { content })
  await world.confirm(refused)
  await world.fault({ match, kind: 'error', errcode: 40007, remaining: 1 })
  await world.drain()
  expect((await world.batches(refused))[0]).toMatchObject({ state: 'failed', detail: { errcode: 40007 } })
  expect([...(await world.received(account)).values()]).toEqual([1, 1, 1])
  await world.fault()
})
