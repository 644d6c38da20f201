import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../tests/security/world.ts'
import { createTestApi, type TestApi } from '../../tests/support/api.ts'
import { until } from '../../tests/support/index.ts'
import { run } from '../../tests/support/postgres.ts'
import type { Role } from '../context.ts'
import { createApp, startServer } from './index.ts'

let world: BareWorld
let api: TestApi

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const metrics = (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  api.app.inject({ url: '/metrics', headers, remoteAddress })
const keyOf = async (role: Role) =>
  (await (await api.signIn(role))<{ key: string }>('POST', '/api/me/api-keys', { name: 'm' })).body.key

test('/metrics answers this machine, and tells counts, never who', async () => {
  const caller = await api.signIn('administrator')
  await caller('GET', '/api/accounts/424242/fans/77?q=oSecretFan')
  for (const from of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    expect((await metrics({}, from)).statusCode).toBe(200)
  const { payload } = await metrics()
  expect(payload).toContain('weida_http_request_seconds_bucket')
  expect(payload).toContain('route="/api/accounts/:accountId/fans/:fanId"')
  expect(payload).not.toMatch(/424242|oSecretFan|example\.com/)
})

test.each([
  ['from elsewhere', {}, '192.0.2.7'],
  ['through a proxy on this machine', { 'x-forwarded-for': '192.0.2.7' }, '127.0.0.1'],
  ['through one that says it another way', { forwarded: 'for=192.0.2.7' }, '127.0.0.1'],
  ['through one that says only what it is', { via: '1.1 nginx' }, '127.0.0.1'],
  ['through one with its own header', { 'x-real-ip': '192.0.2.7' }, '127.0.0.1'],
  ['with a wrong key', { authorization: 'Bearer wk_wrong' }, '192.0.2.7'],
])('/metrics refuses a call %s', async (_what, headers, from) => {
  const answer = await metrics(headers as Record<string, string>, from)
  expect(answer.statusCode).toBe(403)
  expect(answer.payload).not.toContain('weida_')
})

test.each([
  ['administrator', 200],
  ['analyst', 200],
  ['operator', 403],
  ['approver', 403],
] as const)('/metrics with the key of an %s from elsewhere: %i', async (role, status) => {
  const answer = await metrics({ authorization: `Bearer ${await keyOf(role)}` }, '192.0.2.7')
  expect(answer.statusCode).toBe(status)
})

test('/healthz says that the process lives; /readyz that it can work, and not when the database is gone', async () => {
  const gone = await createBareWorld('sandbox')
  const app = await createApp(gone.ctx)
  expect((await app.inject('/readyz')).json()).toEqual({ ok: true })
  const name = new URL(gone.databaseUrl).pathname.slice(1)
  const admin = gone.databaseUrl.replace(`/${name}`, '/postgres')
  await run(admin, `drop database ${name} with (force)`)
  const answer = await app.inject('/readyz')
  expect(answer.statusCode).toBe(503)
  expect(answer.json()).toEqual({ ok: false, reason: 'database_unreachable' })
  expect((await app.inject('/healthz')).statusCode).toBe(200)
  const call = await app.inject('/api/setup')
  expect(call.statusCode).toBe(500)
  expect(call.payload).not.toContain(name)
  await app.close()
  await gone.close()
})

test('a server that is closed answers what it began, waits for no idle connection, and takes nothing new', async () => {
  const server = await startServer(world.ctx)
  const answer = await fetch(`${server.url}/healthz`)
  expect(await answer.json()).toEqual({ ok: true })
  const slow = fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'x-weida-request': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'nobody@example.com', password: 'x' }),
  })
  // its try is counted before the password is looked at, which takes a while
  await until(
    async () =>
      (await world.ctx.pool.query('select 1 from sign_in_failures where failures > 0')).rows.length > 0,
    {
      everyMs: 1,
    },
  )
  const asked = performance.now()
  await server.close()
  expect(performance.now() - asked).toBeLessThan(3_000)
  expect((await slow).status).toBe(401)
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
})
