import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import { singleGroup } from '../support/broadcasts.ts'
import { type Bound, createSendingWorld, freshText, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'
import { until } from '../support/until.ts'

let world: SendingWorld

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => closeBalanced(world))

/** Leaves at WeChat, and the callback has told us. */
const unfollow = async (account: Bound, openids: readonly string[]) => {
  for (const openid of openids)
    await world.control('POST', '/act', { appid: account.appid, openid, action: 'unfollow' })
  await until(async () => {
    const { rows } = await world.ctx.pool.query<{ following: number }>(
      'select count(*)::int as following from fans where account_id = $1 and openid = any($2) and following',
      [account.id, openids],
    )
    return rows[0]?.following === 0
  })
}
const freeze = () => prepareNext(world.ctx)
test('G1, G3: who leaves between freeze and send is skipped with the reason, and costs no month', async () => {
  const account = await world.bind({ fans: 10 })
  const broadcast = await world.draft(account)
  await world.confirm(broadcast)
  await freeze()
  await unfollow(account, account.openids.slice(0, 2))
  await world.drain()
  expect(await world.people(broadcast)).toEqual({ delivered: 8, 'skipped:not_following': 2 })
  expect(await world.read(broadcast)).toMatchObject({
    label: 'sent',
    totals: { planned: 8, skipped: 2, delivered: 8 },
    skippedByReason: [{ reason: 'not_following', count: 2 }],
  })
  expect([...(await world.received(account)).keys()].toSorted()).toEqual(account.openids.slice(2).toSorted())
  const { rows } = await world.ctx.pool.query('select fan_id from mass_allowances where account_id = $1', [
    account.id,
  ])
  expect(rows).toHaveLength(8)
})

test.each([
  ['in one batch', [10]],
  ['in two', [5, 5]],
])(
  'G3: two fans who turn out to be one person after the freeze get one message, %s',
  async (_where, sizes) => {
    const account = await world.bind({ fans: 10 })
    const broadcast = await world.frozen(account, sizes)
    const [first = '', , , , , , other = ''] = account.fanIds
    await world.ctx.pool.query(
      'update fans set contact_id = (select contact_id from fans where id = $1) where id = $2',
      [first, other],
    )
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ delivered: 9, 'skipped:same_person': 1 })
    expect([...(await world.received(account)).keys()].toSorted()).toEqual(
      account.openids.filter((_, at) => at !== 6).toSorted(),
    )
    expect(await world.read(broadcast)).toMatchObject({ totals: { planned: 9, skipped: 1, delivered: 9 } })
  },
)

test('D4: a batch that shrank to one moves that one into a batch that waits', async () => {
  const account = await world.bind({ fans: 12 })
  const broadcast = await world.frozen(account, [3, 5])
  await unfollow(account, account.openids.slice(0, 2))
  await world.drain()
  expect(await world.batches(broadcast)).toMatchObject([
    { state: 'skipped', reason: 'nobody_left', size: 0 },
    { state: 'delivered', size: 6, sentCount: 6 },
  ])
  expect(await world.people(broadcast)).toEqual({ delivered: 6, 'skipped:not_following': 2 })
  expect(await world.received(account)).toEqual(
    new Map(account.openids.slice(2, 8).map((openid) => [openid, 1])),
  )
  expect(await world.read(broadcast)).toMatchObject({ totals: { planned: 6, skipped: 2, delivered: 6 } })
})

test('D4, E8: where no batch waits any more, the one left over is skipped as below two', async () => {
  const account = await world.bind({ fans: 12 })
  const broadcast = await world.frozen(account, [5, 2])
  await unfollow(account, account.openids.slice(5, 6))
  await world.drain()
  expect(await world.people(broadcast)).toEqual({
    delivered: 5,
    'skipped:not_following': 1,
    'skipped:below_two': 1,
  })
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { planned: 5, skipped: 2 } })
})

test('G3: when everybody of every batch left, nothing is called and the send ends as failed', async () => {
  const account = await world.bind({ fans: 3 })
  const broadcast = await world.draft(account)
  await world.confirm(broadcast)
  await freeze()
  await unfollow(account, account.openids)
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ state: 'failed', totals: { planned: 0, submitted: 0 } })
  expect(await world.control('GET', `/mass?appid=${account.appid}`)).toEqual({ items: [] })
})

test('G1: an outcome that moved by more than one per cent since it was shown is shown again', async () => {
  const account = await world.bind({ fans: 30 })
  const broadcast = await world.draft(account)
  const shown = await world.preflight(broadcast)
  await unfollow(account, account.openids.slice(0, 2))
  const confirm = (reached: number) =>
    world.act(broadcast, 'send', { version: broadcast.version, expected: [{ arm: 0, reached }] })
  const answer = await confirm(shown.reached)
  expect([answer.status, (answer.body as unknown as { error: object }).error]).toMatchObject([
    409,
    { reason: 'drift', detail: { expected: 30, now: 28 } },
  ])
  expect((await world.read(broadcast)).state).toBe('draft')
  expect((await confirm(28)).status).toBe(200)
})

test('G1: a drift at freezing pauses with both numbers; going on accepts the new one', async () => {
  const account = await world.bind({ fans: 30 })
  const broadcast = await world.draft(account)
  await world.confirm(broadcast)
  await unfollow(account, account.openids.slice(0, 2))
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    state: 'paused',
    pauseReason: 'drift',
    pauseDetail: { expected: 30, now: 28 },
  })
  expect(await world.received(account)).toEqual(new Map())
  await world.act(broadcast, 'resume')
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: 28 } })
})

test('G1: a draft that someone else changed is not sent as it was shown', async () => {
  const account = await world.bind({ fans: 5 })
  const broadcast = await world.draft(account)
  await world.preflight(broadcast)
  const { name, version } = broadcast
  const audience = { kind: 'all' } as const
  const url = `/api/accounts/${account.id}/broadcasts/${broadcast.id}`
  const change = (to: string, from: number) =>
    world.api('PUT', url, {
      ...singleGroup({ name: `${name}${to}`, audience, content: freshText(), path: 'list' }),
      version: from,
    })
  expect((await change('1', version)).status).toBe(200)
  expect((await change('2', version)).status).toBe(409)
  const answer = await world.act(broadcast, 'send', { version, expected: [{ arm: 0, reached: 5 }] })
  expect([answer.status, (answer.body as unknown as { error: object }).error]).toMatchObject([
    409,
    { reason: 'changed_meanwhile', detail: { version: version + 1 } },
  ])
})

test('E7: two people who confirm at once start one send', async () => {
  const account = await world.bind({ fans: 5 })
  const broadcast = await world.draft(account)
  const { reached } = await world.preflight(broadcast)
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      world.act(broadcast, 'send', { version: broadcast.version, expected: [{ arm: 0, reached }] }),
    ),
  )
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409, 409, 409])
  await world.drain()
  expect([...(await world.received(account)).values()]).toEqual(Array(5).fill(1))
})
