import { afterAll, beforeAll, expect, test } from 'vitest'
import { SECRET, startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
const TAGS = '/cgi-bin/tags/get'

beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.close())

const used = async (own: TestAccount, cgi_path = TAGS) =>
  (await own.post('/cgi-bin/openapi/quota/get', { cgi_path })).quota?.used

test('every call of a path counts, also one that fails, and a restart keeps the count', async () => {
  const own = await world.account({ fans: 5 })
  for (let n = 0; n < 3; n += 1) await own.get(TAGS)
  expect(await used(own)).toBe(3)
  await own.post('/cgi-bin/draft/get', { media_id: 'x' })
  expect(await used(own, '/cgi-bin/draft/get')).toBe(1)
  await world.restart()
  expect(await used(own)).toBe(3)
})

test('a path is known with its slash and without a host; web authorisation has none', async () => {
  const own = await world.account({ fans: 5 })
  const get = (cgi_path: string) => own.post('/cgi-bin/openapi/quota/get', { cgi_path })
  expect((await get('cgi-bin/tags/get')).errcode).toBe(76021)
  expect((await get('https://api.weixin.qq.com/cgi-bin/tags/get')).errcode).toBe(76021)
  expect((await get('/sns/oauth2/access_token')).errcode).toBe(76022)
  expect((await get('/cgi-bin/user/get')).quota.daily_limit).toBe(500)
})

test('clear_quota, with a token or with the secret: ten times a month together', async () => {
  const own = await world.account({ fans: 5, quotas: { [TAGS]: 1 } })
  const clear = (n: number) =>
    n % 2
      ? own.post('/cgi-bin/clear_quota', { appid: own.appid })
      : world.raw('POST', `/cgi-bin/clear_quota/v2?appid=${own.appid}&appsecret=${SECRET}`)
  for (let n = 0; n < 10; n += 1) {
    expect((await own.get(TAGS)).tags).toBeInstanceOf(Array)
    expect((await own.get(TAGS)).errcode).toBe(45009)
    expect((await clear(n)).errcode).toBe(0)
  }
  expect((await clear(0)).errcode).toBe(48006)
  expect((await clear(1)).errcode).toBe(48006)
  expect((await own.post('/cgi-bin/clear_quota', { appid: 'wx-other' })).errcode).toBe(40013)
})

test('one path can be cleared fifty times a month', async () => {
  const own = await world.account({ fans: 5 })
  const clear = () => own.post('/cgi-bin/openapi/quota/clear', { cgi_path: TAGS })
  await own.get(TAGS)
  for (let n = 0; n < 50; n += 1) expect((await clear()).errcode).toBe(0)
  expect(await used(own)).toBe(0)
  expect((await clear()).errcode).toBe(48006)
})

test('a rid tells about its call for seven days, to its own account', async () => {
  const own = await world.account({ fans: 5 })
  const other = await world.account({ fans: 5 })
  const refused = await own.post('/cgi-bin/draft/get', { media_id: 'nothing' })
  const rid = /rid: (\S+)$/.exec(refused.errmsg)?.[1] ?? ''
  const get = (who: TestAccount, asked: string) => who.post('/cgi-bin/openapi/rid/get', { rid: asked })
  const { request } = await get(own, rid)
  expect(request).toMatchObject({ request_body: '{"media_id":"nothing"}', client_ip: '127.0.0.1' })
  expect(request.response_body).toContain('40007')
  expect(request.request_url).not.toContain(await own.token())
  expect((await get(other, rid)).errcode).toBe(76003)
  expect((await get(own, 'nonsense')).errcode).toBe(76002)
  expect((await get(own, `${rid.slice(0, 8)}-00000000-00000000`)).errcode).toBe(76001)
  await world.forward(7 * 86_400_000 - 60_000)
  expect((await get(own, rid)).request).toBeTypeOf('object')
  await world.forward(61_000)
  expect((await get(own, rid)).errcode).toBe(76004)
})
