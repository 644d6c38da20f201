import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestWorld, type SimulatedAccount, type TestWorld } from '../../../tests/support/world.ts'
import { listFollowers } from '../../channels/official-account/users.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { accountClient, bindAccount, getAccount } from './index.ts'
import { tokenSource } from './token.ts'

let world: TestWorld
let account: SimulatedAccount
let accountId: string
let other: Ctx
let issued: boolean[] = []

beforeAll(async () => {
  world = await createTestWorld()
  other = counted(await world.another())
  world.ctx.channels = counted(world.ctx).channels
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.account()
  accountId = await bindAccount(world.ctx, account)
  issued = []
})

const countFollowers = async (client: OfficialAccountClient) => (await listFollowers(client)).total

/** The real channels; what is asked of the issuing call is written down on its way (true: forced). */
function counted<C extends Ctx>(ctx: C): C {
  const { fetchStableToken } = ctx.channels
  const channels = {
    ...ctx.channels,
    fetchStableToken: (request: Parameters<typeof fetchStableToken>[0]) => {
      issued.push(request.forceRefresh ?? false)
      return fetchStableToken(request)
    },
  }
  return { ...ctx, channels }
}

const expireIn = (seconds: number) =>
  world.ctx.db
    .updateTable('account_tokens')
    .set({ expires_at: new Date(world.ctx.clock.now().getTime() + seconds * 1000) })
    .where('account_id', '=', accountId)
    .execute()

const forget = () =>
  world.ctx.db
    .updateTable('account_tokens')
    .set({ token_encrypted: null, expires_at: null })
    .where('account_id', '=', accountId)
    .execute()

test('binding keeps the token it was checked with', async () => {
  await tokenSource(world.ctx, accountId).get()
  expect(issued).toEqual([])
})

test('20 callers in two processes without a token make one issuing call and all get its token', async () => {
  await forget()
  const sources = [tokenSource(world.ctx, accountId), tokenSource(other, accountId)]
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => sources[i % 2]!.get()))
  expect(new Set(tokens).size).toBe(1)
  expect(issued).toEqual([false])
})

test('a token is renewed within its last five minutes and not before', async () => {
  await expireIn(301)
  await tokenSource(world.ctx, accountId).get()
  expect(issued).toEqual([])
  await expireIn(299)
  await tokenSource(world.ctx, accountId).get()
  expect(issued).toEqual([false])
})

test('a token in its last minutes still serves while WeChat is busy; an expired one does not', async () => {
  await expireIn(60)
  await world.control('PUT', '/faults', [{ match: { path: '/cgi-bin/stable_token' }, kind: 'busy' }])
  try {
    await expect(tokenSource(world.ctx, accountId).get()).resolves.toEqual(expect.any(String))
    await expireIn(-1)
    await expect(tokenSource(world.ctx, accountId).get()).rejects.toMatchObject({ kind: 'busy' })
  } finally {
    await world.control('DELETE', '/faults')
  }
  expect((await getAccount(world.ctx, accountId)).state).toBe('active')
})

test('a token revoked in mid-work is replaced once for all who met it, by force as WeChat still hands it out', async () => {
  const bad = await tokenSource(world.ctx, accountId).get()
  const fresh = await Promise.all(
    Array.from({ length: 10 }, (_, i) => tokenSource(i % 2 ? world.ctx : other, accountId).refresh(bad)),
  )
  expect(new Set(fresh).size).toBe(1)
  expect(fresh[0]).not.toBe(bad)
  expect(issued).toEqual([false, true])
  expect(await tokenSource(other, accountId).refresh(bad)).toBe(fresh[0])
  expect(issued).toHaveLength(2)
})

test('a call whose token expired at WeChat goes through with a new one', async () => {
  await world.control('PUT', '/faults', [
    { match: { path: '/cgi-bin/user/get', appid: account.appid }, kind: 'token-revoked', remaining: 1 },
  ])
  expect(await countFollowers(await accountClient(world.ctx, accountId))).toBe(20)
  expect(issued.length).toBeGreaterThan(0)
})

test('a wrong secret pauses the account with advice and is not asked again', async () => {
  await forget()
  await world.control('PATCH', `/accounts/${account.appid}`, { secret: 'f'.repeat(32) })
  const client = await accountClient(world.ctx, accountId)
  for (let i = 0; i < 3; i += 1) {
    await expect(countFollowers(client)).rejects.toMatchObject({ kind: 'account' })
  }
  expect(issued).toEqual([false])
  const paused = await getAccount(other, accountId)
  expect(paused).toMatchObject({ state: 'paused', pauseReason: 'credential_wrong' })
  expect(paused.pauseDetail?.advice.zh).toContain('AppSecret')
})

test('an address that is not allowed pauses the account and tells which one to allow', async () => {
  await forget()
  await world.control('PATCH', `/accounts/${account.appid}`, { ipList: ['203.0.113.9'] })
  await expect(tokenSource(world.ctx, accountId).get()).rejects.toMatchObject({ errcode: 40164 })
  const paused = await getAccount(world.ctx, accountId)
  expect(paused).toMatchObject({ state: 'paused', pauseReason: 'ip_not_allowed' })
  expect(paused.pauseDetail?.ip).toMatch(/127\.0\.0\.1/)
})

test('no token and no secret lies in the database in the clear', async () => {
  const token = await tokenSource(world.ctx, accountId).get()
  const row = await world.ctx.db
    .selectFrom('accounts')
    .innerJoin('account_tokens', 'account_id', 'id')
    .selectAll()
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  const stored = Object.values(row).map((value) =>
    Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value),
  )
  for (const secret of [token, account.secret]) expect(stored.join('\n')).not.toContain(secret)
})
