import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import { createApp } from '../../server/index.ts'
import { createOperator } from './commands.ts'
import { deleteExpired } from './store.ts'

type App = Awaited<ReturnType<typeof createApp>>
const PASSWORD = 'correct horse battery'

let world: BareWorld
let app: App
let email: string
let address: string
let count = 0

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  app = await createApp(world.ctx)
})
afterAll(async () => {
  await app?.close()
  await world?.close()
})
beforeEach(async () => {
  count += 1
  email = `someone${count}@example.com`
  address = `198.51.100.${count}`
  await createOperator(world.ctx, { email, password: PASSWORD, name: '小王', role: 'operator' })
})

type Try = { email?: string; password?: string; from?: string; on?: App }
const signIn = (given: Try = {}) =>
  (given.on ?? app).inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'x-weida-request': '1' },
    remoteAddress: given.from ?? address,
    payload: { email: given.email ?? email, password: given.password ?? PASSWORD },
  })
const fail = (given: Try = {}) => signIn({ password: 'wrong', ...given })
const cookieOf = (answer: Awaited<ReturnType<typeof signIn>>) => answer.cookies[0]?.value ?? ''
const me = (session: string) => app.inject({ url: '/api/me', cookies: { weida_session: session } })
const age = (interval: string) =>
  world.ctx.pool.query(`update sign_in_failures set last_at = now() - $1::interval`, [interval])

describe('F5: the throttle', () => {
  test('eight failures for an e-mail refuse the ninth try, the right password too; seven don’t', async () => {
    for (let at = 1; at <= 7; at += 1) expect((await fail({ from: `203.0.113.${at}` })).statusCode).toBe(401)
    expect((await signIn()).statusCode).toBe(200)
    for (let at = 1; at <= 8; at += 1) expect((await fail({ from: `203.0.113.${at}` })).statusCode).toBe(401)
    const refused = await signIn({ from: '203.0.113.99' })
    expect(refused.statusCode).toBe(429)
    expect(refused.json().error.reason).toBe('sign_in_blocked')
    expect((await signIn({ email: email.toUpperCase(), from: '203.0.113.98' })).statusCode).toBe(429)
  })

  test('eight failures from an address refuse it for everyone, and nobody elsewhere', async () => {
    for (let at = 1; at <= 7; at += 1)
      expect((await fail({ email: `x${at}@example.com` })).statusCode).toBe(401)
    expect((await signIn()).statusCode).toBe(200)
    expect((await fail({ email: 'x8@example.com' })).statusCode).toBe(401)
    expect((await signIn()).statusCode).toBe(429)
    expect((await signIn({ from: '198.51.100.250' })).statusCode).toBe(200)
  })

  test('tries side by side don’t get past it', async () => {
    const from = (at: number) => `192.0.2.${at}`
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => fail({ from: from(at) })))
    const codes = answers.map((one) => one.statusCode)
    expect(codes.filter((code) => code === 401)).toHaveLength(8)
    expect(codes.filter((code) => code === 429)).toHaveLength(12)
  })

  test('it ends 15 minutes after the last failure, not before; refused tries don’t lengthen it', async () => {
    for (let at = 0; at < 8; at += 1) await fail()
    await age('14 minutes 55 seconds')
    expect((await signIn()).statusCode).toBe(429)
    await age('15 minutes')
    expect((await signIn()).statusCode).toBe(200)
  })

  test('whom an address’s block keeps out is not counted against the e-mail', async () => {
    for (let at = 1; at <= 8; at += 1) await fail({ email: `y${at}@example.com` })
    for (let at = 0; at < 9; at += 1) expect((await fail()).statusCode).toBe(429)
    expect((await signIn({ from: '198.51.100.251' })).statusCode).toBe(200)
  })

  test('people who sign in well are never kept out by their number', async () => {
    for (let at = 0; at < 12; at += 1) expect((await signIn()).statusCode).toBe(200)
  })

  test('it can’t be slipped by a forged X-Forwarded-For where no proxy is trusted', async () => {
    for (let at = 0; at < 9; at += 1) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/session',
        remoteAddress: address,
        headers: { 'x-weida-request': '1', 'x-forwarded-for': `10.0.0.${at}` },
        payload: { email: `z${at}@example.com`, password: 'wrong' },
      })
      expect(answer.statusCode).toBe(at < 8 ? 401 : 429)
    }
  })
})

describe('F5: who exists is not told', () => {
  test('a wrong password, nobody and a member switched off are answered alike, and as slowly', async () => {
    await world.ctx.pool.query('update operators set disabled_at = now() where email = $1', [email])
    const on = `on${email}`
    await createOperator(world.ctx, { email: on, password: PASSWORD, name: 'x', role: 'analyst' })
    await fail({ email: 'warm@example.com' })
    const timed = async (given: Try) => {
      const times: number[] = []
      const texts = new Set<string>()
      for (let at = 0; at < 6; at += 1) {
        const began = performance.now()
        const answer = await signIn({ from: `192.0.2.${100 + at}`, ...given })
        times.push(performance.now() - began)
        texts.add(`${answer.statusCode} ${answer.payload}`)
      }
      await world.ctx.pool.query('delete from sign_in_failures')
      // the quickest is the one least disturbed by the machine
      return { texts: [...texts], ms: Math.min(...times) }
    }
    const wrong = await timed({ email: on, password: 'wrong' })
    const nobody = await timed({ email: 'nobody@example.com', password: 'wrong' })
    const disabled = await timed({ email })
    expect(wrong.texts).toHaveLength(1)
    expect(nobody.texts).toEqual(wrong.texts)
    expect(disabled.texts).toEqual(wrong.texts)
    for (const other of [nobody, disabled]) expect(other.ms).toBeGreaterThan(wrong.ms * 0.5)
  })
})

describe('F5: the session', () => {
  test('its cookie is out of reach of scripts and other sites, and is kept as a hash', async () => {
    const [cookie] = (await signIn()).cookies
    expect(cookie).toMatchObject({
      name: 'weida_session',
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      maxAge: 14 * 24 * 3600,
    })
    expect(cookie?.secure).toBeFalsy()
    expect(cookie?.domain).toBeUndefined()
    const { rows } = await world.ctx.pool.query('select token_hash::text as text from operator_sessions')
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(cookie?.value ?? '').toString('hex'))
  })

  test('the cookie goes over https only where the installation is reached by https', async () => {
    const ctx = { ...world.ctx, config: { ...world.ctx.config, publicUrl: 'https://weida.example.com' } }
    const on = await createApp(ctx)
    expect((await signIn({ on })).cookies[0]?.secure).toBe(true)
    await on.close()
  })

  test('signing out ends it at the server, not only in the browser', async () => {
    const session = cookieOf(await signIn())
    expect((await me(session)).statusCode).toBe(200)
    const out = await app.inject({
      method: 'DELETE',
      url: '/api/session',
      headers: { 'x-weida-request': '1' },
      cookies: { weida_session: session },
    })
    expect(out.cookies[0]).toMatchObject({ value: '', maxAge: 0 })
    expect((await me(session)).statusCode).toBe(401)
  })

  test('it ends after its time, and is forgotten then', async () => {
    const session = cookieOf(await signIn())
    await world.ctx.pool.query(`update operator_sessions set expires_at = now()`)
    await age('16 minutes')
    expect((await me(session)).statusCode).toBe(401)
    expect(await deleteExpired(world.ctx.db)).toBeGreaterThan(0)
    expect(await deleteExpired(world.ctx.db)).toBe(0)
    const { rows } = await world.ctx.pool.query(
      'select (select count(*) from operator_sessions) + (select count(*) from sign_in_failures) as left',
    )
    expect(rows[0].left).toBe('0')
  })

  test('what is made up, empty or another’s hash opens nothing', async () => {
    const { rows } = await world.ctx.pool.query<{ hash: string }>(
      `select encode(token_hash, 'hex') as hash from operator_sessions`,
    )
    for (const wrong of ['', 'x', rows[0]?.hash ?? 'y', '%00']) expect((await me(wrong)).statusCode).toBe(401)
  })

  test('each sign-in opens a new one and is audited', async () => {
    const [one, two] = [cookieOf(await signIn()), cookieOf(await signIn())]
    expect(one).not.toBe(two)
    const { rows } = await world.ctx.pool.query(
      `select actor_name from audit_entries a join operators o on o.id = a.actor_id
       where action = 'operator.signed_in' and o.email = $1`,
      [email],
    )
    expect(rows).toEqual([{ actor_name: '小王' }, { actor_name: '小王' }])
  })
})
