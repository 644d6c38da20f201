import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { possess } from '../../../tests/security/possessions.ts'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { systemActor, withActor } from '../../context.ts'
import { createApp } from '../../server/index.ts'
import { createOperator, resetPassword, setUp, updateOperator } from './commands.ts'

const PASSWORD = 'correct horse battery'

let world: BareWorld
let api: TestApi
let admin: Caller
let count = 0

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

type Member = { id: string; email: string }
async function member(role: 'administrator' | 'operator' | 'analyst' = 'operator'): Promise<Member> {
  count += 1
  const email = `member${count}@example.com`
  const { id } = await createOperator(world.ctx, { email, password: PASSWORD, name: '小李', role })
  return { id, email }
}
const headers = { 'x-weida-request': '1' }
async function session({ email }: Member, password = PASSWORD): Promise<string> {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/session',
    headers,
    payload: { email, password },
  })
  expect(answer.statusCode, answer.payload).toBe(200)
  return answer.cookies[0]?.value ?? ''
}
const as = (weida_session: string) => ({
  get: (url: string) => api.app.inject({ url, cookies: { weida_session } }),
  patch: (url: string, payload: object) =>
    api.app.inject({ method: 'PATCH', url, payload, headers, cookies: { weida_session } }),
})
const bearer = (key: string, url = '/api/me') =>
  api.app.inject({ url, headers: { authorization: `Bearer ${key}` } })
const lives = async (token: string) => (await as(token).get('/api/me')).statusCode === 200

describe('F5: what ends sessions', () => {
  test('switching a member off ends theirs and their keys at once; nobody else’s', async () => {
    const [one, other] = [await member(), await member()]
    const [mine, theirs] = [await session(one), await session(other)]
    const { key } = (
      await api.app.inject({
        method: 'POST',
        url: '/api/me/api-keys',
        headers,
        cookies: { weida_session: mine },
        payload: { name: 'k' },
      })
    ).json()
    expect((await bearer(key)).statusCode).toBe(200)
    expect((await admin('PATCH', `/api/operators/${one.id}`, { disabled: true })).status).toBe(200)
    expect([await lives(mine), await lives(theirs), (await bearer(key)).statusCode]).toEqual([
      false,
      true,
      401,
    ])
    await admin('PATCH', `/api/operators/${one.id}`, { disabled: false })
    expect(await lives(mine)).toBe(false)
  })

  test('a new own password ends all other sessions of one’s own and keeps this one', async () => {
    const one = await member()
    const other = await member()
    const [here, elsewhere, theirs] = [await session(one), await session(one), await session(other)]
    const changed = await as(here).patch('/api/me', {
      currentPassword: PASSWORD,
      newPassword: 'a new password',
    })
    expect(changed.statusCode).toBe(200)
    expect([await lives(here), await lives(elsewhere), await lives(theirs)]).toEqual([true, false, true])
    await session(one, 'a new password')
  })

  test('a wrong current password changes nothing, and is tried eight times at most', async () => {
    const one = await member()
    const here = await session(one)
    const elsewhere = await session(one)
    const attempt = (currentPassword?: string) =>
      as(here).patch('/api/me', {
        ...(currentPassword && { currentPassword }),
        newPassword: 'a new password',
      })
    expect((await attempt()).json().error.reason).toBe('wrong_password')
    for (let at = 0; at < 7; at += 1)
      expect((await attempt('guess')).json().error.reason).toBe('wrong_password')
    expect((await attempt(PASSWORD)).statusCode).toBe(429)
    expect(await lives(elsewhere)).toBe(true)
    await session(one, PASSWORD)
  })

  test('a password set by an administrator or the command line ends all, and lifts the throttle', async () => {
    const one = await member()
    const before = await session(one)
    for (let at = 0; at < 8; at += 1)
      await api.app.inject({
        method: 'POST',
        url: '/api/session',
        headers,
        remoteAddress: `192.0.2.${at}`,
        payload: { email: one.email, password: 'forgot' },
      })
    expect((await admin('PATCH', `/api/operators/${one.id}`, { password: 'set by the admin' })).status).toBe(
      200,
    )
    expect(await lives(before)).toBe(false)
    const after = await session(one, 'set by the admin')
    await resetPassword(withActor(world.ctx, systemActor('command line')), {
      email: one.email.toUpperCase(),
      password: 'set by the shell',
    })
    expect(await lives(after)).toBe(false)
    await session(one, 'set by the shell')
    const { rows } = await world.ctx.pool.query(
      `select detail::text as detail from audit_entries where action = 'operator.updated' and subject_id = $1`,
      [one.id],
    )
    expect(rows).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toMatch(/set by/)
  })

  test('a role taken away holds from the next call on, without a new sign-in', async () => {
    const one = await member('administrator')
    const here = await session(one)
    expect((await as(here).get('/api/operators')).statusCode).toBe(200)
    await admin('PATCH', `/api/operators/${one.id}`, { role: 'analyst' })
    expect((await as(here).get('/api/operators')).statusCode).toBe(403)
  })
})

describe('F5: API keys', () => {
  const make = async (token: string, name = 'a key') =>
    (
      await api.app.inject({
        method: 'POST',
        url: '/api/me/api-keys',
        headers,
        cookies: { weida_session: token },
        payload: { name },
      })
    ).json() as { id: string; key: string; prefix: string }

  test('a key acts as its maker, with their role and accounts, and is named in the audit log', async () => {
    const mine = await possess(world.ctx)
    const theirs = await possess(world.ctx)
    const one = await member('operator')
    await admin('PATCH', `/api/operators/${one.id}`, { accountIds: [mine.accountId] })
    const { key } = await make(await session(one))
    expect((await bearer(key)).json()).toMatchObject({ id: one.id, role: 'operator' })
    expect((await bearer(key, `/api/accounts/${mine.accountId}/fans`)).statusCode).toBe(200)
    expect((await bearer(key, `/api/accounts/${theirs.accountId}/fans`)).statusCode).toBe(403)
    expect((await bearer(key, '/api/operators')).statusCode).toBe(403)
    await admin('PATCH', `/api/operators/${one.id}`, { accountIds: [] })
    expect((await bearer(key, `/api/accounts/${mine.accountId}/fans`)).statusCode).toBe(403)
    await api.app.inject({
      method: 'PATCH',
      url: '/api/me',
      headers: { authorization: `Bearer ${key}` },
      payload: { name: '小李 (key)' },
    })
    const { rows } = await world.ctx.pool.query(
      `select actor_kind, actor_id from audit_entries where action = 'operator.updated' and subject_id = $1
       order by id desc limit 1`,
      [one.id],
    )
    expect(rows).toEqual([{ actor_kind: 'api-key', actor_id: one.id }])
  })

  test('the key is shown once; the database has its hash, the list its beginning and its last use', async () => {
    const token = await session(await member())
    const { key, id, prefix } = await make(token)
    expect(key).toMatch(/^wk_[\w-]{40}$/)
    const list = async () => (await as(token).get('/api/me/api-keys')).json().items
    expect(await list()).toEqual([
      { id, name: 'a key', prefix, createdAt: expect.any(String), lastUsedAt: null },
    ])
    await bearer(key)
    expect((await list())[0].lastUsedAt).not.toBeNull()
    const { rows } = await world.ctx.pool.query('select k::text as row from api_keys k where id = $1', [id])
    expect(rows[0].row).not.toContain(key.slice(8))
  })

  test('one that is revoked opens nothing; another’s can’t be revoked or seen', async () => {
    const [one, other] = [await session(await member()), await session(await member())]
    const { key, id } = await make(one)
    const revoke = (token: string) =>
      api.app.inject({
        method: 'DELETE',
        url: `/api/me/api-keys/${id}`,
        headers,
        cookies: { weida_session: token },
      })
    expect((await revoke(other)).statusCode).toBe(404)
    expect((await as(other).get('/api/me/api-keys')).json().items).toEqual([])
    expect((await bearer(key)).statusCode).toBe(200)
    expect((await revoke(one)).statusCode).toBe(200)
    expect((await bearer(key)).statusCode).toBe(401)
    expect((await revoke(one)).statusCode).toBe(404)
  })

  test.each(['wk_', 'wk_wrong', 'x', 'Bearer', `wk_${'a'.repeat(40)}`])('%s opens nothing', async (key) => {
    expect((await bearer(key)).statusCode).toBe(401)
  })

  test('a wrong key is not saved by a good cookie', async () => {
    const answer = await api.app.inject({
      url: '/api/me',
      headers: { authorization: 'Bearer wk_wrong' },
      cookies: { weida_session: await session(await member()) },
    })
    expect(answer.statusCode).toBe(401)
  })
})

describe('F5: the last administrator', () => {
  test('can neither be demoted nor switched off, also not two at the same instant', async () => {
    const bare = await createBareWorld('sandbox')
    const second = await bare.another()
    try {
      const make = (name: string) =>
        createOperator(bare.ctx, {
          email: `${name}@example.com`,
          password: PASSWORD,
          name,
          role: 'administrator',
        })
      for (let round = 0; round < 4; round += 1) {
        const [one, two] = [await make(`a${round}`), await make(`b${round}`)]
        // as two people on two machines: each takes the other away
        const ends = await Promise.allSettled([
          updateOperator(bare.ctx, one.id, round % 2 ? { disabled: true } : { role: 'operator' }),
          updateOperator(second, two.id, { role: 'analyst' }),
        ])
        const refused = ends.filter((end) => end.status === 'rejected')
        expect(refused).toHaveLength(1)
        expect(refused[0]?.reason).toMatchObject({ reason: 'last_administrator' })
        const { rows } = await bare.ctx.pool.query(
          `select id from operators where role = 'administrator' and disabled_at is null`,
        )
        expect(rows).toHaveLength(1)
        await expect(updateOperator(bare.ctx, rows[0].id, { disabled: true })).rejects.toMatchObject({
          reason: 'last_administrator',
        })
        // the next round begins with none
        await bare.ctx.pool.query(`update operators set role = 'analyst'`)
      }
    } finally {
      await bare.close()
    }
  })

  test('anything else about them can change', async () => {
    const bare = await createBareWorld('sandbox')
    try {
      const { id } = await setUp(bare.ctx, { email: 'a@example.com', name: 'a', password: PASSWORD })
      await updateOperator(bare.ctx, id, { name: 'b', password: 'another one now' })
      await updateOperator(bare.ctx, id, { role: 'administrator', disabled: false })
    } finally {
      await bare.close()
    }
  })
})

describe('F5: the first administrator', () => {
  const post = (app: Awaited<ReturnType<typeof createApp>>, name: string) =>
    app.inject({
      method: 'POST',
      url: '/api/setup',
      headers,
      payload: { email: `${name}@example.com`, name, password: PASSWORD },
    })

  test('in a sandbox: whoever comes first, one only, also when several come at once', async () => {
    const bare = await createBareWorld('sandbox')
    const apps = [await createApp(bare.ctx), await createApp(await bare.another())] as const
    try {
      const state = async () => (await apps[0].inject('/api/setup')).json()
      expect(await state()).toEqual({ needed: true, byCommandLine: false, mode: 'sandbox' })
      const answers = await Promise.all(
        [0, 1, 0, 1].map((at, number) => post(apps[at as 0 | 1], `racer${number}`)),
      )
      expect(answers.map((one) => one.statusCode).toSorted()).toEqual([200, 409, 409, 409])
      const first = answers.find((one) => one.statusCode === 200)
      const me = await apps[1].inject({
        url: '/api/me',
        cookies: { weida_session: first?.cookies[0]?.value ?? '' },
      })
      expect(me.json()).toMatchObject({ role: 'administrator' })
      const { rows } = await bare.ctx.pool.query('select role from operators')
      expect(rows).toEqual([{ role: 'administrator' }])
      expect(await state()).toMatchObject({ needed: false })
      expect((await post(apps[0], 'late')).json().error.reason).toBe('already_set_up')
    } finally {
      for (const app of apps) await app.close()
      await bare.close()
    }
  })

  test('in production: by the command line only, so that no stranger is first', async () => {
    const bare = await createBareWorld('production')
    const app = await createApp(bare.ctx)
    try {
      const state = async () => (await app.inject('/api/setup')).json()
      expect(await state()).toEqual({ needed: true, byCommandLine: true, mode: 'production' })
      const answer = await post(app, 'stranger')
      expect(answer.statusCode).toBe(403)
      expect(answer.json().error.reason).toBe('set_up_by_command_line')
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect((await bare.ctx.pool.query('select 1 from operators')).rows).toEqual([])
      await createOperator(withActor(bare.ctx, systemActor('command line')), {
        email: 'owner@example.com',
        password: PASSWORD,
        name: 'owner',
        role: 'administrator',
        allAccounts: true,
      })
      expect(await state()).toMatchObject({ needed: false })
    } finally {
      await app.close()
      await bare.close()
    }
  })
})

test('an e-mail belongs to one member, whatever its case', async () => {
  const one = await member()
  const again = await admin<{ error: { reason: string } }>('POST', '/api/operators', {
    email: one.email.toUpperCase(),
    password: PASSWORD,
    name: 'x',
    role: 'analyst',
  })
  expect(again).toMatchObject({ status: 409, body: { error: { reason: 'email_taken' } } })
})
