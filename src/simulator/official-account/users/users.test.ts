import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 10_050, openPlatform: 'one' })
})
afterAll(() => world.close())

describe('user/get', () => {
  test('10,000 a page; the last page echoes its last openid, the page after it has no data', async () => {
    const first = await account.get('/cgi-bin/user/get')
    expect([first.total, first.count, first.data.openid.length]).toEqual([10_050, 10_000, 10_000])
    const last = await account.get(`/cgi-bin/user/get?next_openid=${first.next_openid}`)
    expect(last.count).toBe(50)
    expect(last.next_openid).toBe(last.data.openid.at(-1))
    expect(new Set([...first.data.openid, ...last.data.openid]).size).toBe(10_050)
    const after = await account.get(`/cgi-bin/user/get?next_openid=${last.next_openid}`)
    expect(after).toEqual({ total: 10_050, count: 0, next_openid: '' })
    expect((await account.get('/cgi-bin/user/get?next_openid=o-nobody')).errcode).toBe(40003)
  })

  test('an openid that left meanwhile still names its place', async () => {
    const first = await account.get('/cgi-bin/user/get')
    const openid = first.data.openid[4_999]
    await world.control('POST', '/act', { appid: account.appid, openid, action: 'unfollow' })
    const rest = await account.get(`/cgi-bin/user/get?next_openid=${openid}`)
    expect(rest.data.openid[0]).toBe(first.data.openid[5_000])
    await world.control('POST', '/act', { appid: account.appid, openid, action: 'follow' })
    expect((await account.get(`/cgi-bin/user/get?next_openid=${first.next_openid}`)).data.openid.at(-1)).toBe(
      openid,
    )
  })
})

describe('user/info', () => {
  test('has what is left since 2021-12-27, without name and picture', async () => {
    const info = await account.get(`/cgi-bin/user/info?openid=${account.openids[0]}&lang=zh_CN`)
    expect(info).toMatchObject({ subscribe: 1, openid: account.openids[0], remark: '', language: '' })
    expect(info.openid).toMatch(/^o[\w-]{27}$/)
    expect(info.unionid).toMatch(/^o[\w-]{27}$/)
    expect(info.subscribe_scene).toMatch(/^ADD_SCENE_/)
    expect(info).not.toHaveProperty('nickname')
    expect(info).not.toHaveProperty('headimgurl')
  })

  test('of somebody who left: openid and unionid only', async () => {
    const openid = account.openids[3]
    await world.control('POST', '/act', { appid: account.appid, openid, action: 'unfollow' })
    const info = await account.get(`/cgi-bin/user/info?openid=${openid}`)
    expect(Object.keys(info).sort()).toEqual(['openid', 'subscribe', 'unionid'])
    expect(info.subscribe).toBe(0)
  })

  test('an unknown openid, none, and a wrong language are refused', async () => {
    expect((await account.get('/cgi-bin/user/info?openid=o-nobody')).errcode).toBe(40003)
    expect((await account.get('/cgi-bin/user/info')).errcode).toBe(41009)
    expect((await account.get(`/cgi-bin/user/info?openid=${account.openids[0]}&lang=xx`)).errcode).toBe(40035)
  })

  test('batchget takes 100, not 101', async () => {
    const list = account.openids.slice(0, 101).map((openid) => ({ openid, lang: 'zh_CN' }))
    const hundred = await account.post('/cgi-bin/user/info/batchget', { user_list: list.slice(0, 100) })
    expect(hundred.user_info_list).toHaveLength(100)
    expect((await account.post('/cgi-bin/user/info/batchget', { user_list: list })).errcode).toBe(40032)
  })

  test('a remark has less than 30 bytes', async () => {
    const openid = account.openids[1]
    const remark = `${'备'.repeat(9)}ab`
    expect((await account.post('/cgi-bin/user/info/updateremark', { openid, remark })).errcode).toBe(0)
    expect((await account.get(`/cgi-bin/user/info?openid=${openid}`)).remark).toBe(remark)
    const long = await account.post('/cgi-bin/user/info/updateremark', { openid, remark: `${remark}c` })
    expect(long.errcode).toBe(40092)
  })
})

describe('the population', () => {
  test('is the same for the same seed; accounts of one open platform share a part of their people', async () => {
    const other = await world.account({ fans: 1_000, openPlatform: 'one' })
    const apart = await world.account({ fans: 1_000 })
    const unions = async (one: TestAccount): Promise<Set<string>> => {
      const fans = await world.control('GET', `/fans?appid=${one.appid}&limit=200`)
      return new Set(fans.items.map((fan: { unionid: string }) => fan.unionid))
    }
    const [a, b] = [await unions(account), await unions(other)]
    const shared = [...a].filter((unionid) => b.has(unionid)).length
    expect(shared).toBeGreaterThan(30)
    expect(shared).toBeLessThan(150)
    const info = await apart.get(`/cgi-bin/user/info?openid=${apart.openids[0]}`)
    expect(info).not.toHaveProperty('unionid')
  })

  test('the fans of an unverified account are out of reach by API', async () => {
    const plain = await world.account({ verified: false, fans: 10 })
    expect((await plain.get('/cgi-bin/user/get')).errcode).toBe(48001)
  })
})
