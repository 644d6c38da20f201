import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let stage: ConsoleWorld
let page: Page
let accountId: string

describe.skipIf(!hasBrowser)('writing a message in the console', () => {
  beforeAll(async () => {
    stage = await openConsoleWorld({
      height: 1_100,
      prepare: async (world) => {
        accountId = await bindAccount(world.ctx, await world.account({ fans: 3 }))
        await syncTemplates(world.ctx, accountId)
        await world.ctx.pool.query(
          `with person as (insert into contacts (name, created_at) values ('林小满', now()) returning id)
           insert into fans (account_id, contact_id, following, openid) select $1, id, true, 'oMessages' from person`,
          [accountId],
        )
      },
    })
    page = stage.page
  })
  afterAll(() => stage?.close())

  /** A draft's content step. */
  async function compose(kind: string): Promise<void> {
    const id = await page.evaluate(
      async ([url, body]) => {
        const headers = { 'content-type': 'application/json', 'x-weida-request': '1' }
        const answer = await fetch(url as string, { method: 'POST', headers, body: body as string })
        return ((await answer.json()) as { id: string }).id
      },
      [`/api/accounts/${accountId}/campaigns`, JSON.stringify({ kind, name: '问候' })],
    )
    await page.goto(`${stage.base}/accounts/${accountId}/campaigns/${id}/edit?step=content`)
  }
  const phone = () => page.locator('.w-phone-chat')
  const dialog = () => page.locator('.ant-modal').last()

  test('A6: a text with a variable shows a real person’s value on the phone', async () => {
    await compose('customer-service')
    await page.getByLabel('消息内容').fill('你好，')
    await page.getByRole('button', { name: '插入变量' }).click()
    await page.getByText('新建变量').click()
    await dialog().getByLabel('变量名').fill('姓名')
    await dialog().getByPlaceholder('例如：亲爱的客户').fill('朋友')
    await dialog()
      .getByRole('button', { name: /保\s*存/ })
      .click()
    await expect.poll(() => page.getByLabel('消息内容').inputValue()).toBe('你好，{{姓名}}')
    await phone().getByText('姓名').waitFor()
    await keepShot(page, 'message-text')
    await page.getByRole('button', { name: '用真实客户预览' }).click()
    await page.getByRole('row').filter({ hasText: 'oMessages' }).getByRole('checkbox').click()
    await page.locator('.ant-drawer').getByRole('button', { name: /使用/ }).click()
    await phone().getByText('林小满').waitFor()
    await keepShot(page, 'message-person')
  })

  test('A6: every kind has its form and its place on the phone', async () => {
    await page.getByText('图文 · 落地页', { exact: true }).click()
    await page.getByLabel('标题').fill('周末见')
    await page.getByLabel('落地页链接').fill('not an address')
    await page.getByText('链接不正确').first().waitFor()
    await phone().getByText('周末见').waitFor()
    await page.getByText('菜单消息', { exact: true }).click()
    await page.getByLabel('开头文字').fill('满意吗？')
    await page.getByRole('button', { name: '添加选项' }).click()
    await page.getByLabel('选项文字').fill('很满意')
    await phone().getByText('很满意').waitFor()
    await keepShot(page, 'message-menu')
    for (const kind of ['图片', '小程序卡片', '语音', '视频', '音乐']) {
      await page.locator('.w-message-kinds').getByText(kind, { exact: true }).click()
      await page.locator('.w-message-field').first().waitFor()
    }
  })

  test('D2, D3: fields are checked while typing, and the rules are named', async () => {
    await compose('template')
    await page.getByRole('combobox').first().click()
    await page.locator('.ant-select-item-option').filter({ hasText: '订单支付成功通知' }).first().click()
    const field = page.locator('.w-message-field').filter({ hasText: 'thing' }).first().getByRole('textbox')
    await field.fill('字'.repeat(21))
    await page
      .getByText(/不符合字段规则/)
      .first()
      .waitFor()
    await field.fill('全场秒杀')
    await page.getByText('内容含营销、推广').waitFor()
    await phone().getByText('全场秒杀').waitFor()
    await keepShot(page, 'message-template')
  })

  test('D3: an administrator makes a rule block', async () => {
    await page.goto(`${stage.base}/settings/message-checks`)
    const rule = page.getByRole('row').filter({ hasText: '内容含营销、推广' })
    await rule.getByRole('switch').click()
    await page.getByText('已保存').waitFor()
    await expect.poll(() => rule.getByRole('switch').getAttribute('aria-checked')).toBe('true')
    await keepShot(page, 'message-checks')
    expect(stage.errors).toEqual([])
  })
})
