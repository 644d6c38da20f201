import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { createSubscribePage } from '../../src/modules/consents/pages/commands.ts'
import type { SubscribePage } from '../../src/modules/consents/schema.ts'
import { syncTemplates, templatesOf } from '../../src/modules/templates/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { hasBrowser, keepShot, launchBrowser, openPage } from '../support/browser.ts'
import { freePort, until } from '../support/index.ts'
import { createTestWorld, type SimulatedAccount, type TestWorld } from '../support/world.ts'

let world: TestWorld
let server: RunningServer
let browser: Browser
let page: Page
let account: SimulatedAccount
let subscribePage: SubscribePage
let openid: string

describe.skipIf(!hasBrowser)('D8: the subscribe page on a phone', () => {
  beforeAll(async () => {
    const port = await freePort()
    world = await createTestWorld({ PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` })
    server = await startServer(world.ctx)
    account = await world.account({ fans: 2 })
    const accountId = await bindAccount(world.ctx, account)
    await syncTemplates(world.ctx, accountId)
    const templates = await templatesOf(world.ctx.db, accountId, 'subscription')
    subscribePage = await createSubscribePage(world.ctx, accountId, {
      name: '门店',
      title: '新品提醒',
      text: '上新时第一时间告诉你',
      button: '我要订阅',
      templateIds: templates.slice(0, 2).map(({ id }) => id),
    })
    const { items } = await world.control<{ items: { openid: string }[] }>(
      'GET',
      `/fans?appid=${account.appid}&limit=1`,
    )
    openid = items[0]?.openid ?? ''
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await world?.close()
  })
  beforeEach(async () => {
    page = await openPage(browser, { viewport: { width: 390, height: 780 } })
  })
  afterEach(() => page.context().close())

  const held = () => `#wx-openid=${openid}&wx-appid=${account.appid}`
  const consents = async () =>
    (
      await world.control<{ items: { accepted: boolean | null }[] }>(
        'GET',
        `/subscriptions?appid=${account.appid}&openid=${openid}`,
      )
    ).items.filter(({ accepted }) => accepted === true).length
  const popup = () => page.frameLocator('iframe[title="订阅"]')

  test('a tap opens the popup, and what is allowed there is consented to', async () => {
    await page.goto(subscribePage.url + held())
    await page.getByRole('button', { name: '我要订阅' }).click()
    await popup().getByRole('checkbox').nth(1).uncheck()
    await keepShot(page, 'subscribe-page-popup')
    await popup().getByRole('button', { name: '允许' }).click()
    await page.getByText('订阅成功').waitFor()
    await until(async () => (await consents()) === 1)
  })

  test('who refuses has consented to nothing more and is told so', async () => {
    const before = await consents()
    await page.goto(subscribePage.url + held())
    await page.getByRole('button', { name: '我要订阅' }).click()
    await popup().getByRole('button', { name: '取消' }).click()
    await page.getByText('你没有订阅任何通知').waitFor()
    expect(await consents()).toBeLessThanOrEqual(before)
  })

  test('a signature for another address, or no phone around it, draws no button', async () => {
    await page.goto(subscribePage.url)
    await page.getByText('not opened from the phone').waitFor()
    await page.addInitScript("history.replaceState(null, '', '?other' + location.hash)")
    await page.goto(`${subscribePage.url}?asked${held()}`)
    await page.getByText('config:invalid signature').waitFor()
    expect(await page.getByRole('button').count()).toBe(0)
  })
})
