import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readQr } from '../../../../tests/support/qr.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount
let database: Client
const callback = {
  url: 'http://127.0.0.1:9/never',
  token: 'demoToken01',
  aesKey: 'a'.repeat(43),
  mode: 'plain',
}

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 10, callback })
  database = new Client({ connectionString: world.databaseUrl, options: '-c search_path=simulator' })
  await database.connect()
})
afterAll(async () => {
  await database.end()
  await world.close()
})

const create = (body: object, owner = account) => owner.post('/cgi-bin/qrcode/create', body)
const text = (scene_str: string) => ({ action_info: { scene: { scene_str } } })
const number = (scene_id: number) => ({ action_info: { scene: { scene_id } } })
const temporary = (scene: object, expire_seconds?: number) =>
  create({ action_name: 'QR_STR_SCENE', ...scene, ...(expire_seconds !== undefined && { expire_seconds }) })
const permanent = (scene: object) => create({ action_name: 'QR_LIMIT_STR_SCENE', ...scene })
const scan = (openid: string | undefined, held: object) =>
  world.control('POST', '/act', { appid: account.appid, openid, action: 'scan', ...held })
const lastPush = async (): Promise<string> =>
  (await database.query<{ body: string }>('select body from push order by id desc limit 1')).rows[0]?.body ??
  ''
const fetchPicture = (ticket: string) =>
  fetch(`${world.sim().url}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`)

test('D12: scenes and lives at their limits', async () => {
  expect((await create({ action_name: 'QR_OTHER', ...text('a') })).errcode).toBe(40052)
  expect((await permanent(text('a'.repeat(64)))).ticket).toBeTypeOf('string')
  expect((await permanent(text('a'.repeat(65)))).errcode).toBe(40053)
  expect((await permanent(text(''))).errcode).toBe(40053)
  const numbered = (action_name: string, id: number) =>
    create({ action_name, expire_seconds: 60, ...number(id) })
  expect((await numbered('QR_LIMIT_SCENE', 100_000)).expire_seconds).toBeUndefined()
  expect((await numbered('QR_LIMIT_SCENE', 100_001)).errcode).toBe(40053)
  expect((await numbered('QR_SCENE', 0)).errcode).toBe(40053)
  expect((await numbered('QR_SCENE', 4_294_967_295)).expire_seconds).toBe(60)
  expect((await numbered('QR_SCENE', 4_294_967_296)).errcode).toBe(40053)
  expect((await temporary(text('b'), 2_592_000)).expire_seconds).toBe(2_592_000)
  expect((await temporary(text('b'), 2_592_001)).errcode).toBe(40053)
  expect((await temporary(text('b'))).expire_seconds).toBe(60)
  const subscription = await world.account({ kind: 'subscription' })
  expect((await create({ action_name: 'QR_LIMIT_STR_SCENE', ...text('a') }, subscription)).errcode).toBe(
    48001,
  )
})

test('D12: a permanent scene is one code however often it is made; one beyond the limit is refused', async () => {
  const full = await world.account({ quotas: { 'permanent-codes': 2 } })
  const make = (scene: string) => create({ action_name: 'QR_LIMIT_STR_SCENE', ...text(scene) }, full)
  const first = await make('door')
  expect(await make('door')).toEqual(first)
  expect((await make('last')).errcode).toBeUndefined()
  expect((await make('one too many')).errcode).toBe(45029)
  expect(await make('door')).toEqual(first)
})

test('D12: a follower’s scan is told by its scene, a stranger’s as a follow; both name the ticket', async () => {
  const [fan] = account.openids
  const { ticket, url } = await temporary(text('shop-1'), 600)
  await scan(fan, { url })
  expect(await lastPush()).toContain('<Event><![CDATA[SCAN]]></Event>')
  expect(await lastPush()).toContain('<EventKey><![CDATA[shop-1]]></EventKey>')
  expect(await lastPush()).toContain(`<Ticket><![CDATA[${ticket}]]></Ticket>`)
  await world.control('POST', '/act', { appid: account.appid, openid: fan, action: 'unfollow' })
  await scan(fan, { ticket })
  expect(await lastPush()).toContain('<Event><![CDATA[subscribe]]></Event>')
  expect(await lastPush()).toContain('<EventKey><![CDATA[qrscene_shop-1]]></EventKey>')
  const info = await account.get(`/cgi-bin/user/info?openid=${fan}`)
  expect(info).toMatchObject({ subscribe_scene: 'ADD_SCENE_QR_CODE', qr_scene: 0, qr_scene_str: 'shop-1' })
})

test('D12: the picture says the code’s address; when its time is over there is none, and a scan tells nobody', async () => {
  const { ticket, url } = await temporary(text('short'), 60)
  expect(readQr(Buffer.from(await (await fetchPicture(ticket)).arrayBuffer()))).toBe(url)
  expect((await fetchPicture('nobody')).status).toBe(404)
  await world.forward(59_000)
  expect((await fetchPicture(ticket)).status).toBe(200)
  await world.forward(1_500)
  expect((await fetchPicture(ticket)).status).toBe(404)
  const before = await lastPush()
  expect((await scan(account.openids[1], { url })).error).toContain('expired')
  expect((await scan(account.openids[1], { url: `${url}x` })).error).toContain('no such code')
  expect(await lastPush()).toBe(before)
  const { items } = await world.control('GET', `/codes?appid=${account.appid}`)
  expect(items.find((code: { ticket: string }) => code.ticket === ticket)).toMatchObject({
    scene: 'short',
    expired: true,
  })
})
