import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { createApp } from '../../src/server/index.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { type BareWorld, createBareWorld, createMemoryLog } from './world.ts'

let world: BareWorld
let api: TestApi
let admin: Caller

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

async function appWith(overrides: Partial<Ctx>) {
  return createApp({ ...world.ctx, ...overrides })
}
const withUrl = (publicUrl: string) => appWith({ config: { ...world.ctx.config, publicUrl } })

describe('security headers', () => {
  test.each(['/', '/healthz', '/api/setup', '/api/me', '/api/none', '/openapi.json', '/accounts/7/fans'])(
    'are on every answer: %s',
    async (url) => {
      const { headers } = await api.app.inject({ url })
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      })
      const policy = String(headers['content-security-policy']).split('; ')
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "script-src 'self'",
          "object-src 'none'",
          "base-uri 'none'",
          "frame-ancestors 'none'",
          "form-action 'self'",
        ]),
      )
      expect(policy.find((part) => part.startsWith('script-src'))).not.toMatch(/unsafe/)
    },
  )

  test('a production console neither frames nor shows anything of a simulator', async () => {
    const { simulator } = world.ctx.config
    const sandbox = await api.app.inject('/api/setup')
    expect(sandbox.headers['content-security-policy']).toContain(`frame-src 'self' ${simulator.url}`)
    const app = await appWith({ mode: 'production' })
    const { headers } = await app.inject('/api/setup')
    expect(headers['content-security-policy']).not.toContain(simulator.url)
    await app.close()
  })

  test('HSTS is said over https only', async () => {
    const https = await withUrl('https://weida.example.com')
    expect((await https.inject('/api/setup')).headers['strict-transport-security']).toMatch(/max-age=\d{8,}/)
    await https.close()
    expect((await api.app.inject('/api/setup')).headers['strict-transport-security']).toBeUndefined()
  })

  test('answers of the API are not kept by caches', async () => {
    for (const url of ['/api/setup', '/api/me', '/api/none']) {
      expect((await api.app.inject({ url })).headers['cache-control'], url).toBe('no-store')
    }
  })

  test('the software and its version are not advertised', async () => {
    const { headers } = await api.app.inject('/api/setup')
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['server']).toBeUndefined()
  })
})

describe('bodies', () => {
  const post = (payload: string, type = 'application/json') =>
    api.app.inject({
      method: 'POST',
      url: '/api/session',
      payload,
      headers: { 'content-type': type, 'x-weida-request': '1' },
    })
  const padded = (bytes: number) => {
    const frame = JSON.stringify({ email: 'nobody@example.com', password: 'x', filler: '' })
    return frame.replace('"filler":""', `"filler":"${'x'.repeat(bytes - frame.length)}"`)
  }

  test('1 MiB is read, one byte more is refused as body_too_large', async () => {
    expect((await post(padded(1_048_576))).json().error.reason).toBe('wrong_credentials')
    const over = await post(padded(1_048_577))
    expect(over.statusCode).toBe(400)
    expect(over.json().error).toMatchObject({ code: 'invalid', reason: 'body_too_large' })
  })

  test.each(['{', 'x', '{"a":1}}', '\u0000', '{"email":'])('%j is not JSON', async (payload) => {
    const answer = await post(payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().error).toEqual({
      code: 'invalid',
      reason: 'not_json',
      message: expect.any(String),
      detail: {},
    })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'x/y'])(
    'what a form of another site could send is not read: %s',
    async (type) => {
      const answer = await post('email=a%40b.cn&password=x', type)
      expect(answer.statusCode).toBe(400)
      expect(answer.json().error.code).toBe('invalid')
    },
  )

  test('fields that nobody asked for change nothing, prototype keys neither', async () => {
    const before = await admin<{ role: string; name: string }>('GET', '/api/me')
    const answer = await api.app.inject({
      method: 'PATCH',
      url: '/api/me',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await key()}` },
      payload: `{"locale":"en","role":"analyst","id":"1","disabled":true,
        "__proto__":{"polluted":1,"role":"analyst"},"constructor":{"prototype":{"polluted":1}}}`,
    })
    expect(answer.statusCode).toBe(200)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    const { body } = await admin('GET', '/api/me')
    expect(body).toMatchObject({ ...before.body, locale: 'en' })
  })

  test('every refused field is named, none of the values is repeated', async () => {
    const answer = await admin<{ error: { detail: unknown } }>('POST', '/api/operators', {
      email: 'not-an-address',
      password: 'hunter2',
      name: '',
      role: 'root',
    })
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ reason: 'invalid_input' })
    const said = JSON.stringify(answer.body)
    for (const path of ['email', 'password', 'name', 'role']) expect(said).toContain(`"path":"${path}"`)
    for (const value of ['not-an-address', 'hunter2']) expect(said).not.toContain(value)
  })

  const key = async () => (await admin<{ key: string }>('POST', '/api/me/api-keys', { name: 'x' })).body.key
})

describe('errors', () => {
  test.each([
    ['/api/none', 404, 'not_found'],
    ['/api/accounts/%zz', 400, 'bad_request'],
    ['/callbacks/none', 404, 'not_found'],
    ['/openapi', 404, 'not_found'],
    [`/api/accounts/${'9'.repeat(300)}`, 404, 'not_found'],
  ])('%s answers in the one shape', async (url, status, reason) => {
    const answer = await api.app.inject({ url })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toEqual({
      error: { code: expect.any(String), reason, message: expect.any(String), detail: expect.any(Object) },
    })
    expect(answer.payload).not.toContain('9999999999')
  })

  test('what nobody expected is logged with its cause and not shown', async () => {
    const { log, lines } = createMemoryLog('error')
    const broken = world.ctx.db.withPlugin({
      transformQuery: () => {
        throw new Error('the secret plan failed', { cause: new Error('and why') })
      },
      transformResult: async ({ result }) => result,
    })
    const app = await appWith({ log, db: broken })
    const answer = await app.inject('/api/setup')
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toEqual({
      error: { code: 'internal', reason: 'internal', message: expect.any(String), detail: {} },
    })
    expect(answer.payload).not.toMatch(/secret plan|at |\.ts/)
    const line = JSON.parse(lines.join(''))
    expect(line).toMatchObject({
      method: 'GET',
      route: '/api/setup',
      err: { message: 'the secret plan failed', cause: { message: 'and why' } },
    })
    await app.close()
  })

  test('an answer of ours that does not fit its description is our error, not the caller’s', async () => {
    const { log, lines } = createMemoryLog('error')
    const clockless = { now: () => new Date(Number.NaN) }
    const app = await appWith({ log, clock: clockless, mode: 'nonsense' as 'sandbox' })
    const answer = await app.inject('/api/setup')
    expect(answer.statusCode).toBe(500)
    expect(answer.payload).not.toContain('nonsense')
    expect(lines).toHaveLength(1)
    await app.close()
  })

  test('a redirect to another site can’t be had from an address', async () => {
    for (const url of [
      '//evil.example',
      '/\\evil.example',
      '/%2f%2fevil.example',
      '/..%2f..%2fpackage.json',
    ]) {
      const answer = await api.app.inject({ url })
      expect(answer.headers['location'], url).toBeUndefined()
      expect(answer.payload, url).not.toContain('"license"')
    }
  })
})

describe('cross-site requests', () => {
  let cookies: Record<string, string>
  beforeAll(async () => {
    await admin('POST', '/api/operators', {
      email: 'browser@example.com',
      password: 'a good password',
      name: 'b',
      role: 'analyst',
    })
    const session = await api.app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { email: 'browser@example.com', password: 'a good password' },
      headers: { 'x-weida-request': '1' },
    })
    cookies = Object.fromEntries(session.cookies.map(({ name, value }) => [name, value]))
  })
  const change = (headers: Record<string, string>) =>
    api.app.inject({
      method: 'PATCH',
      url: '/api/me',
      cookies,
      headers: { host: 'weida.example.com', ...headers },
      payload: { locale: 'en' },
    })
  const own = () => new URL(world.ctx.config.publicUrl).origin

  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another site that knows our header', { origin: 'https://evil.example', 'x-weida-request': '1' }],
    ['another port of this host', { origin: 'http://weida.example.com:8080' }],
    ['a page without an origin', { origin: 'null', 'x-weida-request': '1' }],
    ['nonsense', { origin: 'weida.example.com' }],
    ['a form of long ago: neither origin nor header', {}],
  ])('with our cookie from %s changes nothing', async (_what, headers) => {
    const answer = await change(headers as Record<string, string>)
    expect(answer.statusCode).toBe(403)
    expect(answer.json().error.reason).toBe('cross_site')
  })

  test('from our own pages, or a program that sends the header, is taken', async () => {
    const ours: Record<string, string>[] = [
      { origin: own() },
      { origin: 'http://weida.example.com' },
      { 'x-weida-request': '1' },
    ]
    for (const headers of ours) expect((await change(headers)).statusCode).toBe(200)
  })

  test('can neither sign anyone in nor set anything up', async () => {
    for (const url of ['/api/session', '/api/setup'])
      for (const headers of [{ origin: 'https://evil.example' }, {}]) {
        const answer = await api.app.inject({
          method: 'POST',
          url,
          headers: headers as Record<string, string>,
          payload: { email: 'browser@example.com', password: 'a good password', name: 'x' },
        })
        expect(answer.statusCode).toBe(403)
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
  })

  test('are no question where a key signs the call: browsers don’t send keys by themselves', async () => {
    const { body } = await admin<{ key: string }>('POST', '/api/me/api-keys', { name: 'x' })
    const answer = await api.app.inject({
      method: 'PATCH',
      url: '/api/me',
      headers: { authorization: `Bearer ${body.key}`, origin: 'https://evil.example' },
      payload: { locale: 'en' },
    })
    expect(answer.statusCode).toBe(200)
  })

  test('get no permission by CORS', async () => {
    const answer = await api.app.inject({ url: '/api/setup', headers: { origin: 'https://evil.example' } })
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})
