import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Bound, createSendingWorld, type SendingWorld } from '../../../../tests/support/sending.ts'
import { endRunLeases, forkWorker, type WorkerProcess } from '../../../../tests/support/workers.ts'
import { addTag, tagFans } from '../../../channels/official-account/tags.ts'
import { accountClient } from '../../accounts/index.ts'
import { exportToWechatTag, syncTags } from '../index.ts'
import type { TagRun, WechatTag } from '../schema.ts'
import { runChangeFans } from './change-fans.ts'

let world: SendingWorld
let worker: WorkerProcess | undefined
const never = new AbortController().signal
const TAGGING = '/cgi-bin/tags/members/batchtagging'

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
afterEach(async () => {
  await worker?.kill()
  await world.fault()
})

const rows = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const at = (account: Bound, rest = '') => `/api/accounts/${account.id}/tags${rest}`
const make = async (account: Bound, name: string) =>
  (await world.api<{ tagId: number }>('POST', at(account), { name })).body.tagId
const contactsOf = async (fanIds: readonly string[]) =>
  (
    await rows<{ contact_id: string }>('select contact_id from fans where id = any($1) order by id', [fanIds])
  ).map((row) => row.contact_id)
/** Who carries a tag by the platform's own book, and by ours. */
async function carriers(account: Bound, tagId: number) {
  const theirs = await rows<{ openid: string }>(
    `select f.openid from simulator.tag_member m join simulator.fan f on f.id = m.fan_id
       join simulator.account a on a.id = m.account_id where a.appid = $1 and m.tag_id = $2 order by 1`,
    [account.appid, tagId],
  )
  const ours = await rows<{ openid: string }>(
    'select openid from fans where account_id = $1 and tag_ids @> array[$2::int] order by 1',
    [account.id, tagId],
  )
  return { theirs: theirs.map((row) => row.openid), ours: ours.map((row) => row.openid) }
}
const change = (account: Bound, contactIds: string[], body: object) =>
  world.api<{ runId: string }>('POST', at(account, '/people'), {
    people: { kind: 'contacts', contactIds },
    ...body,
  })
const read = async (runId: string) => (await world.api<TagRun>('GET', `/api/tag-runs/${runId}`)).body
async function run(account: Bound, contactIds: string[], body: object): Promise<TagRun> {
  const { runId } = (await change(account, contactIds, body)).body
  await runChangeFans(world.ctx, runId, never)
  return read(runId)
}
test('F1: tags are made, renamed and deleted at WeChat, and here as WeChat has them', async () => {
  const account = await world.bind({ fans: 5 })
  const tagId = await make(account, '银卡会员')
  const names = async () =>
    (await world.api<{ items: WechatTag[] }>('GET', at(account))).body.items.map((tag) => tag.name)
  expect(await names()).toContain('银卡会员')
  expect((await world.api('PATCH', at(account, `/${tagId}`), { name: '金卡会员' })).status).toBe(200)
  await syncTags(world.ctx, account.id)
  expect(await names()).toContain('金卡会员')
  expect((await run(account, await contactsOf(account.fanIds), { give: [tagId] })).state).toBe('done')
  expect((await carriers(account, tagId)).ours).toHaveLength(5)
  expect((await world.api('DELETE', at(account, `/${tagId}`))).status).toBe(200)
  expect(await names()).not.toContain('金卡会员')
  expect((await carriers(account, tagId)).ours).toEqual([])
})

test('F1: the 100th tag is made, the 101st refused with advice; names of 30 and 31; the platform’s own stay', async () => {
  const account = await world.bind({ fans: 1 })
  const client = await accountClient(world.ctx, account.id)
  const own = (await syncTags(world.ctx, account.id)).filter((tag) => tag.tagId > 2).length
  for (let n = own; n < 99; n += 1) await addTag(client, `标签${n}`)
  expect((await world.api('POST', at(account), { name: '名'.repeat(30) })).status).toBe(200)
  expect((await world.api('POST', at(account), { name: '多一个' })).body).toMatchObject({
    error: { detail: { errcode: 45056 } },
  })
  expect((await world.api('POST', at(account), { name: '名'.repeat(31) })).status).toBe(400)
  await syncTags(world.ctx, account.id)
  expect((await world.api('PATCH', at(account, '/2'), { name: '我的' })).body).toMatchObject({
    error: { reason: expect.stringMatching(/wechat_system_tag|not_found/) },
  })
})

test('a creation whose answer was lost is found by its name, not made twice', async () => {
  const account = await world.bind({ fans: 1 })
  await world.fault({
    match: { path: '/cgi-bin/tags/create', appid: account.appid },
    kind: 'timeout-after-work',
    ms: 1,
    remaining: 1,
  })
  const tagId = await make(account, '一次')
  const { items } = (await world.api<{ items: WechatTag[] }>('POST', at(account, '/sync'))).body
  expect(items.filter((tag) => tag.name === '一次').map((tag) => tag.tagId)).toEqual([tagId])
})

test.each([50, 51, 101])('F1: %i fans are told in calls of at most 50', async (fans) => {
  const account = await world.bind({ fans })
  const tagId = await make(account, '批量')
  const done = await run(account, await contactsOf(account.fanIds), { give: [tagId] })
  expect(done).toMatchObject({ state: 'done', waiting: 0, results: [{ outcome: 'given' }] })
  const { theirs, ours } = await carriers(account, tagId)
  expect(theirs).toEqual(account.openids.toSorted())
  expect(ours).toEqual(theirs)
  const { rows: pushes } = await world.ctx.pool.query(
    'select 1 from wechat_tag_changes where account_id = $1',
    [account.id],
  )
  expect(pushes).toEqual([])
})

test('F1: what WeChat refused is told by reason and changes nothing here; the others are done', async () => {
  const account = await world.bind({ fans: 60 })
  const client = await accountClient(world.ctx, account.id)
  const [full = '', left = '', nineteen = ''] = account.openids
  const fill = async (openid: string, most: number) => {
    const [fan] = await rows<{ tag_ids: number[] }>('select tag_ids from fans where openid = $1', [openid])
    for (let n = fan?.tag_ids.length ?? 0; n < most; n += 1) {
      const { id } = await addTag(client, `${openid.slice(-6)}-${n}`)
      await tagFans(client, id, [openid])
    }
  }
  await fill(full, 20)
  await fill(nineteen, 19)
  await world.control('POST', '/act', { appid: account.appid, openid: left, action: 'unfollow' })
  await world.drain()
  await rows('update fans set following = true where openid = $1', [left])
  await syncTags(world.ctx, account.id)
  const tagId = await make(account, '第二十个')
  const done = await run(account, await contactsOf(account.fanIds), { give: [tagId] })
  expect(done).toMatchObject({
    state: 'done',
    results: [
      { outcome: 'fan_full', people: 1 },
      { outcome: 'given', people: account.openids.length - 2 },
      { outcome: 'not_following', people: 1 },
    ],
  })
  const { theirs, ours } = await carriers(account, tagId)
  expect(theirs).toEqual(account.openids.filter((openid) => openid !== full && openid !== left).toSorted())
  expect(ours).toEqual(theirs)
})

test('F1: people who are no followers are counted, not told; what is so already is unchanged; taking works as giving', async () => {
  const account = await world.bind({ fans: 4 })
  const tagId = await make(account, '取下')
  const [stranger = ''] = (
    await rows<{ id: string }>('insert into contacts (created_at) values (now()) returning id')
  ).map((row) => row.id)
  const people = await contactsOf(account.fanIds)
  await run(account, people.slice(0, 1), { give: [tagId] })
  const given = await run(account, [...people, stranger], { give: [tagId] })
  expect(given.results).toEqual([
    { outcome: 'given', people: people.length - 1 },
    { outcome: 'not_following', people: 1 },
    { outcome: 'unchanged', people: 1 },
  ])
  const taken = await run(account, people, { take: [tagId] })
  expect(taken.results).toEqual([{ outcome: 'taken', people: people.length }])
  expect(await carriers(account, tagId)).toEqual({ theirs: [], ours: [] })
})

test('F1: -1, a busy minute and an expired token are overcome', async () => {
  const account = await world.bind({ fans: 60 })
  const tagId = await make(account, '忙')
  await world.fault(
    ...[-1, 45011, 42001].map((errcode) => ({
      match: { path: TAGGING, appid: account.appid },
      kind: 'error',
      errcode,
      remaining: 1,
    })),
  )
  const done = await run(account, await contactsOf(account.fanIds), { give: [tagId] })
  expect(done.results).toEqual([{ outcome: 'given', people: account.openids.length }])
  expect((await carriers(account, tagId)).theirs).toHaveLength(account.openids.length)
})

test('F1: the day’s allowance ends a run with its reason; going on tells what is left', async () => {
  const account = await world.bind({ fans: 120 })
  const tagId = await make(account, '额度')
  await world.fault({
    match: { path: TAGGING, appid: account.appid },
    kind: 'error',
    errcode: 45009,
    remaining: 1,
  })
  const contacts = await contactsOf(account.fanIds)
  const failed = await run(account, contacts, { give: [tagId] })
  expect(failed).toMatchObject({
    state: 'failed',
    error: { reason: 'platform_quota_day' },
    waiting: account.openids.length,
  })
  expect((await carriers(account, tagId)).ours).toEqual([])
  const on = await world.api<{ runId: string }>('POST', at(account, `/people/${failed.id}/continue`))
  await runChangeFans(world.ctx, on.body.runId, never)
  expect(await read(on.body.runId)).toMatchObject({ state: 'done', waiting: 0, done: account.openids.length })
  expect((await carriers(account, tagId)).ours).toHaveLength(account.openids.length)
  expect((await world.api('POST', at(account, `/people/${failed.id}/continue`))).status).toBe(409)
})

test('F1: one run of an account at a time; two workers on it tell each fan', async () => {
  const account = await world.bind({ fans: 130 })
  const tagId = await make(account, '两个')
  const contacts = await contactsOf(account.fanIds)
  const first = await change(account, contacts, { give: [tagId] })
  expect((await change(account, contacts, { take: [tagId] })).body).toMatchObject({
    error: { reason: 'tag_run_open' },
  })
  await Promise.all([
    runChangeFans(world.ctx, first.body.runId, never),
    runChangeFans(await world.another(), first.body.runId, never),
  ])
  expect((await read(first.body.runId)).results).toEqual([
    { outcome: 'given', people: account.openids.length },
  ])
  expect((await carriers(account, tagId)).theirs).toHaveLength(account.openids.length)
})

test.each([
  ['before the second call', { at: 'call', what: TAGGING, when: 'before', nth: 2 }],
  ['after the second call', { at: 'call', what: TAGGING, when: 'after', nth: 2 }],
  [
    'before its answer is committed',
    { at: 'commit', what: 'delete from wechat_tag_changes', when: 'before', nth: 2 },
  ],
  [
    'after its answer is committed',
    { at: 'commit', what: 'delete from wechat_tag_changes', when: 'after', nth: 2 },
  ],
] as const)(
  'G3: a worker killed %s: another goes on, everyone is tagged and counted once',
  async (_name, moment) => {
    const account = await world.bind({ fans: 130 })
    const tagId = await make(account, '中断')
    const { runId } = (await change(account, await contactsOf(account.fanIds), { give: [tagId] })).body
    worker = forkWorker(world, moment)
    expect(await worker.ended).toBe('SIGKILL')
    expect(await read(runId)).toMatchObject({ state: 'running' })
    await endRunLeases(world)
    await runChangeFans(world.ctx, runId, never)
    expect(await read(runId)).toMatchObject({
      state: 'done',
      done: account.openids.length,
      results: [{ outcome: 'given', people: account.openids.length }],
    })
    const { theirs, ours } = await carriers(account, tagId)
    expect(theirs).toEqual(account.openids.toSorted())
    expect(ours).toEqual(theirs)
  },
)

test('E6: a snapshot is exported to a WeChat tag, in the place of who carried it', async () => {
  const account = await world.bind({ fans: 12 })
  const contacts = await contactsOf(account.fanIds)
  const members = contacts.slice(0, 5)
  const [{ id: snapshotId } = { id: '' }] = await rows<{ id: string }>(
    `with s as (insert into segments (name, update_kind, created_at, updated_at) values ('名单', 'static', now(), now()) returning id)
     insert into segment_snapshots (segment_id, version, cause, state, at, size, created_at)
     select id, 1, 'import', 'ready', now(), 5, now() from s returning id`,
  )
  await rows(
    `insert into segment_chunks select $1, id >> 16, array_agg(((id & 65535) - 32768)::smallint)
     from unnest($2::bigint[]) as id group by 2`,
    [snapshotId, members],
  )
  const old = await make(account, '投放')
  await run(account, contacts.slice(3, 8), { give: [old] })
  const { runId, tagId } = await exportToWechatTag(world.ctx, {
    accountId: account.id,
    tagName: '投放',
    snapshotId,
    replace: true,
  })
  expect(tagId).toBe(old)
  await runChangeFans(world.ctx, runId, never)
  expect((await read(runId)).results).toEqual([
    { outcome: 'given', people: 3 },
    { outcome: 'taken', people: 3 },
    { outcome: 'unchanged', people: 2 },
  ])
  const { theirs, ours } = await carriers(account, old)
  expect(theirs).toEqual(account.openids.slice(0, 5).toSorted())
  expect(ours).toEqual(theirs)
})
