import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import type { TestPerson, TestResult } from '../../src/modules/broadcasts/schema.ts'
import { createStaticSegment } from '../../src/modules/segments/index.ts'
import { draftedSet } from '../contents/support.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
let articles: string

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 130 })
  articles = await draftedSet(world, account, [{ title: '测试', content: '<p>正文</p>' }])
})
afterAll(() => world?.close())

const ORIGIN = { kind: 'picked' } as const
/** A segment of these fans of the account. */
const segmentOf = (fanIds: readonly string[]): Promise<string> =>
  inTransaction(world.ctx.db, (trx) =>
    createStaticSegment(world.ctx, trx, {
      name: `测试组 ${fanIds.length}`,
      accountId: account.id,
      origin: ORIGIN,
      people: sql<{
        contact_id: string
      }>`select contact_id from fans where id = any(${[...fanIds]}::bigint[])`,
    }),
  )
const drafted = () =>
  world.draft(account, { content: { kind: 'articles', articles: [{ articleSetId: articles, index: 0 }] } })
type Body<T> = T & { error?: { reason: string; detail: object } }
const peopleOf = async (segmentId: string) =>
  world.act(await drafted(), 'test-people', { segmentId }) as unknown as Promise<{
    status: number
    body: Body<{ people: TestPerson[] }>
  }>
const testOf = async (body: object) =>
  (
    (await world.act(await drafted(), 'test-send', body)) as unknown as {
      body: Body<{ results: TestResult[] }>
    }
  ).body.results
const query = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await world.ctx.pool.query<T>(text, values)).rows
/** Whom previews reached, by the platform's ledger. */
const previewed = async () =>
  (
    await query<{ openid: string }>(
      `select f.openid from simulator.receipt r join simulator.fan f on f.id = r.fan_id
         join simulator.account a on a.id = r.account_id where a.appid = $1 and r.kind = 'preview' order by r.id`,
      [account.appid],
    )
  ).map(({ openid }) => openid)

test('E7: a test to a segment names its following members: 100 are taken, 101 are refused with both numbers', async () => {
  const hundred = await peopleOf(await segmentOf(account.fanIds.slice(0, 100)))
  expect(hundred.status).toBe(200)
  expect(hundred.body.people.map(({ fanId }) => fanId)).toEqual(account.fanIds.slice(0, 100))
  const more = await peopleOf(await segmentOf(account.fanIds.slice(0, 101)))
  expect([more.status, more.body.error]).toMatchObject([
    400,
    { reason: 'test_too_many', detail: { size: 101, limit: 100 } },
  ])
  expect(await previewed()).toEqual([])
})

test('E7: who left the account does not count; a segment of nobody who follows is said', async () => {
  const gone = account.fanIds.slice(100, 103)
  const segmentId = await segmentOf(account.fanIds.slice(0, 103))
  await query('update fans set following = false where id = any($1)', [gone])
  expect((await peopleOf(segmentId)).body.people).toHaveLength(100)
  const nobody = await peopleOf(await segmentOf(gone))
  expect([nobody.status, nobody.body.error?.reason]).toEqual([409, 'test_nobody'])
  await query('update fans set following = true where id = any($1)', [gone])
  expect((await peopleOf('999999999')).status).toBe(404)
})

test('E7: each gets the preview once and is told by person; the month and the day are not touched, no draft stays behind', async () => {
  const { people } = (await peopleOf(await segmentOf(account.fanIds.slice(0, 5)))).body
  // one of them leaves between the look and the test: WeChat refuses that one, the others are not held up
  await world.control('POST', '/act', {
    appid: account.appid,
    openid: account.openids[2],
    action: 'unfollow',
  })
  const before = await query('select * from simulator.draft')
  const results = await testOf({ fanIds: people.map(({ fanId }) => fanId) })
  expect(results.map(({ fanId, ok }) => [fanId, ok])).toEqual(
    account.fanIds.slice(0, 5).map((fanId, place) => [fanId, place !== 2]),
  )
  expect(results[2]).toMatchObject({ errcode: 40003, advice: { zh: expect.any(String) } })
  expect(await previewed()).toEqual(account.openids.slice(0, 5).filter((_, place) => place !== 2))
  expect(await query('select * from mass_allowances where used > 0')).toEqual([])
  expect(await query('select * from simulator.fan_month where used > 0')).toEqual([])
  expect((await world.received(account)).size).toBe(0)
  expect((await query('select * from simulator.draft')).length).toBe(before.length)
})

test('E7: WeChat ids, openids and fans go together, whoever is named twice of a kind once; nobody named is refused', async () => {
  const [fan] = await query<{ wechat_id: string }>(
    `select f.wechat_id from simulator.fan f join simulator.account a on a.id = f.account_id
     where a.appid = $1 and f.openid = $2`,
    [account.appid, account.openids[10]],
  )
  const openid = account.openids[11] as string
  const fanId = account.fanIds[12] as string
  const results = await testOf({
    wechatIds: [fan?.wechat_id, '没有这个人'],
    openids: [openid, openid],
    fanIds: [fanId, fanId],
  })
  expect(results.map(({ target, fanId: named, ok, errcode }) => [named ?? target, ok, errcode])).toEqual([
    [fan?.wechat_id, true, null],
    ['没有这个人', false, 40132],
    [openid, true, null],
    [fanId, true, null],
  ])
  expect((await previewed()).slice(-3)).toEqual(account.openids.slice(10, 13))
  const nobody = (await world.act(await drafted(), 'test-send', {})) as unknown as {
    status: number
    body: Body<object>
  }
  expect([nobody.status, nobody.body.error?.reason]).toEqual([400, 'nobody_named'])
  const many = await world.act(await drafted(), 'test-send', { fanIds: account.fanIds.slice(0, 21) })
  expect(many.status).toBe(400)
  const stranger = await world.bind({ fans: 1 })
  const foreign = await world.act(await drafted(), 'test-send', { fanIds: stranger.fanIds })
  expect(foreign.status).toBe(404)
})
