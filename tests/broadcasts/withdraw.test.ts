import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteMass } from '../../src/channels/official-account/mass.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { withdrawNext } from '../../src/modules/broadcasts/following/withdraw.ts'
import { claimWithdrawal } from '../../src/modules/broadcasts/following/withdrawals.ts'
import type { Broadcast, WithdrawalPlan } from '../../src/modules/broadcasts/schema.ts'
import { getQuota } from '../../src/wechat/payloads/credentials.ts'
import { draftedSet } from '../contents/support.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())

const HOUR = 3_600_000
const now = () => world.ctx.clock.now()
const TITLES = ['一', '二']

/** Two articles, sent in so many batches of two people. */
async function sent(batches: number): Promise<{ account: Bound; broadcast: Broadcast }> {
  const account = await world.bind({ fans: 2 * batches })
  const set = await draftedSet(
    world,
    account,
    TITLES.map((title) => ({ title, content: `<p>${title}</p>` })),
  )
  const broadcast = await world.frozen(account, Array(batches).fill(2), {
    content: { kind: 'articles', articles: TITLES.map((_, index) => ({ articleSetId: set, index })) },
  })
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', can: { withdraw: true } })
  return { account, broadcast }
}
const plan = async ({ accountId, id }: Broadcast, query = '') =>
  (
    await world.api<WithdrawalPlan>(
      'GET',
      `/api/accounts/${accountId}/broadcasts/${id}/withdrawal-plan${query}`,
    )
  ).body
const withdrawals = async (broadcast: Broadcast) =>
  (await world.read(broadcast)).groups.flatMap(({ arms }) => arms.flatMap((arm) => arm.withdrawals))
/** Articles that open an error page, by the simulator. */
async function offline({ appid }: Bound): Promise<number[]> {
  const { rows } = await world.ctx.pool.query<{ idx: number }>(
    `select idx from simulator.article a join simulator.account o on o.id = a.account_id
     where o.appid = $1 and a.deleted_at is not null order by idx`,
    [appid],
  )
  return rows.map(({ idx }) => idx)
}
/** Deletions that WeChat counted today. */
async function deletions({ id }: Bound): Promise<number> {
  const client = await accountClient(world.ctx, id)
  return (await client.call(getQuota, { cgi_path: '/cgi-bin/message/mass/delete' })).quota.used
}
/** Two workers until nothing is due. */
async function work(): Promise<void> {
  while ((await Promise.all([withdrawNext(world.ctx), withdrawNext(world.ctx)])).some((did) => did > 0));
}

test('E10: an arm of 12 batches goes offline over two days, ten a day, and says how far it is', async () => {
  const { account, broadcast } = await sent(12)
  const today = atBeijing(now(), 0, '00:00').getTime()
  expect(await plan(broadcast)).toMatchObject({
    deletions: 12,
    already: 0,
    perDay: 10,
    usedToday: 0,
    days: 2,
  })
  const asked = await world.act(broadcast, 'withdraw')
  expect(asked.status).toBe(200)
  await work()
  expect(await withdrawals(broadcast)).toMatchObject([
    {
      ...{
        article: null,
        state: 'running',
        total: 12,
        done: 10,
        waiting: 2,
        failed: 0,
        endedAt: expect.any(String),
      },
      nextAt: new Date(today + 24 * HOUR).toISOString(),
    },
  ])
  // asked for once more meanwhile, nothing is asked of WeChat twice
  await world.act(broadcast, 'withdraw')
  expect(await plan(broadcast)).toMatchObject({ deletions: 0, already: 12, usedToday: 10, waiting: 2 })
  await world.forward(new Date(today + 24 * HOUR))
  await work()
  expect(await withdrawals(broadcast)).toMatchObject([{ done: 12, state: 'done', nextAt: null }])
  expect(await offline(account)).toHaveLength(24)
  const { rows: trail } = await world.ctx.pool.query<{ detail: object }>(
    "select detail from audit_entries where action = 'broadcast.withdrawal_ended' and subject_id = $1",
    [broadcast.id],
  )
  expect(trail).toMatchObject([{ detail: { article: 'all', done: 12, failed: 0 } }])
  // what was received is not undone
  expect([...(await world.received(account)).values()].every((times) => times === 1)).toBe(true)
  const records = await world.api<{ items: { withdrawals: object[] }[] }>(
    'GET',
    `/api/mass-records?accountId=${account.id}`,
  )
  expect(records.body.items).toMatchObject([{ withdrawals: [{ state: 'done', total: 12 }] }])
})

test('E10: one article, then the whole: each is deleted once, also when a worker dies after WeChat’s answer', async () => {
  const { account, broadcast } = await sent(2)
  expect((await world.act(broadcast, 'withdraw', { article: 3 })).status).toBe(400)
  await world.act(broadcast, 'withdraw', { article: 2 })
  await work()
  expect(await offline(account)).toEqual([2, 2])
  expect(await plan(broadcast, '?article=2')).toMatchObject({ deletions: 0, already: 2 })
  await world.act(broadcast, 'withdraw')
  const claim = await claimWithdrawal(world.ctx.db, now())
  await deleteMass(await accountClient(world.ctx, account.id), claim?.msgId ?? '')
  const before = await deletions(account)
  await world.ctx.pool.query('update withdrawals set lease_until = null')
  await work()
  expect(await offline(account)).toEqual([1, 1, 2, 2])
  // the one that was answered is read from the job's state: only the other batch costs a deletion
  expect(await deletions(account)).toBe(before + 1)
  expect(await withdrawals(broadcast)).toMatchObject([
    { article: null, state: 'done', total: 2, done: 2 },
    { article: 2, state: 'done', total: 2 },
  ])
})

test('E10: a refusal is kept with its reason and can be asked for again; no answer is asked for again by itself', async () => {
  const { account, broadcast } = await sent(2)
  const match = { path: '/cgi-bin/message/mass/delete' }
  await world.fault({ match, kind: 'error', errcode: 40065, remaining: 1 })
  await world.act(broadcast, 'withdraw')
  await work()
  expect(await withdrawals(broadcast)).toMatchObject([
    { state: 'incomplete', done: 1, failed: 1, failures: [{ errcode: 40065, count: 1 }] },
  ])
  await world.fault({ match, kind: 'error', errcode: -1, remaining: 1 })
  expect(await plan(broadcast)).toMatchObject({ deletions: 1, already: 1 })
  await world.act(broadcast, 'withdraw')
  await work()
  expect(await withdrawals(broadcast)).toMatchObject([{ state: 'running', waiting: 1 }])
  await world.forward(new Date(now().getTime() + 61_000))
  await work()
  expect(await withdrawals(broadcast)).toMatchObject([{ state: 'done', done: 2 }])
  expect(await offline(account)).toHaveLength(4)
})

test('E10: any number of batches is taken; what WeChat gave no job’s number for is said', async () => {
  const { broadcast } = await sent(1)
  await world.ctx.pool.query(
    `insert into broadcast_batches (broadcast_id, account_id, arm, seq, state, size, client_msg_id, due_at, msg_id, finished_at)
     select broadcast_id, account_id, arm, n, 'delivered', 2, client_msg_id || n, due_at, nullif(n, 250)::text, finished_at
     from broadcast_batches, generate_series(1, 250) as n where broadcast_id = $1`,
    [broadcast.id],
  )
  const { usedToday, ...rest } = await plan(broadcast)
  expect([usedToday, rest]).toMatchObject([0, { deletions: 250, unreachable: 1, days: 25 }])
  await world.act(broadcast, 'withdraw')
  expect(await withdrawals(broadcast)).toMatchObject([{ total: 250, waiting: 250 }])
})
