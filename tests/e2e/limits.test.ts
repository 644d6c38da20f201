import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let stage: ConsoleWorld
let page: Page
let contactId: string

describe.skipIf(!hasBrowser)('触达限制 in the console', () => {
  beforeAll(async () => {
    stage = await openConsoleWorld({
      prepare: async (world) => {
        const accountId = await bindAccount(world.ctx, await world.account({ fans: 3 }))
        const { rows } = await world.ctx.pool.query<{ id: string }>(
          `insert into contacts (name, created_at) values ('林小满', now()) returning id`,
        )
        contactId = rows[0]?.id as string
        await world.ctx.pool.query(
          `insert into fans (account_id, contact_id, following, openid) values ($1, $2, true, 'oLimits')`,
          [accountId, contactId],
        )
      },
    })
    page = stage.page
  })
  afterAll(() => stage?.close())

  const row = (text: string) => page.getByRole('row').filter({ hasText: text })
  const save = () =>
    page
      .locator('.ant-modal')
      .getByRole('button', { name: /保\s*存/ })
      .click()

  test('F3: a cap is made, said as a sentence, switched off, removed', async () => {
    await page.goto(`${stage.base}/settings/limits`)
    await page.getByText('还没有疲劳度限制').waitFor()
    await page.getByRole('button', { name: '新增疲劳度' }).click()
    await page.locator('.ant-modal').getByText('每人任意连续 7 天内最多 3 条').waitFor()
    await keepShot(page, 'limits-cap')
    await save()
    await row('每人任意连续 7 天内最多 3 条').getByText('启用').waitFor()
    await row('每人任意连续 7 天内').getByRole('button', { name: '修改' }).click()
    await page.locator('.ant-modal').getByRole('switch').click()
    await save()
    await row('每人任意连续 7 天内').getByText('已停用').waitFor()
    await keepShot(page, 'limits-caps')
    await row('每人任意连续 7 天内').getByRole('button', { name: '删除' }).click()
    await page
      .locator('.ant-modal-confirm')
      .getByRole('button', { name: /删\s*除/ })
      .click()
    await page.getByText('还没有疲劳度限制').waitFor()
  })

  test('F3: quiet hours show by examples what becomes of messages', async () => {
    await page.goto(`${stage.base}/settings/limits?tab=quiet`)
    await page.getByRole('button', { name: '新增免打扰时段' }).click()
    const modal = page.locator('.ant-modal')
    await modal.getByText(/12:00 到点的：立即发送/).waitFor()
    await modal.getByText(/23:00 到点的：推迟到 .* 08:00/).waitFor()
    await keepShot(page, 'limits-quiet')
    await save()
    await row('22:00 – 次日 08:00').waitFor()
  })

  test('不再打扰: put on the list on the customer’s page, found and taken off in the settings', async () => {
    await page.goto(`${stage.base}/customers/${contactId}`)
    await page.getByRole('button', { name: '不再打扰' }).click()
    const modal = page.locator('.ant-modal')
    await modal.getByLabel('备注').fill('来电要求')
    await modal.getByRole('button', { name: '不再打扰' }).click()
    await page.getByRole('button', { name: '移出不再打扰名单' }).waitFor()
    await page.goto(`${stage.base}/settings/limits?tab=suppressions`)
    await row('林小满').getByText('来电要求').waitFor()
    await keepShot(page, 'limits-suppressions')
    await row('林小满').getByRole('button', { name: '移出不再打扰名单' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '移出不再打扰名单' }).click()
    await page.getByText('名单是空的').waitFor()
    await page.getByRole('button', { name: '添加客户' }).click()
    await page.locator('.ant-modal .ant-select').click()
    await page.keyboard.type('林小满')
    await page.locator('.ant-select-item-option').filter({ hasText: '林小满' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '不再打扰' }).click()
    await row('林小满').waitFor()
  })

  test('nothing went wrong in the page', () => {
    expect(stage.errors).toEqual([])
  })
})
