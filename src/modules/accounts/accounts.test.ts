import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestWorld, type SimulatedAccount, type TestWorld } from '../../../tests/support/world.ts'
import { isAesKey } from '../../channels/wechat-api/callback-crypto.ts'
import { type Actor, type Ctx, withActor } from '../../context.ts'
import { forbidden } from '../../kernel/errors.ts'
import { dropPreviousCallback, rotateCallback } from './commands/callback.ts'
import { checkCredential, restoreAccount, resumeChecked, rotateSecret } from './commands/credential.ts'
import { archiveAccount, updateAccount, updateLimits } from './commands/update.ts'
import {
  accountClient,
  bindAccount,
  findByCallbackKey,
  getAccount,
  getCallbackInfo,
  listAccounts,
  pauseAccount,
  touchCallback,
  withEachSecret,
} from './index.ts'
import { getDetail, listSummaries } from './reads.ts'

let world: TestWorld
let ctx: Ctx
let account: SimulatedAccount

beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.account()
})

const bind = (overrides = {}) => bindAccount(ctx, { ...account, ...overrides })
const actionsOf = async (accountId: string) => {
  const rows = await ctx.db
    .selectFrom('audit_entries')
    .select(['action', 'detail'])
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute()
  return rows.map((row) => row.action)
}
const staff = (accounts: string[] | null): Actor => ({
  kind: 'operator',
  id: '1',
  name: '小王',
  role: 'operator',
  accounts,
  locale: 'zh-CN',
})

describe('E1: binding', () => {
  test('a good credential binds; what the account can’t do is said', async () => {
    const id = await bind()
    expect(await getDetail(ctx, id)).toMatchObject({
      appid: account.appid,
      state: 'active',
      credential: { state: 'ok' },
      callback: { mode: 'safe', verifiedAt: null, lastReceivedAt: null },
      missingAbilities: [],
      fansFollowing: 0,
    })
    expect(await actionsOf(id)).toEqual(['account.bound'])
    const plain = await world.account({ kind: 'subscription', verified: false })
    const { missingAbilities } = await getDetail(ctx, await bindAccount(ctx, plain))
    const reasons = new Map(missingAbilities.map((one) => [one.ability, one.reason]))
    expect(reasons.get('broadcast-all')).toBe('not_verified')
    expect(reasons.get('broadcast-list')).toBe('service_accounts_only')
  })

  test.each([
    ['a wrong secret', { secret: 'f'.repeat(32) }, {}, 'credential_wrong'],
    ['a server that is not on the list', {}, { ipList: ['203.0.113.9'] }, 'ip_not_allowed'],
    ['a frozen secret', {}, { settings: { standing: 'secret-frozen' } }, 'secret_frozen'],
    [
      'an account that may not have tokens',
      {},
      { settings: { standing: 'token-forbidden' } },
      'account_restricted',
    ],
  ])('%s is refused with advice, and nothing is stored', async (_what, overrides, patch, reason) => {
    await world.control('PATCH', `/accounts/${account.appid}`, patch)
    const refusal = await bind(overrides).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'invalid',
      reason,
      detail: { advice: { zh: expect.any(String), en: expect.any(String) } },
    })
    if (reason === 'ip_not_allowed')
      expect(refusal).toMatchObject({ detail: { ip: expect.stringMatching(/^127/) } })
    const stored = ctx.db.selectFrom('accounts').select('id').where('appid', '=', account.appid)
    expect(await stored.execute()).toEqual([])
  })

  test('an app id nobody knows at WeChat is the credential’s fault', async () => {
    await expect(bind({ appid: 'wx0000000000000000' })).rejects.toMatchObject({ reason: 'credential_wrong' })
  })

  test('WeChat out of reach is not the credential’s fault', async () => {
    await world.control('PUT', '/faults', [{ match: { path: '/cgi-bin/stable_token' }, kind: 'http-500' }])
    try {
      await expect(bind()).rejects.toMatchObject({ code: 'unavailable', reason: 'platform_unreachable' })
    } finally {
      await world.control('DELETE', '/faults')
    }
  })

  test('an app id is bound once, also when two try at the same time', async () => {
    const tries = await Promise.allSettled([bind(), bind(), bind()])
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    for (const one of tries)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'appid_taken' })
  })
})

describe('scope', () => {
  test('accounts that are not the operator’s are neither listed nor found', async () => {
    const mine = await bind()
    const foreign = await bindAccount(ctx, await world.account())
    const scoped = withActor(ctx, staff([mine]))
    expect((await listAccounts(scoped)).map((one) => one.id)).toEqual([mine])
    expect((await listSummaries(scoped, { archived: true })).map((one) => one.id)).toEqual([mine])
    await expect(getAccount(scoped, foreign)).rejects.toMatchObject({ code: 'not_found' })
    await expect(accountClient(scoped, foreign)).rejects.toMatchObject({ code: 'not_found' })
    await expect(updateAccount(scoped, foreign, { name: 'mine now' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(getCallbackInfo(scoped, foreign)).rejects.toMatchObject({ code: 'not_found' })
    expect(await listAccounts(withActor(ctx, staff([])))).toEqual([])
    expect((await listAccounts(withActor(ctx, staff(null)))).length).toBeGreaterThanOrEqual(2)
  })
})

describe('credentials', () => {
  test('a new secret is taken only after WeChat accepted it, and ends the pause a wrong one began', async () => {
    const id = await bind()
    const next = 'a1'.repeat(16)
    await expect(rotateSecret(ctx, id, next)).rejects.toMatchObject({ reason: 'credential_wrong' })
    expect((await getAccount(ctx, id)).state).toBe('active')
    await world.control('PATCH', `/accounts/${account.appid}`, { secret: next })
    await expect(checkCredential(ctx, id)).rejects.toMatchObject({ reason: 'credential_wrong' })
    expect(await getDetail(ctx, id)).toMatchObject({ state: 'paused', credential: { state: 'broken' } })
    await rotateSecret(ctx, id, next)
    expect(await getDetail(ctx, id)).toMatchObject({ state: 'active', credential: { state: 'ok' } })
    expect(await actionsOf(id)).toEqual([
      'account.bound',
      'account.paused',
      'account.resumed',
      'account.secret_rotated',
    ])
  })

  test('once the address is allowed, a check resumes the account', async () => {
    const id = await bind()
    await world.control('PATCH', `/accounts/${account.appid}`, { ipList: ['203.0.113.9'] })
    await expect(checkCredential(ctx, id)).rejects.toMatchObject({ reason: 'ip_not_allowed' })
    await world.control('PATCH', `/accounts/${account.appid}`, { ipList: [] })
    await checkCredential(ctx, id)
    expect(await getAccount(ctx, id)).toMatchObject({ state: 'active', pauseReason: null, pauseDetail: null })
  })

  test('an operator’s pause outlives a good check and ends by their hand; the first reason stays', async () => {
    const id = await bind()
    const advice = { zh: '已暂停', en: 'paused' }
    expect(await pauseAccount(ctx, ctx.db, id, 'by_operator', { advice, note: '核对内容' })).toBe(true)
    expect(await pauseAccount(ctx, ctx.db, id, 'platform_refused', { advice })).toBe(false)
    await checkCredential(ctx, id)
    expect(await getAccount(ctx, id)).toMatchObject({ state: 'paused', pauseReason: 'by_operator' })
    await resumeChecked(ctx, id)
    expect((await getAccount(ctx, id)).state).toBe('active')
  })
})

describe('changes', () => {
  test('limits are kept as differences and follow the type', async () => {
    const id = await bind()
    await updateLimits(ctx, id, { massSendsPerMonth: 600, massPerFanPerMonth: 4 })
    expect((await getAccount(ctx, id)).limits).toMatchObject({
      massSendsPerMonth: 600,
      massSendsPerDay: null,
    })
    const stored = await ctx.db
      .selectFrom('accounts')
      .select('limits')
      .where('id', '=', id)
      .executeTakeFirst()
    expect(stored?.limits).toEqual({ massSendsPerMonth: 600 })
    await updateAccount(ctx, id, { kind: 'subscription' })
    expect((await getAccount(ctx, id)).limits).toMatchObject({ massSendsPerMonth: 600, massSendsPerDay: 1 })
    await updateLimits(ctx, id, {})
    expect((await getDetail(ctx, id)).limits).toEqual((await getDetail(ctx, id)).defaultLimits)
  })

  test('an archived account is in no list, has no client and no callback; it comes back after a check', async () => {
    const id = await bind()
    const { url } = await getCallbackInfo(ctx, id)
    const key = url.split('/').at(-1) ?? ''
    expect(await findByCallbackKey(ctx, key)).toBeDefined()
    await archiveAccount(ctx, id)
    await expect(archiveAccount(ctx, id)).rejects.toMatchObject({ reason: 'account_archived' })
    expect((await listAccounts(ctx)).map((one) => one.id)).not.toContain(id)
    expect((await listSummaries(ctx, { archived: true })).map((one) => one.id)).toContain(id)
    await expect(accountClient(ctx, id)).rejects.toMatchObject({ reason: 'account_archived' })
    expect(await findByCallbackKey(ctx, key)).toBeUndefined()
    await restoreAccount(ctx, id)
    expect(await findByCallbackKey(ctx, key)).toBeDefined()
  })
})

describe('callbacks', () => {
  test('the URL to paste is ours, token and key have the form WeChat takes', async () => {
    const info = await getCallbackInfo(ctx, await bind())
    expect(info.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callbacks\/official-account\/[0-9A-Za-z]{24}$/)
    expect(info.token).toMatch(/^[0-9A-Za-z]{3,32}$/)
    expect(isAesKey(info.aesKey)).toBe(true)
    expect(Buffer.from(`${info.aesKey}=`, 'base64').toString('base64')).toBe(`${info.aesKey}=`)
  })

  test('rotation: current and previous are both accepted in every process until the previous is dropped', async () => {
    const id = await bind()
    const other = await world.another()
    const before = await getCallbackInfo(ctx, id)
    const key = before.url.split('/').at(-1) ?? ''
    expect((await findByCallbackKey(other, key))?.secrets).toHaveLength(1)
    await rotateCallback(ctx, id, { token: true, aesKey: true })
    const after = await getCallbackInfo(ctx, id)
    expect(after).toMatchObject({ url: before.url, previousTokenKept: true, previousAesKeyKept: true })
    const found = await findByCallbackKey(ctx, key)
    expect(found?.secrets.map((one) => one.token)).toEqual([after.token, before.token])
    expect(found?.secrets[0]?.keys).toEqual([after.aesKey, before.aesKey])
    await expect
      .poll(async () => (await findByCallbackKey(other, key))?.secrets.length, { timeout: 4_000 })
      .toBe(2)
    await dropPreviousCallback(ctx, id)
    expect((await findByCallbackKey(ctx, key))?.secrets).toHaveLength(1)
    expect(await getCallbackInfo(ctx, id)).toMatchObject({ token: after.token, previousTokenKept: false })
  })

  test('verification goes on to the previous token only after a wrong signature', () => {
    const secret = (token: string) => ({ appId: 'wx1', token, mode: 'safe' as const, keys: [] })
    const both = { secrets: [secret('new'), secret('old')] }
    const verify = (accepted: string) =>
      withEachSecret(both, ({ token }) => {
        if (token !== accepted) throw forbidden('callback_signature_invalid', token)
        return token
      })
    expect(verify('old')).toBe('old')
    expect(() => verify('neither')).toThrow('new')
    let tried = 0
    const foreign = () =>
      withEachSecret(both, () => {
        tried += 1
        throw forbidden('callback_foreign_app', 'another app')
      })
    expect(foreign).toThrow('another app')
    expect(tried).toBe(1)
  })

  test('an echo verifies; pushes are remembered to the minute', async () => {
    const id = await bind()
    await touchCallback(ctx, id, { echo: true })
    const verified = await getCallbackInfo(ctx, id)
    expect([verified.verifiedAt, verified.lastReceivedAt]).toEqual([expect.any(String), null])
    await touchCallback(ctx, id, { echo: false })
    const first = await getCallbackInfo(ctx, id)
    expect(first.lastReceivedAt).not.toBeNull()
    await touchCallback(ctx, id, { echo: false })
    expect((await getCallbackInfo(ctx, id)).lastReceivedAt).toBe(first.lastReceivedAt)
  })

  test('an unknown key belongs to nobody', async () => {
    expect(await findByCallbackKey(ctx, 'nobody')).toBeUndefined()
  })
})
