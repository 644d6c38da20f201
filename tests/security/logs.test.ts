import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { createApp } from '../../src/server/index.ts'
import { startWorker } from '../../src/worker/index.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { until } from '../support/index.ts'
import { eventPush, readPushSecrets, sealedPush, sendPush, textMessage } from '../support/pushes.ts'
import { createTestWorld, type SimulatedAccount, type TestWorld } from '../support/world.ts'
import { createMemoryLog } from './world.ts'

let world: TestWorld
let ctx: Ctx
let api: TestApi
let admin: Caller
const memory = createMemoryLog('debug')

beforeAll(async () => {
  world = await createTestWorld()
  // as chatty as it gets
  ctx = { ...world.ctx, log: memory.log, config: { ...world.ctx.config, logLevel: 'debug' } }
  api = await createTestApi(ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

/** Everything that must not be found in a log, however it got there. */
const secrets = new Map<string, string>()

test('logs at their chattiest hold no openid, token, secret, password, key or message', async () => {
  const password = 'correct horse battery'
  secrets.set('password', password)
  secrets.set('e-mail', 'reader@example.com')

  // signing in, well and badly
  await admin('POST', '/api/operators', {
    email: 'reader@example.com',
    password,
    name: 'x',
    role: 'analyst',
  })
  const headers = { 'x-weida-request': '1' }
  const signIn = (payload: object) =>
    api.app.inject({ method: 'POST', url: '/api/session', headers, payload })
  const session = await signIn({ email: 'reader@example.com', password })
  secrets.set('session', session.cookies[0]?.value ?? 'missing')
  await signIn({ email: 'reader@example.com', password: `${password}!` })
  const { body: key } = await admin<{ key: string }>('POST', '/api/me/api-keys', { name: 'k' })
  secrets.set('API key', key.key)
  await api.app.inject({ url: '/api/me', headers: { authorization: `Bearer ${key.key}` } })

  // binding, well and badly
  const account: SimulatedAccount = await world.account({ fans: 8 })
  secrets.set('app secret', account.secret)
  const wrongSecret = `${account.secret.startsWith('0') ? 1 : 0}${account.secret.slice(1)}`
  const wrong = await admin('POST', '/api/accounts', { ...account, secret: wrongSecret })
  expect(wrong.status).toBe(400)
  secrets.set('wrong app secret', wrongSecret)
  const accountId = await bindAccount(ctx, account)
  const push = await readPushSecrets(ctx, { id: accountId, appid: account.appid })
  secrets.set('callback key', push.path.split('/').at(-1) ?? 'missing')
  secrets.set('callback token', push.secrets.token)
  secrets.set('callback AES key', push.secrets.aesKey)

  // a sync, by the worker
  const worker = await startWorker(ctx)
  try {
    const { body: sync } = await admin<{ runId: string }>('POST', `/api/accounts/${accountId}/fans/sync`, {})
    await until(async () => {
      const { body } = await admin<{ state: string }>('GET', `/api/accounts/${accountId}/runs/${sync.runId}`)
      return body.state === 'done'
    })
    const { rows: fans } = await world.ctx.pool.query<{ openid: string; unionid: string | null }>(
      'select openid, unionid from fans where account_id = $1',
      [accountId],
    )
    for (const [at, fan] of fans.entries()) secrets.set(`openid ${at}`, fan.openid)
    const openid = fans[0]?.openid ?? 'missing'

    // callbacks: a message, an event, a forgery, nonsense
    secrets.set('message', '你好😀')
    const at = Math.floor(Date.now() / 1000)
    await sendPush(
      api.app,
      sealedPush(push.path, push.secrets, textMessage('900719925474099312', { from: openid, at })),
    )
    await sendPush(api.app, sealedPush(push.path, push.secrets, eventPush('subscribe', { from: openid, at })))
    const forged = sealedPush(
      push.path,
      { ...push.secrets, token: 'someoneelse' },
      textMessage('1', { from: openid }),
    )
    expect((await sendPush(api.app, forged)).status).toBe(403)
    const query = new URL(forged.url, 'http://x').searchParams
    secrets.set('signature', query.get('msg_signature') ?? 'missing')
    await sendPush(api.app, { url: push.path, body: `<xml>${openid}` })

    // calls with people in them: searches, uploads, refusals, a platform out of order
    await admin('GET', `/api/accounts/${accountId}/fans?q=${openid}`)
    await admin('GET', `/api/accounts/${accountId}/fans/${openid}`)
    await admin('POST', `/api/accounts/${accountId}/fan-lists`, { name: 'x', openids: [openid] })
    const form = new FormData()
    form.set('file', new Blob([`${openid}\n`]), 'people.csv')
    await admin('POST', `/api/accounts/${accountId}/fan-lists/upload`, form)
    await world.control('PUT', '/faults', [{ kind: 'http-500' }])
    await admin('POST', `/api/accounts/${accountId}/tags/sync`, {})
    await admin('POST', `/api/accounts/${accountId}/credential-checks`, {})
    await world.control('PUT', '/faults', [{ kind: 'token-expired', remaining: 3 }])
    await admin('POST', `/api/accounts/${accountId}/tags/sync`, {})
    await world.control('DELETE', '/faults')
    // what is not ours to foresee
    await admin('GET', `/api/accounts/${accountId}/fans/99999999999999999999`)
    const broken = await createApp({
      ...ctx,
      files: {
        ...ctx.files,
        open: () => {
          throw Object.assign(new Error('no disk'), {
            reply: { openid },
            path: push.path,
            token: push.secrets.token,
          })
        },
      },
      db: ctx.db,
    })
    await broken.inject({ url: push.path })
    await broken.close()
    // a statement that fails with a row in its detail
    await world.ctx.pool
      .query(
        'insert into fans (account_id, contact_id, following, openid) select account_id, contact_id, true, openid from fans limit 1',
      )
      .catch((error: Error) => ctx.log.error({ err: error }, 'a statement failed'))
    const { rows: tokens } = await world.ctx.pool
      .query<{ token: string }>('select token from simulator.access_token order by 1')
      .catch(() => ({ rows: [] as { token: string }[] }))
    for (const [n, { token }] of tokens.entries()) secrets.set(`access token ${n}`, token)
  } finally {
    await worker.close()
  }

  const all = memory.lines.join('')
  expect(memory.lines.length).toBeGreaterThan(20)
  expect(all).toContain('a statement failed')
  expect(all).toContain('"route":"/callbacks/official-account/:key"')
  expect([...secrets.keys()].length).toBeGreaterThan(15)
  for (const [what, secret] of secrets) {
    expect(secret.length, what).toBeGreaterThan(3)
    expect(
      memory.lines.filter((line) => line.includes(secret) || line.includes(encodeURIComponent(secret))),
      what,
    ).toEqual([])
  }
})
