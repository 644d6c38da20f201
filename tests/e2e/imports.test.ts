import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

const FILE = `会员编号,手机号,姓名,等级,标签
m-1,13800138001,王小美,金,VIP
m-2,13800138002,李雷,银,VIP、老客
m-3,12,韩梅梅,银,
`
let open: ConsoleWorld
let page: Page

describe.skipIf(!hasBrowser)('people brought in as a file', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 900,
      prepare: async ({ ctx, account }) =>
        bindAccount(ctx, await account({ fans: 0, drafts: 0, articles: 0 })),
    })
    page = open.page
  })
  afterAll(() => open?.close())

  test('F1: columns are guessed, a bad row is seen before anything is written, and what came of it is told', async () => {
    await page.getByRole('link', { name: '客户', exact: true }).click()
    await page.getByRole('button', { name: '导入客户' }).click()
    await page.getByText('还没有导入过文件').waitFor()
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '会员.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) })
    await page.getByText('新增 2 · 有问题，不写入 1').waitFor()
    await page.getByText('手机号 手机号不对').waitFor()
    await page.getByRole('combobox', { name: '等级' }).fill('新建')
    await page.getByText('新建属性…').click()
    await page.getByPlaceholder('分群名称，不填则不建').fill('导入的会员')
    await keepShot(page, 'imports-1-mapping')
    await page.getByRole('button', { name: '开始导入' }).click()
    await page.getByText('已完成').first().waitFor()
    await page.getByRole('link', { name: '查看分群' }).waitFor()
    await keepShot(page, 'imports-2-done')
    await page.getByRole('button', { name: '再导入一个文件' }).click()
    await page.getByRole('cell', { name: '会员.csv' }).waitFor()
    await keepShot(page, 'imports-3-past')
    await page.goto(`${open.base}/customers`)
    await page.getByText('王小美').waitFor()
    expect(open.errors).toEqual([])
  })
})
