import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/simulator/json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../src/simulator/test-world.ts'
import { hasBrowser, keepShot, launchBrowser, openPage } from '../support/browser.ts'
import { until } from '../support/index.ts'

let world: TestWorld
let account: TestAccount
let browser: Browser
let page: Page
let openid: string
let cover: string

const act = (action: string, more: JsonObject = {}) =>
  world.control('POST', '/act', { appid: account.appid, openid, action, ...more })
async function send(msgtype: string, content: JsonObject) {
  const body = { touser: openid, msgtype, [msgtype]: content }
  expect((await account.post('/cgi-bin/message/custom/send', body)).errcode).toBe(0)
}
const chat = async (): Promise<{ from: string; content: { content?: string } }[]> =>
  (await world.control('GET', `/chat?appid=${account.appid}&openid=${openid}`)).items
const said = (text: string) =>
  until(async () => (await chat()).some((one) => one.from === 'fan' && one.content.content === text), {
    what: text,
  })

describe.skipIf(!hasBrowser)('F7: the phone of a fan', () => {
  beforeAll(async () => {
    world = await startTestWorld()
    account = await world.account({ fans: 3, rates: { tap: 0, answer: 0, unfollow: 0, text: 0 } })
    openid = account.openids[0] as string
    const { item } = await account.post('/cgi-bin/material/batchget_material', {
      type: 'image',
      offset: 0,
      count: 1,
    })
    cover = item[0].media_id
    browser = await launchBrowser()
    page = await openPage(browser, { viewport: { width: 420, height: 900 } })
    await page.goto(`${world.sim().url}/phone?appid=${account.appid}&openid=${openid}`)
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  test('draws each kind of customer-service message; links, cards and items can be tapped', async () => {
    await act('text', { content: '在吗' })
    await act('menu', { button: [0] })
    await send('text', {
      content:
        '看<a href="https://shop.example.com/a">这里</a>，或 https://shop.example.com/b。去<a href="https://a.cn" data-miniprogram-appid="wx1111111111111111" data-miniprogram-path="pages/cart">购物车</a>',
    })
    await send('news', {
      articles: [
        { title: '桂花拿铁', description: '今日上新', url: 'https://shop.example.com/c', picurl: '' },
      ],
    })
    await send('msgmenu', {
      head_content: '满意吗？',
      list: [
        { id: '1', content: '满意' },
        { id: '2', content: '不满意' },
      ],
      tail_content: '谢谢',
    })
    await send('miniprogrampage', {
      title: '点单',
      appid: 'wx1111111111111111',
      pagepath: 'pages/order',
      thumb_media_id: cover,
    })
    await send('image', { media_id: cover })
    await page.getByRole('button', { name: '点单' }).last().waitFor()
    for (const [name, url] of [
      ['这里', 'https://shop.example.com/a'],
      ['https://shop.example.com/b', 'https://shop.example.com/b'],
      ['桂花拿铁', 'https://shop.example.com/c'],
    ] as const) {
      await page.context().route('https://shop.example.com/**', (route) => route.fulfill({ body: 'ok' }))
      const opening = page.context().waitForEvent('page')
      await page.getByRole('button', { name }).click()
      const tab = await opening
      await tab.waitForURL(`${url}**`)
      await tab.close()
    }
    await page.getByRole('button', { name: '购物车' }).click()
    await page.getByText('pages/cart').waitFor()
    await page.locator('#program').click()
    await page.getByRole('button', { name: '满意', exact: true }).click()
    await said('满意')
    await keepShot(page, 'phone-customer-service')
  })

  test('draws template messages and notifications with the fields they hold', async () => {
    const { template_list: list } = await account.get('/cgi-bin/template/get_all_private_template')
    const { template_id } = list.find((one: JsonObject) => one['title'] === '服务评价提醒')
    const data = {
      character_string1: { value: 'A108' },
      thing2: { value: '门店自取' },
      time3: { value: '2026-11-21 10:20' },
    }
    const miniprogram = { appid: 'wx1111111111111111', pagepath: 'pages/review' }
    await account.post('/cgi-bin/message/template/send', { touser: openid, template_id, data, miniprogram })
    await page.getByText('A108').waitFor()
    await page.getByRole('button', { name: '进入小程序' }).click()
    await page.getByText('pages/review').waitFor()
    await page.locator('#program').click()

    await page.getByRole('button', { name: '订阅通知' }).click()
    await page.getByRole('button', { name: '允许' }).click()
    await page.getByText('已记录').waitFor()
    const { data: notices } = await account.get('/wxaapi/newtmpl/gettemplate')
    const { priTmplId } = notices.find((one: JsonObject) => one['title'] === '新品上市通知')
    const sent = await account.post('/cgi-bin/message/subscribe/bizsend', {
      touser: openid,
      template_id: priTmplId,
      data: { thing1: { value: '桂花拿铁' }, date2: { value: '2026-12-01' }, amount3: { value: '￥32.00' } },
    })
    expect(sent.errcode).toBe(0)
    await page.getByText('￥32.00').waitFor()
    await keepShot(page, 'phone-notices')
  })

  test('a tap of the menu opens its window', async () => {
    const [, other] = account.openids
    openid = other as string
    await page.goto(`${world.sim().url}/phone?appid=${account.appid}&openid=${openid}`)
    const { buttons } = await world.control('GET', `/menu?appid=${account.appid}&openid=${openid}`)
    const click = buttons.find((one: JsonObject) => one['type'] === 'click')
    const before = await account.post('/cgi-bin/message/custom/send', {
      touser: openid,
      msgtype: 'text',
      text: { content: '早' },
    })
    expect(before.errcode).toBe(45015)
    await page.locator('#menu').getByRole('button', { name: click.name }).click()
    await until(
      async () =>
        (
          await account.post('/cgi-bin/message/custom/send', {
            touser: openid,
            msgtype: 'text',
            text: { content: '您好，请问要点什么' },
          })
        ).errcode === 0,
      { what: 'an open window' },
    )
    await page.getByText('您好，请问要点什么').waitFor()
  })
})
