import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, keepShot, openPage } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'

let open: ConsoleWorld
let page: Page
let account: Bound

const phoneMenu = () => page.getByRole('group', { name: '菜单栏' })
const saved = async () => {
  await page.getByRole('button', { name: /^保\s*存$/ }).click()
  await page.getByText('已保存。答复立即生效').first().waitFor()
}

describe.skipIf(!hasBrowser)('自定义菜单', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 1000,
      prepare: async (made) => {
        account = await bindStill(made, { fans: 12 })
      },
    })
    page = open.page
  })
  afterAll(() => open?.close())

  test('D12: the live menu is taken over, edited on the phone, and published with the difference seen', async () => {
    await page.goto(`${open.base}/accounts/${account.id}/overview`)
    await page.getByRole('menuitem', { name: '自定义菜单' }).click()
    await page.getByRole('button', { name: '导入现在的菜单' }).last().click()
    await page.getByText('4 个按钮（点单、会员、联系我们）').waitFor()
    await page.getByRole('button', { name: '导入到编辑区' }).click()
    await phoneMenu().getByRole('button', { name: /会员/ }).click()
    await phoneMenu().getByRole('button', { name: '我的积分' }).click()
    await page.getByRole('button', { name: '设置答复' }).click()
    await page.getByRole('dialog').getByRole('textbox').first().fill('您有 316 积分')
    await page.getByRole('button', { name: '使用这个答复' }).click()
    await phoneMenu().getByRole('button', { name: '添加子菜单' }).click()
    await page.getByLabel('按钮名称').fill('新品')
    await page.getByLabel('点击后').click()
    await page.getByTitle('打开网页').click()
    await page.getByText('请填写网页地址。').waitFor()
    await page.getByLabel('网页地址').fill('https://shop.example.com/new')
    await keepShot(page, 'menus-01-edit')
    await saved()
    await page.getByRole('button', { name: /发\s*布/ }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('新增 新品（打开网页 · https://shop.example.com/new）').waitFor()
    await keepShot(page, 'menus-02-difference')
    await drawer.getByRole('button', { name: /发\s*布/ }).click()
    await page.getByText('与线上一致').waitFor()
  })

  test('D12: the fan’s phone shows it, a tap is answered, and is counted', async () => {
    const phone = await openPage(page.context(), {})
    const simulator = open.world.ctx.config.simulator.url
    await phone.goto(`${simulator}/phone?appid=${account.appid}&openid=${account.openids[0]}`)
    await phone.getByRole('button', { name: '≡ 会员' }).click()
    await phone.getByRole('button', { name: '新品' }).waitFor()
    await phone.getByRole('button', { name: '我的积分' }).click()
    await phone.getByText('您有 316 积分').waitFor()
    await keepShot(phone, 'menus-03-phone')
    await phone.close()
    await page.getByRole('tab', { name: '点击数据' }).click()
    const row = page.getByRole('row', { name: /会员 › 我的积分/ })
    await row.getByText('1', { exact: true }).waitFor()
    await keepShot(page, 'menus-04-figures')
    expect(open.errors).toEqual([])
  })
})
