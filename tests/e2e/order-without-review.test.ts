import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'

type Item = { openid: string; content: unknown }
const BUYERS = 5
const REVIEWERS = 2

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let base: string
let account: Bound
let buyers: string[]
let writeKey: string

/** What the console itself calls, with its session. */
const call = <T>(method: string, path: string, body?: object): Promise<T> =>
  page.evaluate(
    async ({ method, path, body }) => {
      const answer = await fetch(path, {
        method,
        headers: { 'x-weida-request': '1', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return (await answer.json()) as never
    },
    { method, path, body },
  )

/** The brand's own server tells what people did. */
async function tell(event: string, openids: readonly string[]) {
  const batch = openids.map((openid) => ({
    type: 'track',
    event,
    context: { openid },
    properties: { amount: 28, order_no: `order-${openid}` },
  }))
  const answer = await fetch(`${base}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
    body: JSON.stringify({ batch }),
  })
  expect(answer.status).toBe(200)
}

/** What the simulated WeChat gave to fans one by one. */
const received = async (): Promise<Item[]> =>
  (await world.control<{ items: Item[] }>('GET', `/ledger?appid=${account.appid}&kind=template&limit=500`))
    .items

/** Rows of the list of people who are watched, under one of its states. */
const watched = async (state: string) => {
  await page.locator('.ant-segmented-item').filter({ hasText: state }).first().click()
  return page.locator('tbody tr.ant-table-row')
}

describe.skipIf(!hasBrowser)('ordered but not reviewed within 20 minutes: a template message', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 1000,
      prepare: async (made) => {
        account = await bindStill(made, { fans: 60 })
        await syncTemplates(made.ctx, account.id)
      },
    })
    ;({ world, page, base } = open)
    buyers = account.openids.slice(0, BUYERS)
    const source = await call<{ keys: { writeKey: string } }>('POST', '/api/sources', {
      name: '门店系统',
      kind: 'server',
      accountId: account.id,
    })
    writeKey = source.keys.writeKey
    // both events are known, by somebody of whom nothing more is heard
    for (const event of ['order_paid', 'order_reviewed']) await tell(event, account.openids.slice(-1))
    await until(async () => {
      const { rowCount } = await world.ctx.pool.query(`select from event_names where name like 'order_%'`)
      return rowCount === 2
    })
  })

  afterAll(() => open?.close())

  test('B6, D1, D2: the story is started from the empty list; only the template and its fields are still to be filled in', async () => {
    await page.goto(`${base}/accounts/${account.id}/campaigns`)
    await page.getByText('下单后 20 分钟没评价，发模板消息').click()
    await page.getByRole('button', { name: '下一步' }).click()
    await page.waitForURL(/campaigns\/\d+\/edit\?step=audience/)
    await page.getByTestId('estimate').waitFor()
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('会发生什么').waitFor()
    await keepShot(page, 'order-01-trigger')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.locator('.ant-select').filter({ hasText: '选择模板' }).last().click()
    await page.locator('.ant-select-item-option', { hasText: '服务评价提醒' }).click()
    await page.getByRole('textbox').nth(0).fill('A1001')
    await page.getByRole('textbox').nth(1).fill('到店自取')
    await page.getByRole('textbox').nth(2).fill('明天下午')
    // a time that is none is said while typing
    await page.getByText('内容还没有填完整').or(page.locator('[role=alert]')).first().waitFor()
    await page.getByRole('textbox').nth(2).fill('2026年11月21日 15:01')
    await page.getByText(/草稿已自动保存/).waitFor()
    await keepShot(page, 'order-02-content')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('消息性质').waitFor()
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('button', { name: '开始预演' }).click()
    const start = page.getByRole('button', { name: '启动，等待触发' })
    await expect.poll(() => start.isEnabled()).toBe(true)
    await keepShot(page, 'order-03-preflight')
    await start.click()
    const dialog = page.getByRole('dialog', { name: '确认启动触达活动' })
    await dialog.getByRole('checkbox').check()
    await dialog.getByRole('button', { name: /启\s*动/ }).click()
    await page.waitForURL(/campaigns\/\d+$/)
    await page.getByText(/正在等待触发/).waitFor()
  })

  test('B6, G3: who orders is watched; after 20 minutes those without a review received it once, the others did not', async () => {
    await tell('order_paid', buyers)
    await page.getByRole('tab', { name: '观察中' }).click()
    await expect.poll(async () => (await watched('观察中')).count()).toBe(BUYERS)
    await keepShot(page, 'order-04-watched')
    await tell('order_reviewed', buyers.slice(0, REVIEWERS))
    await until(async () => {
      const { rows } = await world.ctx.pool.query<{ n: number }>(
        `select count(*)::int as n from events where name = 'order_reviewed'`,
      )
      return rows[0]?.n === 1 + REVIEWERS
    })
    expect(await received()).toEqual([])
    const { now } = await call<{ now: string }>('GET', '/api/sandbox/clock')
    const to = new Date(Date.parse(now) + 21 * 60_000).toISOString()
    await call('POST', '/api/sandbox/clock', { to, how: 'fast' })
    await expect.poll(async () => (await received()).length).toBe(BUYERS - REVIEWERS)
    await expect.poll(async () => (await watched('做了 B，不发')).count()).toBe(REVIEWERS)
    await keepShot(page, 'order-05-reviewed')
    const items = await received()
    expect(items.map(({ openid }) => openid).sort()).toEqual(buyers.slice(REVIEWERS).sort())
    expect(JSON.stringify(items[0]?.content)).toContain('到店自取')
  })

  test('G2, G3: the page counts the same people, and why tells of one who reviewed', async () => {
    await page.getByRole('button', { name: '为什么' }).first().click()
    await page.getByTestId('why').getByText('时限内做了 B，不发送').first().waitFor()
    await keepShot(page, 'order-06-why')
    await page.locator('.ant-drawer-close').click()
    await page.getByRole('tab', { name: '概况' }).click()
    await expect
      .poll(() => page.locator('[data-step=delivered]').textContent())
      .toBe(String(BUYERS - REVIEWERS))
    expect(await page.locator('[data-step=sent]').textContent()).toBe(String(BUYERS - REVIEWERS))
    await keepShot(page, 'order-07-figures')
    expect(open.errors).toEqual([])
  })
})
