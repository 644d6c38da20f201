import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { createTestWorld, type SimulatedAccount, type TestWorld } from '../../../tests/support/world.ts'
import type { Ctx } from '../../context.ts'
import { bindAccount } from '../accounts/index.ts'
import { getRun } from '../runs/index.ts'
import { learnNewFans } from './details.ts'
import { type FanFact, learnFans } from './learn.ts'
import { runFanSync, startFanSync } from './sync.ts'

let world: TestWorld
let ctx: Ctx
const never = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
})
afterAll(() => world?.close())
beforeEach(() => world.control('DELETE', '/faults'))

const bind = async (overrides: Partial<SimulatedAccount> & { openPlatform?: string } = {}) => {
  const account = await world.account({ fans: 30, drafts: 0, articles: 0, ...overrides })
  return { account, accountId: await bindAccount(ctx, account) }
}
const sync = async (accountId: string) => {
  const runId = await startFanSync(ctx, accountId)
  await runFanSync(ctx, runId, never)
  return getRun(ctx, runId)
}
const query = async <T extends object>(text: string, values: unknown[]) =>
  (await ctx.pool.query<T>(text, values)).rows
type Count = { total: number; following: number; contacts: number }
const counts = async (accountId: string) => {
  const [row] = await query<Count>(
    `select count(*)::int as total, count(*) filter (where following)::int as following,
       count(distinct contact_id)::int as contacts from fans where account_id = $1`,
    [accountId],
  )
  return row as Count
}
const followersAt = (account: SimulatedAccount) =>
  query<{ openid: string }>(
    `select openid from simulator.fan f join simulator.account a on a.id = f.account_id
     where a.appid = $1 and f.following order by openid`,
    [account.appid],
  )
const act = (account: SimulatedAccount, openid: string, action: string) =>
  world.control('POST', '/act', { appid: account.appid, openid, action })

describe('E1: fan sync', () => {
  test('every follower over two pages, the last echoing itself, each with what WeChat tells', async () => {
    const { account, accountId } = await bind({ fans: 10_150 })
    const run = await sync(accountId)
    const followers = await followersAt(account)
    expect(followers.length).toBeGreaterThan(10_000)
    expect(run).toMatchObject({ state: 'done', done: followers.length, total: followers.length })
    expect(await counts(accountId)).toEqual({
      total: followers.length,
      following: followers.length,
      contacts: followers.length,
    })
    const differing = await query(
      `select f.openid from fans f join simulator.fan s using (openid)
       where f.account_id = $1 and (not f.detailed or f.followed_at <> date_trunc('second', s.subscribed_at)
         or f.subscribe_scene is distinct from s.subscribe_scene
         or f.tag_ids <> (select coalesce(array_agg(tag_id::int order by tag_id), '{}') from simulator.tag_member m
           where m.fan_id = s.id))`,
      [accountId],
    )
    expect(differing).toEqual([])
  })

  test('who left unnoticed is marked as gone; who came and who came back follow', async () => {
    const { account, accountId } = await bind()
    await sync(accountId)
    const [gone, back, stays] = (await followersAt(account)).map((fan) => fan.openid) as [
      string,
      string,
      string,
    ]
    await act(account, gone, 'unfollow')
    await act(account, back, 'unfollow')
    await sync(accountId)
    const following = async (openid: string) =>
      (await query<{ following: boolean }>('select following from fans where openid = $1', [openid]))[0]
        ?.following
    expect(await Promise.all([gone, back, stays].map(following))).toEqual([false, false, true])
    await act(account, back, 'follow')
    await sync(accountId)
    expect(await Promise.all([gone, back, stays].map(following))).toEqual([false, true, true])
    expect((await counts(accountId)).following).toBe((await followersAt(account)).length)
  })

  test('G3: stopped in the middle it goes on from where it was, and misses nobody', async () => {
    const { account, accountId } = await bind({ fans: 4_000 })
    await world.control('PUT', '/faults', [
      { match: { path: '/cgi-bin/user/info/batchget', appid: account.appid }, kind: 'latency', ms: 40 },
    ])
    const runId = await startFanSync(ctx, accountId)
    const stop = new AbortController()
    const first = runFanSync(ctx, runId, stop.signal)
    const done = await until(async () => (await getRun(ctx, runId)).done)
    stop.abort()
    await first
    const stopped = await getRun(ctx, runId)
    const followers = await followersAt(account)
    expect(stopped.state).toBe('queued')
    expect(stopped.done).toBeGreaterThanOrEqual(done)
    expect(stopped.done).toBeLessThan(followers.length)
    await world.control('DELETE', '/faults')
    await runFanSync(ctx, runId, never)
    expect(await getRun(ctx, runId)).toMatchObject({ state: 'done', done: followers.length })
    expect(await counts(accountId)).toMatchObject({ total: followers.length, following: followers.length })
  })

  test('a busy platform is waited for; one that refuses ends the run with its advice', async () => {
    const { account, accountId } = await bind()
    const path = '/cgi-bin/user/info/batchget'
    await world.control('PUT', '/faults', [
      { match: { path, appid: account.appid }, kind: 'busy', remaining: 2 },
    ])
    expect((await sync(accountId)).state).toBe('done')
    await world.control('PATCH', `/accounts/${account.appid}`, { verified: false })
    const refused = await sync(accountId)
    expect(refused).toMatchObject({ state: 'failed', error: { detail: { errcode: 48001 } } })
    expect((await counts(accountId)).following).toBeGreaterThan(0)
  })

  test('one at a time: a second start returns the one under way', async () => {
    const { accountId } = await bind()
    const runId = await startFanSync(ctx, accountId)
    expect(await startFanSync(ctx, accountId)).toBe(runId)
  })
})

describe('E1: one person in several accounts', () => {
  const shared = async (unionids: [string, string]) =>
    query<{ a: string; b: string }>(
      `select a.contact_id as a, b.contact_id as b from fans a join fans b on b.unionid = a.unionid
       where a.account_id = $1 and b.account_id = $2`,
      unionids,
    )

  test('accounts under one open platform share contacts by unionid, synced one after another or at once', async () => {
    const platform = { openPlatform: `op-${Date.now()}` }
    const one = await bind({ fans: 300, seed: 5, ...platform })
    const two = await bind({ fans: 300, seed: 6, ...platform })
    await Promise.all([sync(one.accountId), sync(two.accountId)])
    const pairs = await shared([one.accountId, two.accountId])
    expect(pairs.length).toBeGreaterThan(0)
    expect(pairs.every(({ a, b }) => a === b)).toBe(true)
    const twice = await query(
      'select unionid from contacts where unionid is not null group by 1 having count(*) > 1',
      [],
    )
    expect(twice).toEqual([])
  })

  test('a unionid that is told later merges two contacts: fans move, an alias stays, none is deleted', async () => {
    const one = await bind({ fans: 0 })
    const two = await bind({ fans: 0 })
    const observedAt = new Date()
    const fact = (openid: string, unionid: string | null): FanFact => ({
      openid,
      unionid,
      following: true,
      followedAt: null,
      tagIds: null,
      subscribeScene: null,
      qrScene: null,
      remark: null,
    })
    const learn = (accountId: string, facts: FanFact[]) =>
      learnFans(ctx, ctx.db, { accountId, facts, observedAt })
    await learn(one.accountId, [fact('oOne', 'uShared')])
    await learn(two.accountId, [fact('oTwo', null), fact('oOther', null)])
    const contactOf = async (openid: string) =>
      (await query<{ contact_id: string }>('select contact_id from fans where openid = $1', [openid]))[0]
        ?.contact_id
    const [kept, merged] = [await contactOf('oOne'), await contactOf('oTwo')]
    expect(merged).not.toBe(kept)
    await learn(two.accountId, [fact('oTwo', 'uShared'), fact('oOther', 'uOther')])
    expect(await contactOf('oTwo')).toBe(kept)
    expect(
      await query('select merged_into, cause from contact_aliases where contact_id = $1', [merged]),
    ).toEqual([{ merged_into: kept, cause: 'unionid' }])
    expect(await query('select id, unionid from contacts where id = $1', [merged])).toEqual([
      { id: merged, unionid: null },
    ])
    const other = await contactOf('oOther')
    expect(await query('select unionid from contacts where id = $1', [other])).toEqual([
      { unionid: 'uOther' },
    ])
    await learn(two.accountId, [fact('oTwo', 'uMoved')])
    expect(await contactOf('oTwo')).not.toBe(kept)
    expect(await contactOf('oOne')).toBe(kept)
  })
})

describe('facts that arrive in the wrong order', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 8, 0, second))
  const base = { unionid: null, tagIds: [2], subscribeScene: null, qrScene: null, remark: 'r' }
  const stateOf = async (openid: string) =>
    (
      await query<{
        following: boolean
        followed_at: Date | null
        unfollowed_at: Date | null
        tag_ids: number[]
      }>('select following, followed_at, unfollowed_at, tag_ids from fans where openid = $1', [openid])
    )[0]

  test('what a sync saw before an unfollow does not bring the fan back; a later follow does', async () => {
    const { accountId } = await bind({ fans: 0 })
    const learn = (following: boolean, followedAt: Date | null, observedAt: Date) =>
      learnFans(ctx, ctx.db, {
        accountId,
        facts: [{ ...base, openid: 'oLate', following, followedAt }],
        observedAt,
      })
    await learn(true, at(1), at(2))
    await learn(false, null, at(5))
    expect(await stateOf('oLate')).toMatchObject({
      following: false,
      followed_at: at(1),
      unfollowed_at: at(5),
      tag_ids: [2],
    })
    await learn(true, at(1), at(3))
    expect(await stateOf('oLate')).toMatchObject({ following: false })
    await learn(true, at(6), at(7))
    expect(await stateOf('oLate')).toMatchObject({ following: true, followed_at: at(6) })
    await learn(false, null, at(4))
    expect(await stateOf('oLate')).toMatchObject({
      following: true,
      followed_at: at(6),
      unfollowed_at: at(5),
    })
  })
})

describe('fans whom a callback brought', () => {
  test('WeChat is asked about them; one it does not know does not hold up the others', async () => {
    const { account, accountId } = await bind({ fans: 3 })
    const followers = await followersAt(account)
    for (const openid of [...followers.map((fan) => fan.openid), 'oNobody']) {
      await query(
        `with made as (insert into contacts (created_at) values (now()) returning id)
         insert into fans (account_id, contact_id, openid, following, detail_due_at)
         select $1, id, $2, true, now() from made`,
        [accountId, openid],
      )
    }
    await until(async () => (await learnNewFans(ctx, never)) === 0)
    const rows = await query<{ openid: string; detailed: boolean; detail_due_at: Date | null }>(
      'select openid, detailed, detail_due_at from fans where account_id = $1 order by detailed, openid',
      [accountId],
    )
    expect(rows.map((row) => row.detail_due_at)).toEqual(rows.map(() => null))
    expect(rows.filter((row) => !row.detailed).map((row) => row.openid)).toEqual(['oNobody'])
  })

  test('an account that is refused is asked again later, not at once', async () => {
    const { account, accountId } = await bind({ fans: 1 })
    await world.control('PATCH', `/accounts/${account.appid}`, { verified: false })
    await query(
      `with made as (insert into contacts (created_at) values (now()) returning id)
       insert into fans (account_id, contact_id, openid, following, detail_due_at) select $1, id, 'oWaits', true, now() from made`,
      [accountId],
    )
    expect(await learnNewFans(ctx, never)).toBe(0)
    const [row] = await query<{ waits: boolean }>(
      `select detail_due_at > clock_timestamp() + interval '4 minutes' as waits from fans where openid = 'oWaits'`,
      [],
    )
    expect(row?.waits).toBe(true)
  })
})
