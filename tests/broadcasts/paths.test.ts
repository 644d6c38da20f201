import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Broadcast, PATHS, type Path } from '../../src/modules/broadcasts/schema.ts'
import { singleGroup } from '../support/broadcasts.ts'
import { atBeijing, createSendingWorld, freshText, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'

let world: SendingWorld

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => closeBalanced(world))

const once = (openids: readonly string[]) => new Map(openids.map((openid) => [openid, 1]))

/** What the account's history shows: everything that was sent to all. */
const history = async (appid: string) => {
  const { items } = await world.control<{ items: { toAll: boolean }[] }>('GET', `/mass?appid=${appid}`)
  return items.filter((job) => job.toAll).length
}

test('D4, G1: to all by list, pre-flight names who is left out and the outcome is the same', async () => {
  const account = await world.bind({ fans: 40 })
  const broadcast = await world.draft(account, { audience: { kind: 'all' }, path: 'list' })
  const shown = await world.confirm(broadcast)
  expect(shown).toMatchObject({
    promise: 'exact',
    entersHistory: false,
    total: 42,
    reached: 40,
    notReached: [{ reason: 'not_following', count: 2 }],
    batchSizes: [40],
    calls: 1,
    blockers: [],
    monthLeftAfter: [{ left: 3, fans: 40 }],
  })
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    state: 'ended',
    label: 'sent',
    totals: { planned: 40, skipped: 2, submitted: 40, delivered: 40, failed: 0, unknown: 0, waiting: 0 },
  })
  expect(await world.people(broadcast)).toEqual({ delivered: 40, 'skipped:not_following': 2 })
  expect(await world.received(account)).toEqual(once(account.openids))
  expect(await history(account.appid)).toBe(0)
})

test('D4, G1: by tag, WeChat chooses: the estimate says so, the outcome agrees, and nothing enters the history', async () => {
  const account = await world.bind({ fans: 60 })
  const tagged = await taggedWith(account.id, 100)
  const broadcast = await world.draft(account, { audience: { kind: 'tag', tagId: 100 }, path: 'tag' })
  const shown = await world.confirm(broadcast)
  expect(tagged.length).toBeGreaterThan(2)
  expect(shown).toMatchObject({
    promise: 'estimate',
    entersHistory: false,
    reached: tagged.length,
    calls: 1,
    blockers: [],
    warnings: [{ reason: 'estimate_only' }],
  })
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    label: 'sent',
    totals: { planned: tagged.length, delivered: tagged.length },
  })
  expect(await world.received(account)).toEqual(once(tagged))
  expect(await history(account.appid)).toBe(0)
})

test('D4: a tag is sent by list too, and then exactly', async () => {
  const account = await world.bind({ fans: 60 })
  const tagged = await taggedWith(account.id, 100)
  const broadcast = await world.draft(account, { audience: { kind: 'tag', tagId: 100 }, path: 'list' })
  expect(await world.confirm(broadcast)).toMatchObject({ promise: 'exact', reached: tagged.length })
  await world.drain()
  expect(await world.received(account)).toEqual(once(tagged))
})

test('E3, D4: only a send to all enters the history, and it reaches everybody who follows', async () => {
  const account = await world.bind({ fans: 25 })
  const broadcast = await world.draft(account, { path: 'all' })
  expect(await world.confirm(broadcast)).toMatchObject({
    entersHistory: true,
    promise: 'estimate',
    reached: 25,
  })
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: 25 } })
  expect(await world.received(account)).toEqual(once(account.openids))
  expect(await history(account.appid)).toBe(1)
})

test('D4: chosen fans are sent to and nobody else, in one batch of two', async () => {
  const account = await world.bind({ fans: 10 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(3, 5) },
  })
  await world.confirm(broadcast)
  await world.drain()
  expect(await world.received(account)).toEqual(once(account.openids.slice(3, 5)))
})

test('D4: a fan of another account in the list contributes nobody', async () => {
  const [account, other] = [await world.bind({ fans: 5 }), await world.bind({ fans: 5 })]
  const audience = await world.list(account, [...account.fanIds, ...other.fanIds])
  const broadcast = await world.draft(account, { audience })
  expect(await world.confirm(broadcast)).toMatchObject({ total: 5, reached: 5 })
  await world.drain()
  expect(await world.received(other)).toEqual(new Map())
})

test('D4: a subscription account has no list path, and an unverified one none at all', async () => {
  const subscription = await world.bind({ kind: 'subscription', fans: 5 })
  const refused = async (account: typeof subscription, path: Path) =>
    (
      await world.api<{ error: { reason: string; detail: object } }>(
        'POST',
        `/api/accounts/${account.id}/broadcasts`,
        singleGroup({ name: 'B', audience: { kind: 'all' }, content: freshText(), path }),
      )
    ).body.error
  expect(await refused(subscription, 'list')).toMatchObject({
    reason: 'path_not_available',
    detail: { available: ['all'] },
  })
  const plain = await world.bind({ verified: false, fans: 0 })
  for (const path of PATHS)
    expect(await refused(plain, path)).toMatchObject({
      reason: 'path_not_available',
      detail: { available: [] },
    })
})

test('D4: a subscription account sends once a day; the second is blocked until Beijing midnight', async () => {
  const account = await world.bind({ kind: 'subscription', fans: 8 })
  await world.forward(atBeijing(world.ctx.clock.now(), 1, '10:00'))
  const first = await world.draft(account, { path: 'all' })
  const second = await world.draft(account, { path: 'all' })
  const blocked = (broadcast: Broadcast) =>
    world.act(broadcast, 'send', { version: broadcast.version, expected: [{ arm: 0, reached: 8 }] })
  await world.confirm(first)
  // the day is promised before it is taken
  expect((await world.preflight(second)).blockers).toMatchObject([{ reason: 'day_taken' }])
  await world.drain()
  expect(await world.read(first)).toMatchObject({ label: 'sent' })
  expect((await world.preflight(second)).blockers).toMatchObject([{ reason: 'account_day_used' }])
  const answer = await blocked(second)
  expect([answer.status, (answer.body as unknown as { error: object }).error]).toMatchObject([
    409,
    { reason: 'blocked', detail: { blockers: [{ reason: 'account_day_used' }] } },
  ])
  await world.forward(atBeijing(world.ctx.clock.now(), 1, '00:00'))
  await world.confirm(second)
  await world.drain()
  expect(await world.read(second)).toMatchObject({ label: 'sent' })
  expect([...(await world.received(account)).values()]).toEqual(Array(8).fill(2))
})

test('D4: a send that finds its day used up after all waits for the next Beijing midnight', async () => {
  const account = await world.bind({ kind: 'subscription', fans: 8 })
  const at = atBeijing(world.ctx.clock.now(), 1, '10:00')
  const broadcast = await world.draft(account, {
    path: 'all',
    timing: { kind: 'at', at: at.toISOString() },
  })
  await world.confirm(broadcast)
  await world.drain()
  await world.ctx.pool.query('insert into mass_days (account_id, day, sends) values ($1, $2, 1)', [
    account.id,
    at.toISOString().slice(0, 10),
  ])
  await world.forward(at)
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'queued' })
  expect(await world.batches(broadcast)).toMatchObject([{ state: 'held', reason: 'account_day_used' }])
  const midnight = atBeijing(at, 1, '00:00')
  expect((await world.batches(broadcast))[0]?.dueAt).toBe(midnight.toISOString())
  await world.forward(new Date(midnight.getTime() - 200_000))
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'queued' })
  await world.forward(midnight)
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent' })
})

const taggedWith = async (accountId: string, tagId: number) =>
  (
    await world.ctx.pool.query<{ openid: string }>(
      'select openid from fans where account_id = $1 and $2 = any(tag_ids) and following',
      [accountId, tagId],
    )
  ).rows.map((row) => row.openid)
