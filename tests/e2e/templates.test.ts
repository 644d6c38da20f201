import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount, getCallbackInfo } from '../../src/modules/accounts/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import { until } from '../support/index.ts'
import type { SimulatedAccount } from '../support/world.ts'

let stage: ConsoleWorld
let page: Page
let account: SimulatedAccount
let accountId: string

describe.skipIf(!hasBrowser)('templates and subscriptions in the console', () => {
  beforeAll(async () => {
    stage = await openConsoleWorld({
      prepare: async (world) => {
        account = await world.account({ fans: 8, name: '小满咖啡' })
        accountId = await bindAccount(world.ctx, account)
        const { url, token, aesKey } = await getCallbackInfo(world.ctx, accountId)
        await world.control('PATCH', `/accounts/${account.appid}`, {
          callback: { url, token, aesKey, mode: 'safe' },
        })
      },
    })
    page = stage.page
  })
  afterAll(() => stage?.close())

  const open = (path: string) => page.goto(`${stage.base}/accounts/${accountId}/${path}`)
  const row = (text: string) => page.getByRole('row').filter({ hasText: text })

  test('D1: synced templates of both kinds are listed, and a drawer shows card, fields and who uses it', async () => {
    await open('templates')
    await page.getByRole('button', { name: '同步' }).first().click()
    await page.getByText(/同步完成/).waitFor()
    await row('一次性订阅').first().waitFor()
    await keepShot(page, 'templates')
    await row('历史模板').first().click()
    await page.getByText('没有任务使用这个模板').waitFor()
    await keepShot(page, 'template-drawer')
    await page.getByRole('button', { name: 'Close' }).or(page.locator('.ant-drawer-close')).first().click()
  })

  test('D8: a subscribe page is made, and who accepts is counted and shown on their own page', async () => {
    await open('subscriptions?tab=pages')
    await page.getByRole('button', { name: '新建订阅页' }).first().click()
    const form = page.locator('.ant-drawer form')
    await form.getByLabel('名称').fill('门店桌贴')
    await form.getByLabel('页面标题').fill('取餐提醒')
    await form.locator('.ant-select').click()
    const option = page.locator(
      '.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option',
    )
    await option.first().click()
    await form.getByLabel('说明').fill('做好了就叫你')
    await form.getByRole('button', { name: /保\s*存/ }).click()
    await row('门店桌贴').waitFor()
    await keepShot(page, 'subscribe-pages')

    const { items } = await stage.world.control<{ items: { openid: string }[] }>(
      'GET',
      `/fans?appid=${account.appid}&limit=3`,
    )
    const openid = items[0]?.openid ?? ''
    const asked = await stage.world.control<{ items: { templateId: string; title: string }[] }>(
      'GET',
      `/subscriptions?appid=${account.appid}&openid=${openid}`,
    )
    const [template] = asked.items
    for (const { openid: who } of items)
      await stage.world.control('POST', '/act', {
        appid: account.appid,
        openid: who,
        action: 'subscribe',
        answers: [{ templateId: template?.templateId, accept: who !== items[2]?.openid }],
      })
    await open('subscriptions')
    await until(
      async () =>
        (await row(template?.title ?? '')
          .locator('td')
          .nth(1)
          .textContent()) === '2',
    )
    await keepShot(page, 'subscriptions')
    await row(template?.title ?? '').click()
    await page.locator('.ant-drawer').getByText('已拒绝或取消').first().waitFor()
    await keepShot(page, 'subscribers')
    await page.locator('.ant-drawer a[href^="/customers/"]').first().click()
    await page.getByText('同意与取消记录').waitFor()
    await keepShot(page, 'customer-consents')
  })

  test('D8: one is taken from the public library', async () => {
    await open('templates')
    await page.getByRole('button', { name: '选用模板' }).click()
    const form = page.locator('.ant-drawer form')
    // each list is appended when it first opens
    const choose = async (nth: number, option: number) => {
      await form.locator('.ant-select').nth(nth).click()
      await page
        .locator('.ant-select-dropdown')
        .nth(nth)
        .locator('.ant-select-item-option')
        .nth(option)
        .click()
    }
    await choose(0, 0)
    await choose(1, 0)
    await choose(2, 0)
    await page.locator('.ant-select-dropdown').nth(2).locator('.ant-select-item-option').nth(1).click()
    await form.getByLabel('使用场景').fill('到店提醒')
    await keepShot(page, 'template-library')
    await form.getByRole('button', { name: '选用模板' }).click()
    await page.getByText('谁在使用').waitFor()
  })

  test('nothing went wrong in the pages', () => {
    expect(stage.errors).toEqual([])
  })
})
