import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOperator } from '../../src/modules/operators/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { type RunningWorker, startWorker } from '../../src/worker/index.ts'
import { type BareWorld, createBareWorld } from '../security/world.ts'
import {
  buildConsole,
  collectErrors,
  hasBrowser,
  keepShot,
  launchBrowser,
  openPage,
} from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'

let world: BareWorld
let server: RunningServer
let worker: RunningWorker
let browser: Browser
let page: Page
let errors: string[]
let base: string

const PERSON = { email: 'first@example.com', password: 'a long enough password' }
const FILE = `订单编号,下单时间,手机号,实付金额,状态,商品名称,类目,单价,数量
A-1,2026-11-01 10:00,13800138001,300,paid,跑鞋,鞋,300,1
A-2,2026-11-02 11:30,13800138002,150,paid,帽子,配件,50,1
A-2,2026-11-02 11:30,13800138002,150,paid,拖鞋,鞋,100,1
A-3,昨天,13800138003,80,paid,袜子,配件,80,1
`

describe.skipIf(!hasBrowser)('F2: orders from a template, a file of them, and what became of it', () => {
  beforeAll(async () => {
    buildConsole()
    const port = await freePort()
    base = `http://127.0.0.1:${port}`
    world = await createBareWorld('sandbox', { PORT: String(port), PUBLIC_URL: base })
    await createOperator(world.ctx, {
      ...PERSON,
      name: '管理员',
      role: 'administrator',
      allAccounts: true,
      accountIds: [],
    })
    server = await startServer(world.ctx)
    worker = await startWorker(world.ctx)
    browser = await launchBrowser()
    page = await openPage(browser, { viewport: { width: 1280, height: 800 } })
    errors = collectErrors(page)
  })

  afterAll(async () => {
    await browser?.close()
    await worker?.close()
    await server?.close()
    await world?.close()
  })

  test('a template is declared in two clicks', async () => {
    await page.goto(`${base}/datasets`)
    await page.getByLabel('邮箱').fill(PERSON.email)
    await page.getByLabel('密码', { exact: true }).fill(PERSON.password)
    await page.locator('button[type=submit]').click()
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    await page.goto(`${base}/datasets`)
    await page.getByText('还没有明细表').waitFor()
    await keepShot(page, 'datasets-1-empty')
    await page.getByRole('button', { name: '订单' }).first().click()
    await page
      .locator('.ant-drawer')
      .getByText('小计')
      .or(page.locator('input[value="小计"]'))
      .first()
      .waitFor()
    await keepShot(page, 'datasets-2-declare')
    await page
      .getByRole('button', { name: '声 明' })
      .or(page.getByRole('button', { name: '声明', exact: true }))
      .last()
      .click()
    await page.waitForURL(/\/datasets\/orders$/)
    await page.getByText('还没有行').waitFor()
    await keepShot(page, 'datasets-3-declared')
  })

  test('a file is mapped by itself, a bad record is seen before it is written, and the rest is there after', async () => {
    await page.getByRole('button', { name: '导入文件' }).click()
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '订单.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) })
    await page.getByText('1 条有问题，写入时会跳过').waitFor()
    await keepShot(page, 'datasets-4-mapping')
    await page.getByRole('button', { name: '开始写入' }).click()
    await page.getByText('已完成').waitFor()
    await keepShot(page, 'datasets-5-imported')
    await page.getByRole('link', { name: '查看数据' }).click()
    await page.getByText('A-2', { exact: true }).waitFor()
    await page.locator('.ant-table-row-expand-icon').first().click()
    await page.getByText('拖鞋').waitFor()
    await keepShot(page, 'datasets-6-rows')
    const { rows } = await world.ctx.pool.query('select count(*)::int as n from contacts')
    expect(rows[0].n).toBe(2)
  })

  test('the customer’s page shows their orders with lines and totals', async () => {
    await page.getByRole('row', { name: /A-2/ }).getByRole('link').click()
    await page.waitForURL(/\/customers\/\d+$/)
    await page.getByRole('tab', { name: '明细数据' }).click()
    await page.getByText('实付金额合计').waitFor()
    await page.getByText('A-2', { exact: true }).waitFor()
    await page.locator('.ant-table-row-expand-icon').first().click()
    await page.getByText('拖鞋').waitFor()
    await keepShot(page, 'datasets-10-person')
    await page.goto(`${base}/datasets/orders`)
  })

  test('fields, imports and the API’s address are told', async () => {
    await page.getByRole('tab', { name: '字段' }).click()
    await page.getByText('line_amount').waitFor()
    await keepShot(page, 'datasets-7-fields')
    await page.getByRole('tab', { name: '导入' }).click()
    await page.getByText('订单.csv').waitFor()
    await keepShot(page, 'datasets-8-imports')
    await page.getByRole('tab', { name: '接口' }).click()
    await page.getByText(`POST ${base}/v1/datasets/orders`, { exact: true }).waitFor()
    await keepShot(page, 'datasets-9-api')
    expect(errors).toEqual([])
  })
})
