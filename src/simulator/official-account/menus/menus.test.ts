import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { XMLParser } from 'fast-xml-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../../tests/support/index.ts'
import type { JsonObject } from '../../json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

const STILL = { tap: 0, answer: 0, unfollow: 0, text: 0 }
const parser = new XMLParser({ parseTagValue: false })

let world: TestWorld
let brand: TestAccount
let receiver: Server
const pushed: JsonObject[] = []

beforeAll(async () => {
  world = await startTestWorld()
  receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      pushed.push(parser.parse(body).xml)
      response.end('success')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => receiver.once('listening', resolve))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const callback = { url, token: 'menuToken', aesKey: 'A'.repeat(43), mode: 'plain' }
  brand = await world.account({ fans: 60, rates: STILL, callback })
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await world.close()
})

const click = (name: string, key = name) => ({ name, type: 'click', key })
const create = async (...button: object[]) => (await brand.post('/cgi-bin/menu/create', { button })).errcode
const add = (matchrule: object, ...button: object[]) =>
  brand.post('/cgi-bin/menu/addconditional', { button, matchrule })
const see = (openid: string) => world.control('GET', `/menu?appid=${brand.appid}&openid=${openid}`)
const tap = (openid: string, ...button: number[]) =>
  world.control('POST', '/act', { appid: brand.appid, openid, action: 'menu', button })
const bytes = (count: number): string => 'a'.repeat(count)

describe('D12: what a menu may be', () => {
  test.each<[string, object, number]>([
    ['a name of 17 bytes', click(bytes(17)), 40018],
    ['a key of 129 bytes', click('一', bytes(129)), 40019],
    ['a kind nobody knows', { name: '一', type: 'dance' }, 40017],
    ['an address of 1,025 bytes', { name: '一', type: 'view', url: `https://a.cn/${bytes(1_012)}` }, 40020],
    ['an address of no page', { name: '一', type: 'view', url: 'a.cn/x' }, 40055],
    ['six below', { name: '一', sub_button: Array.from({ length: 6 }, () => click('二')) }, 40023],
    ['a name of 61 bytes below', { name: '一', sub_button: [click(bytes(61))] }, 40025],
    ['a key of 129 bytes below', { name: '一', sub_button: [click('二', bytes(129))] }, 40026],
    ['material it does not have', { name: '一', type: 'media_id', media_id: 'none' }, 40007],
    ['an article it has not published', { name: '一', type: 'article_id', article_id: 'none' }, 53600],
    [
      'a page of no mini program',
      { name: '一', type: 'miniprogram', url: 'https://a.cn', pagepath: 'p' },
      45064,
    ],
  ])('%s is refused', async (_what, button, errcode) => {
    expect(await create(button)).toBe(errcode)
  })

  test('three with five below each, at every limit, are taken; a fourth is refused', async () => {
    const full = {
      name: bytes(16),
      sub_button: [
        click(bytes(60), bytes(128)),
        { name: '网页', type: 'view', url: `https://a.cn/${bytes(1_011)}` },
        {
          name: '小程序',
          type: 'miniprogram',
          url: 'https://a.cn',
          appid: 'wx1234567890abcdef',
          pagepath: 'p',
        },
        click('四'),
        click('五'),
      ],
    }
    expect(await create(full, full, full)).toBe(0)
    expect(await create(full, full, full, click('四'))).toBe(40016)
  })

  test('escaped characters are refused, as they are nowhere else', async () => {
    const body = '{"button":[{"name":"\\u4e00","type":"click","key":"K"}]}'
    expect((await brand.post('/cgi-bin/menu/create', body)).errcode).toBe(47002)
  })
})

describe('D12: conditional menus', () => {
  test('they need a default, a rule that is not private, a tag that exists, and three hosts at most', async () => {
    await brand.get('/cgi-bin/menu/delete')
    expect((await add({ client_platform_type: '1' }, click('苹果'))).errcode).toBe(65303)
    expect(await create(click('默认'))).toBe(0)
    expect((await add({}, click('一'))).errcode).toBe(65304)
    expect((await add({ sex: '1' }, click('一'))).errcode).toBe(65320)
    expect((await add({ tag_id: '999' }, click('一'))).errcode).toBe(45159)
    expect((await add({ client_platform_type: '1' })).errcode).toBe(65307)
    const view = (host: string) => ({ name: '页', type: 'view', url: `https://${host}/x` })
    const system = { client_platform_type: '3' }
    const { menuid } = await add(system, view('a.cn'), view('b.cn'), view('c.cn'))
    expect((await add(system, view('d.cn'))).errcode).toBe(65316)
    expect(await add(system, view('c.cn'))).toMatchObject({ menuid: expect.any(String) })
    expect((await brand.post('/cgi-bin/menu/delconditional', { menuid })).errcode).toBe(0)
    expect((await brand.post('/cgi-bin/menu/delconditional', { menuid })).errcode).toBe(65301)
  })

  test('the newest that fits is shown; of several tags only the last given counts', async () => {
    const { tag: gold } = await brand.post('/cgi-bin/tags/create', { tag: { name: '金卡' } })
    const { tag: tea } = await brand.post('/cgi-bin/tags/create', { tag: { name: '爱喝茶' } })
    expect(await create(click('默认'))).toBe(0)
    await brand.get('/cgi-bin/menu/delete')
    expect((await brand.get('/cgi-bin/menu/get')).errcode).toBe(46003)
    await create(click('默认'))
    const seen = await Promise.all(brand.openids.slice(0, 20).map(async (id) => ({ id, ...(await see(id)) })))
    const ios = seen.find((fan) => fan.system === 1)!.id
    const android = seen.find((fan) => fan.system === 2)!.id
    const give = (tagid: number) =>
      brand.post('/cgi-bin/tags/members/batchtagging', { tagid, openid_list: [ios, android] })
    const name = async (openid: string) => (await see(openid)).buttons[0].name
    await add({ client_platform_type: '1' }, click('苹果'))
    await add({ tag_id: String(gold.id) }, click('金卡'))
    expect([await name(ios), await name(android)]).toEqual(['苹果', '默认'])
    await give(gold.id)
    expect([await name(ios), await name(android)]).toEqual(['金卡', '金卡'])
    await give(tea.id)
    expect([await name(ios), await name(android)]).toEqual(['苹果', '默认'])
    expect(await brand.post('/cgi-bin/menu/trymatch', { user_id: ios })).toMatchObject({
      button: [{ name: '苹果', sub_button: [] }],
    })
    expect((await brand.post('/cgi-bin/menu/trymatch', { user_id: 'nobody' })).errcode).toBe(65302)
    expect(await brand.get('/cgi-bin/menu/get')).toMatchObject({
      menu: { button: [{ name: '默认' }] },
      conditionalmenu: [{ matchrule: { tag_id: gold.id } }, { matchrule: { client_platform_type: 1 } }],
    })
    expect((await see(ios)).history.at(-1)).toMatchObject({ buttons: [{ name: '苹果' }] })
    await brand.get('/cgi-bin/menu/delete')
    expect((await see(ios)).buttons).toEqual([])
  })
})

describe('D12: what a tap tells', () => {
  const next = async (): Promise<JsonObject> => {
    const one = await until(() => pushed.shift(), { what: 'a push' })
    const { ToUserName: _to, FromUserName: _from, CreateTime: _at, ...rest } = one
    return rest
  }
  const keyed = (type: string) => ({ name: '一', type, key: 'K' })

  test.each<[object, JsonObject]>([
    [keyed('click'), { Event: 'CLICK', EventKey: 'K' }],
    [
      { name: '一', type: 'view', url: 'https://a.cn/x' },
      { Event: 'VIEW', EventKey: 'https://a.cn/x', MenuId: expect.stringMatching(/^\d{16,}$/) },
    ],
    [
      { name: '一', type: 'miniprogram', url: 'https://a.cn', appid: 'wx1234567890abcdef', pagepath: 'p/i' },
      { Event: 'view_miniprogram', EventKey: 'p/i', MenuId: expect.any(String) },
    ],
    [
      keyed('scancode_waitmsg'),
      { Event: 'scancode_waitmsg', EventKey: 'K', ScanCodeInfo: { ScanType: 'qrcode', ScanResult: 'demo' } },
    ],
    [keyed('scancode_push'), { Event: 'scancode_push', EventKey: 'K', ScanCodeInfo: expect.anything() }],
    [
      keyed('location_select'),
      {
        Event: 'location_select',
        EventKey: 'K',
        SendLocationInfo: {
          Location_X: '31.2304',
          Location_Y: '121.4737',
          Scale: '16',
          Label: expect.any(String),
          Poiname: '',
        },
      },
    ],
  ])('%o', async (button, told) => {
    expect(await create(button)).toBe(0)
    await tap(brand.openids[1] as string, 0)
    expect(await next()).toEqual({ MsgType: 'event', ...told })
  })

  test.each(['pic_sysphoto', 'pic_photo_or_album', 'pic_weixin'])(
    '%s: the event, then the picture',
    async (type) => {
      expect(await create(keyed(type))).toBe(0)
      await tap(brand.openids[1] as string, 0)
      expect(
        [await next(), await next()].toSorted((a, b) =>
          String(a['MsgType']).localeCompare(String(b['MsgType'])),
        ),
      ).toMatchObject([
        {
          Event: type,
          EventKey: 'K',
          SendPicsInfo: { Count: '1', PicList: { item: { PicMd5Sum: expect.any(String) } } },
        },
        { MsgType: 'image', PicUrl: expect.any(String), MediaId: expect.any(String) },
      ])
    },
  )

  test('material and articles come by themselves, and nothing is told', async () => {
    const { item } = await brand.post('/cgi-bin/material/batchget_material', {
      type: 'image',
      offset: 0,
      count: 1,
    })
    const published = await brand.post('/cgi-bin/freepublish/batchget', {
      offset: 0,
      count: 1,
      no_content: 1,
    })
    expect(
      await create(
        { name: '图', type: 'media_id', media_id: item[0].media_id },
        { name: '文', type: 'article_id', article_id: published.item[0].article_id },
        click('末'),
      ),
    ).toBe(0)
    const fan = brand.openids[2] as string
    await tap(fan, 0)
    await tap(fan, 1)
    await tap(fan, 2)
    expect(await next()).toMatchObject({ Event: 'CLICK', EventKey: '末' })
    const { items } = await world.control('GET', `/ledger?appid=${brand.appid}&openid=${fan}&kind=reply`)
    expect(items.map((one: JsonObject) => one['msgtype'])).toEqual(['image', 'mpnewsarticle'])
  })
})

test('D12: a menu of WeChat’s own pages is only seen as the one that is used now, with media that last three days', async () => {
  const { item } = await brand.post('/cgi-bin/material/batchget_material', {
    type: 'image',
    offset: 0,
    count: 1,
  })
  const buttons = [
    { name: '问好', type: 'text', value: '您好' },
    { name: '更多', sub_button: [{ name: '图', type: 'img', value: item[0].media_id }] },
  ]
  await world.control('POST', '/owner', { action: 'menu', appid: brand.appid, buttons })
  expect((await brand.get('/cgi-bin/menu/get')).errcode).toBe(46003)
  const read = async () => (await brand.get('/cgi-bin/get_current_selfmenu_info')).selfmenu_info.button
  const [text, more] = await read()
  expect(text).toEqual(buttons[0])
  const { value } = more.sub_button.list[0]
  expect(value).not.toBe(item[0].media_id)
  expect((await read())[1].sub_button.list[0].value).not.toBe(value)
  expect(await brand.get(`/cgi-bin/media/get?media_id=${value}`)).toMatchObject({ type: 'image/png' })
  await tap(brand.openids[3] as string, 0)
  const { items } = await world.control(
    'GET',
    `/ledger?appid=${brand.appid}&openid=${brand.openids[3]}&kind=reply`,
  )
  expect(items.at(-1)).toMatchObject({ content: { content: '您好' } })
})
