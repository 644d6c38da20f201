import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let open: ConsoleWorld
let page: Page

describe.skipIf(!hasBrowser)('people taken away as a file', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 800,
      prepare: async ({ ctx, account }) => {
        await bindAccount(ctx, await account({ fans: 0, drafts: 0, articles: 0 }))
        await ctx.pool.query(
          `insert into contacts (created_at, name) select now(), '客户' || g from generate_series(1, 3) g`,
        )
      },
    })
    page = open.page
  })
  afterAll(() => open?.close())

  test('F1: the numbers first, then progress, then the file; it stands in the list of exports', async () => {
    await page.getByRole('link', { name: '客户', exact: true }).click()
    await page.getByText('共 3 位').waitFor()
    await page.getByRole('button', { name: '导出全部' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('将导出的客户数').waitFor()
    await dialog.getByText('3', { exact: true }).waitFor()
    await dialog.getByText('CSV（').click()
    await keepShot(page, 'exports-1-dialog')
    await dialog.getByRole('button', { name: '开始导出' }).click()
    await dialog.getByText('已导出 3 人').waitFor()
    await keepShot(page, 'exports-2-done')
    const loading = page.waitForEvent('download')
    await dialog.getByRole('link', { name: '下载' }).click()
    const text = await readFile(await (await loading).path(), 'utf8')
    expect(text.split('\r\n')[0]).toBe('\ufeff客户编号,姓名,手机号,会员号,标签,创建时间')
    expect(text).toContain('客户3')
    await dialog.getByRole('tab', { name: '最近的导出' }).click()
    await dialog.getByText('客户列表 · CSV').waitFor()
    await keepShot(page, 'exports-3-recent')
    expect(open.errors).toEqual([])
  })
})
