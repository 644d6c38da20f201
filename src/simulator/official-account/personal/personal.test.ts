import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { HOUR, type PersonalWorld, STILL, startPersonalWorld } from './test-world.ts'

let world: PersonalWorld
beforeAll(async () => {
  world = await startPersonalWorld()
})
afterAll(() => world.close())

describe('F7: menus and short keys', () => {
  test('a menu is checked when it is made, and read back', async () => {
    const create = (button: unknown) =>
      world.brand.post('/cgi-bin/menu/create', { button }).then((answer) => answer.errcode)
    const click = (name: string) => ({ name, type: 'click', key: 'K' })
    expect(await create(Array.from({ length: 4 }, () => click('一')))).toBe(40016)
    expect(await create([{ name: '一', sub_button: Array.from({ length: 6 }, () => click('二')) }])).toBe(
      40023,
    )
    expect(await create([click('十七个字节才算太长')])).toBe(40018)
    expect(await create([click('五个汉字行')])).toBe(0)
    expect((await world.brand.get('/cgi-bin/menu/get')).menu.button).toMatchObject([{ name: '五个汉字行' }])
    expect((await world.brand.get('/cgi-bin/menu/delete')).errcode).toBe(0)
    expect((await world.brand.get('/cgi-bin/menu/get')).errcode).toBe(46003)
  })

  test('a short key gives back what it stands for until it ends', async () => {
    const { short_key } = await world.brand.post('/cgi-bin/shorten/gen', {
      long_data: '长长的',
      expire_seconds: 60,
    })
    expect(short_key).toHaveLength(15)
    expect(await world.brand.post('/cgi-bin/shorten/fetch', { short_key })).toMatchObject({
      long_data: '长长的',
      expire_seconds: 60,
    })
    await world.forward(61_000)
    expect((await world.brand.post('/cgi-bin/shorten/fetch', { short_key })).errcode).toBe(9410010)
  })
})

test('F7: fans of an account with a life write, tap, scan and agree by themselves, ten days back and on', async () => {
  const lively = await world.account({ fans: 200, rates: STILL })
  const life = { texts: 0.1, taps: 0.1, scans: 0.05, accepts: 0.1 }
  await world.control('PATCH', `/accounts/${lively.appid}`, { settings: { life } })
  const wrote = async () => {
    const chats = await Promise.all(
      lively.openids.map((openid) => world.control('GET', `/chat?appid=${lively.appid}&openid=${openid}`)),
    )
    return chats.flatMap((chat) => chat.items).filter((item: JsonObject) => item['from'] === 'fan').length
  }
  await world.settle()
  const first = await wrote()
  // 20 a day: five standard deviations to either side
  expect(first).toBeGreaterThan(130)
  expect(first).toBeLessThan(270)
  await world.forward(24 * HOUR)
  await world.settle()
  const more = (await wrote()) - first
  expect(more).toBeGreaterThan(0)
  expect(more).toBeLessThan(45)
})
