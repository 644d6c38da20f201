import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let open: ConsoleWorld
let page: Page
let base: string
let accountId: string

const next = () => page.getByRole('button', { name: '下一步' }).click()

describe.skipIf(!hasBrowser)('a comparison group, from the editor to its own time', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      prepare: async (world) => {
        accountId = (await bindStill(world, { fans: 120 })).id
      },
    })
    ;({ page, base } = open)
    const { rows } = await open.world.ctx.pool.query<{ id: string }>(
      `with l as (insert into fan_lists (account_id, name, size, created_at) values ($1, '老客', 40, now()) returning id),
         m as (insert into fan_list_members (list_id, fan_id)
           select l.id, f.id from l, (select id from fans where account_id = $1 and following order by id limit 40) f)
       select id from l`,
      [accountId],
    )
    expect(rows).toHaveLength(1)
  })

  afterAll(() => open?.close())

  test('E5, E7: two groups with their own text; one goes at once, the other is re-timed and deleted', async () => {
    await page.goto(`${base}/accounts/${accountId}/broadcasts/new`)
    await page.getByPlaceholder('会员日').fill('老客先发')
    await page.getByRole('radio', { name: /^粉丝名单/ }).click()
    await page.locator('.ant-select', { hasText: '选择名单' }).click()
    await page.getByText('老客（40）').click()
    await page.getByRole('button', { name: '添加对比组' }).click()
    await page.getByRole('radio', { name: /^剩余其他粉丝/ }).click()
    await keepShot(page, 'groups-1-audience')
    await next()
    // the first save opens the group that was being filled in
    await page.getByText('文本', { exact: true }).first().waitFor()
    await page.getByRole('tab', { name: '2. 对比组 1', selected: true }).waitFor()
    await page.getByRole('tab', { name: '1. 老客先发' }).click()
    await page.getByText('文本', { exact: true }).first().click()
    await page.locator('textarea').first().fill('老客专享 😀')
    await page.getByRole('tab', { name: '2. 对比组 1' }).click()
    await page.getByText('文本', { exact: true }).first().click()
    await page.locator('textarea').first().fill('周末见')
    await keepShot(page, 'groups-2-content')
    await next()
    await page.getByText('分组定时').click()
    const tomorrow = new Date(Date.now() + 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    const picker = page.getByLabel('对比组 1的发送时间')
    await picker.fill(`${tomorrow} 10:00`)
    await picker.press('Enter')
    const send = page.getByRole('button', { name: /发送给 .* 人/ })
    await send.waitFor()
    await page.getByText('圈中 40', { exact: true }).waitFor()
    await keepShot(page, 'groups-3-review')
    await send.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2. 对比组 1', { exact: true }).waitFor()
    await dialog.getByRole('checkbox').check()
    await keepShot(page, 'groups-4-confirm')
    await dialog.getByRole('button', { name: '确认定时发送' }).click()
    await page.waitForURL(/\/broadcasts\/\d+$/)
    const row = (name: string) => page.getByRole('row', { name })
    await row('老客先发').getByText('发送成功').waitFor()
    await row('对比组 1').getByText('队列中').waitFor()
    await keepShot(page, 'groups-5-detail')
    await row('对比组 1').getByRole('button', { name: '改时间' }).click()
    const time = page.getByRole('dialog').getByLabel('发送时间')
    await time.fill(`${tomorrow} 11:30`)
    // the page reads itself anew meanwhile, which leaves what is typed alone
    for (let looks = 0; looks < 2; looks += 1) await page.waitForResponse(/\/broadcasts\/\d+$/)
    await time.press('Enter')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /确\s*定/ })
      .click()
    await row('对比组 1').getByText('11:30').waitFor()
    await row('对比组 1')
      .getByRole('button', { name: /删\s*除/ })
      .click()
    await page
      .getByRole('tooltip')
      .getByRole('button', { name: /删\s*除/ })
      .click()
    await row('对比组 1').getByText('已取消').waitFor()
    await keepShot(page, 'groups-6-deleted')
    const { rows } = await open.world.ctx.pool.query(
      `select state, planned from broadcast_arms order by number`,
    )
    expect(rows).toEqual([
      { state: 'ended', planned: 40 },
      { state: 'cancelled', planned: 0 },
    ])
    expect(open.errors).toEqual([])
  })
})
