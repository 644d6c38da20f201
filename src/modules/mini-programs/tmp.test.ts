import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildConsole, collectErrors, launchBrowser } from '../../../tests/support/browser.ts'
import { freePort } from '../../../tests/support/free-port.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { startServer } from '../../server/index.ts'
import { bindAccount } from '../accounts/index.ts'

let world: TestWorld
let page: Page
let errors: string[]
let base: string
let ends: (() => Promise<unknown>)[] = []
const shot = (name: string) => page.screenshot({ path: `/tmp/mp-${name}.png` })

beforeAll(async () => {
  buildConsole()
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  world = await createTestWorld({ PORT: String(port), PUBLIC_URL: base })
  const server = await startServer(world.ctx)
  await bindAccount(world.ctx, await world.account({ name: '微达咖啡' }))
  await bindAccount(world.ctx, await world.account({ name: '微达茶饮' }))
  const browser = await launchBrowser()
  ends = [() => browser.close(), () => server.close(), () => world.close()]
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  errors = collectErrors(page)
}, 180_000)
afterAll(async () => {
  for (const end of ends) await end()
})

test('walk', async () => {
  await page.goto(base)
  await page.waitForURL(/\/setup/)
  await page.getByLabel('姓名').fill('管理员')
  await page.getByLabel('邮箱').fill('first@example.com')
  await page.getByLabel('密码', { exact: true }).fill('a long enough password')
  await page.locator('button[type=submit]').click()
  await page.waitForURL(/\/overview/)
  await page.getByRole('link', { name: '群发', exact: true }).click()
  await page.getByRole('button', { name: '新建群发' }).first().click()
  await page.getByPlaceholder('会员日').fill('周末上新')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.locator('label, .w-choice, button').filter({ hasText: /^文本|文字/ }).first().click()
  await page.getByRole('button', { name: '小程序链接' }).click()
  await page.waitForTimeout(800)
  await shot('1-none')
  await page.goto(`${base}/settings/mini-programs`)
  await page.getByText('还没有小程序').waitFor()
  await shot('2-empty')
  await page.getByRole('button', { name: '绑定小程序' }).first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('AppID').fill('wx12')
  await drawer.getByLabel('名称').fill('会员商城')
  await drawer.getByRole('button', { name: '绑定小程序' }).click()
  await page.waitForTimeout(500)
  await shot('3-invalid')
  await drawer.getByLabel('AppID').fill('wx0123456789abcdef')
  await drawer.getByLabel('备注').fill('积分兑换与下单')
  await drawer.getByRole('button', { name: '绑定小程序' }).click()
  await drawer.getByRole('switch', { name: '微达咖啡' }).click()
  await drawer.getByText(/管理员 标记于/).waitFor()
  await shot('4-linked')
  await page.keyboard.press('Escape')
  await page.waitForTimeout(600)
  await shot('5-list')
  await page.getByRole('link', { name: '群发', exact: true }).click()
  await page.getByRole('button', { name: '新建群发' }).first().click()
  await page.getByPlaceholder('会员日').fill('周末上新')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.locator('label, .w-choice, button').filter({ hasText: /^文本|文字/ }).first().click()
  await page.getByRole('button', { name: '小程序链接' }).click()
  const modal = page.getByRole('dialog')
  await modal.getByRole('combobox').click()
  await page.locator('.ant-select-item-option').first().click()
  await shot('6-select')
  await modal.getByLabel('页面路径').fill('pages/index')
  await modal.getByLabel('备用网页').fill('https://example.com/m')
  await modal.getByLabel('显示的文字').fill('进入商城')
  await modal.getByRole('button', { name: '插入' }).or(modal.locator('.ant-btn-primary')).first().click()
  await page.waitForTimeout(500)
  const area = page.locator('textarea').first()
  expect(await area.inputValue()).toContain('wx0123456789abcdef')
  await area.fill(`${await area.inputValue()} <a href="https://example.com" data-miniprogram-appid="wxffffffffffffffff" data-miniprogram-path="p">x</a>`)
  await page.waitForTimeout(500)
  await shot('7-typed')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.waitForTimeout(1500)
  await shot('8-preflight')
  await page.goto(`${base}/settings/audit`)
  await page.waitForTimeout(1000)
  await shot('9-audit')
  expect(errors).toEqual([])
}, 120_000)
