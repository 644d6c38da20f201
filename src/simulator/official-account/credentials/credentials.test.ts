import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SECRET, startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount
const RID = /rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/

beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.close())

const classic = (appid: string, secret = SECRET) =>
  world.raw('GET', `/cgi-bin/token?grant_type=client_credential&appid=${appid}&secret=${secret}`)
const stable = (appid: string, more: object = {}) =>
  world.raw('POST', '/cgi-bin/stable_token', {
    body: JSON.stringify({ grant_type: 'client_credential', appid, secret: SECRET, ...more }),
  })
const works = async (token: string): Promise<number> =>
  (await world.raw('GET', '/cgi-bin/getcallbackip', { token })).errcode ?? 0

describe('classic token (1.1)', () => {
  test('a new one leaves the old one five minutes, then it is not latest', async () => {
    account = await world.account()
    const first = await classic(account.appid)
    expect(first).toEqual({ access_token: expect.any(String), expires_in: 7200 })
    const second = await classic(account.appid)
    expect(second.access_token).not.toBe(first.access_token)
    await world.forward(5 * 60_000 - 2_000)
    expect(await works(first.access_token)).toBe(0)
    await world.forward(3_000)
    expect(await works(first.access_token)).toBe(40001)
    expect(await works(second.access_token)).toBe(0)
  })

  test('lives 7,200 s, then 42001', async () => {
    const { access_token: token } = await classic(account.appid)
    await world.forward(7_190_000)
    expect(await works(token)).toBe(0)
    await world.forward(11_000)
    expect(await works(token)).toBe(42001)
  })

  test('never evicts a stable token, nor the other way round', async () => {
    const kept = (await stable(account.appid)).access_token
    const own = (await classic(account.appid)).access_token
    await classic(account.appid)
    await stable(account.appid, { force_refresh: true })
    await world.forward(6 * 60_000)
    expect(await works(own)).toBe(40001)
    const current = (await stable(account.appid)).access_token
    expect(kept).not.toBe(current)
    expect(await works(current)).toBe(0)
  })
})

describe('stable token (1.2)', () => {
  test('stays the same and tells what is left, until its last five minutes', async () => {
    const { appid } = await world.account()
    const first = await stable(appid)
    await world.forward(6_880_000)
    const same = await stable(appid)
    expect(same.access_token).toBe(first.access_token)
    expect(same.expires_in).toBeLessThanOrEqual(320)
    await world.forward(25_000)
    const renewed = await stable(appid)
    expect(renewed.access_token).not.toBe(first.access_token)
    expect(renewed.expires_in).toBe(7200)
    expect(await works(first.access_token)).toBe(0)
  })

  test('a forced one kills the one before at once, 30 s apart, 20 a day', async () => {
    const { appid } = await world.account()
    const first = (await stable(appid)).access_token
    const forced = (await stable(appid, { force_refresh: true })).access_token
    expect(await works(first)).toBe(40001)
    expect((await stable(appid, { force_refresh: true })).access_token).toBe(forced)
    // Another day than the first one's, and away from midnight, so that all of them fall on it.
    await world.forward(new Date(nextBeijingNoon(await world.now()).getTime() + 86_400_000))
    let last = (await stable(appid)).access_token
    for (let n = 0; n < 20; n += 1) {
      await world.forward(30_000)
      const next = (await stable(appid, { force_refresh: true })).access_token
      expect(next).not.toBe(last)
      last = next
    }
    await world.forward(30_000)
    expect((await stable(appid, { force_refresh: true })).access_token).toBe(last)
  })

  test('GET is refused', async () => {
    expect((await world.raw('GET', '/cgi-bin/stable_token')).errcode).toBe(43002)
  })
})

const nextBeijingNoon = (now: Date): Date =>
  new Date((Math.floor((now.getTime() - 4 * 3_600_000) / 86_400_000) + 1) * 86_400_000 + 4 * 3_600_000)

describe('issuing is refused (1.3)', () => {
  test('each with its own code and a rid', async () => {
    const { appid } = account
    const secretOf = (secret: string) => classic(appid, secret)
    expect(await secretOf('f'.repeat(32))).toMatchObject({
      errcode: 40001,
      errmsg: expect.stringMatching(RID),
    })
    expect((await secretOf('short')).errcode).toBe(40125)
    expect((await secretOf('')).errcode).toBe(41004)
    expect((await classic('')).errcode).toBe(41002)
    expect((await classic('wxunknown0000000')).errcode).toBe(40013)
    expect((await world.raw('GET', `/cgi-bin/token?appid=${appid}&secret=${SECRET}`)).errcode).toBe(40002)
  })

  test('a caller that is not on the list reads its own address in the message', async () => {
    await world.control('PATCH', `/accounts/${account.appid}`, { ipList: ['10.0.0.0/8'] })
    const refused = await classic(account.appid)
    expect(refused.errcode).toBe(40164)
    expect(refused.errmsg).toMatch(
      /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /,
    )
    await world.control('PATCH', `/accounts/${account.appid}`, { ipList: ['127.0.0.0/8'] })
    expect((await classic(account.appid)).access_token).toBeTypeOf('string')
  })

  test.each([
    ['secret-frozen', 40243],
    ['token-forbidden', 50004],
    ['frozen', 50007],
  ])('an account that is %s: %i', async (standing, errcode) => {
    const { appid } = await world.account({ settings: { standing } })
    expect((await classic(appid)).errcode).toBe(errcode)
  })

  test('a changed secret ends issuing with the old one', async () => {
    const { appid } = await world.account()
    await world.control('PATCH', `/accounts/${appid}`, { secret: 'f'.repeat(32) })
    expect((await classic(appid)).errcode).toBe(40001)
    expect((await classic(appid, 'f'.repeat(32))).expires_in).toBe(7200)
  })
})

describe('calls', () => {
  test('without, with a malformed, with an unknown token', async () => {
    expect((await world.raw('GET', '/cgi-bin/getcallbackip')).errcode).toBe(41001)
    expect(await works('short')).toBe(40014)
    const unknown = await world.raw('GET', '/cgi-bin/getcallbackip', { token: 'C'.repeat(120) })
    expect(unknown.errcode).toBe(40001)
    expect(unknown.errmsg).toMatch(/^invalid credential, access_token is invalid or not latest, could get/)
  })

  test('wrong method, wrong JSON, empty body, unknown path', async () => {
    expect((await account.get('/cgi-bin/tags/create')).errcode).toBe(43002)
    expect((await account.post('/cgi-bin/tags/get', {})).errcode).toBe(43001)
    expect((await account.post('/cgi-bin/tags/create', '{"tag":')).errcode).toBe(47001)
    expect((await account.post('/cgi-bin/tags/create', '[]')).errcode).toBe(47001)
    expect((await account.post('/cgi-bin/tags/create', '')).errcode).toBe(44002)
    expect((await account.get('/cgi-bin/no/such')).errcode).toBe(40066)
    expect((await world.raw('GET', '/no/such')).status).toBe(404)
  })

  test('a jsapi ticket is the same while it is valid', async () => {
    const first = await account.get('/cgi-bin/ticket/getticket?type=jsapi')
    expect(first.errcode).toBe(0)
    expect((await account.get('/cgi-bin/ticket/getticket?type=jsapi')).ticket).toBe(first.ticket)
    await world.forward(7_201_000)
    expect((await account.get('/cgi-bin/ticket/getticket?type=jsapi')).ticket).not.toBe(first.ticket)
  })
})
