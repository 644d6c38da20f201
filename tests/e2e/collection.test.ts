import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import { until } from '../support/index.ts'

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let errors: string[]
let base: string
let key = ''

const send = async (batch: object[]) => {
  const answer = await fetch(`${base}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
    body: JSON.stringify({ batch }),
  })
  expect(answer.status).toBe(200)
}

/** Milliseconds between one look of the open page at what arrived and the next. */
const gapsBetweenLooks = () =>
  page.evaluate<number[]>(`(() => {
    const looks = performance.getEntriesByType('resource').filter(({ name }) => /sources\\/\\d+\\/recent/.test(name))
    return looks.slice(1).map(({ startTime }, n) => startTime - looks[n].startTime)
  })()`)

describe.skipIf(!hasBrowser)('an administrator connects a system', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      prepare: async (made) => bindAccount(made.ctx, await made.account()),
    })
    ;({ world, page, base, errors } = open)
  })
  afterAll(() => open?.close())

  test('F1: a new source comes with instructions that have its address and key in them', async () => {
    await page.getByRole('link', { name: '接入', exact: true }).click()
    await page.getByRole('button', { name: '新建接入源' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('名称').fill('订单系统')
    await dialog.getByRole('radio', { name: /^服务器/ }).check()
    await keepShot(page, 'source-new')
    await dialog.getByRole('button', { name: /创\s?建/ }).click()
    await page.waitForURL(/\/settings\/sources\/\d+$/)
    const snippet = await page.locator('pre').first().textContent()
    key = /writeKey: '(srv_[\w-]+)'/.exec(snippet ?? '')?.[1] ?? ''
    expect(key).not.toBe('')
    expect(snippet).toContain(`host: '${base}'`)
    await keepShot(page, 'source-install')
    // the sample as it stands is taken in
    await page.getByText('HTTP', { exact: true }).click()
    const curl = await page.locator('pre', { hasText: 'curl' }).textContent()
    const json = /-d '(.*)'$/s.exec(curl ?? '')?.[1] ?? ''
    await send((JSON.parse(json) as { batch: object[] }).batch)
  })

  test('F1: what arrives shows within two seconds, and of what is rejected why and what to do', async () => {
    await page.getByRole('tab', { name: '实时数据' }).click()
    await page.getByText('order_paid').first().waitFor()
    await send([
      { type: 'track', event: 'view_product', userId: 'u1', properties: { price: 399, sku: 'S101' } },
      { type: 'track', userId: 'u1' },
    ])
    await page.getByText('view_product').first().waitFor()
    // by how often the page looks: how fast it draws is the machine's
    await expect.poll(async () => Math.min(...(await gapsBetweenLooks()))).toBeLessThan(2_000)
    await page.getByText('没有事件名').first().waitFor()
    await page.getByText('track 消息要有 event。').first().waitFor()
    await keepShot(page, 'source-live')
  })

  test('F2: events are listed with their properties; a conflict of types is shown, a name can be given', async () => {
    await send([
      { type: 'track', event: 'view_product', userId: 'u2', properties: { price: '三百', sku: 'S102' } },
    ])
    await until(
      async () =>
        (
          await world.ctx.pool.query(
            `select 1 from event_properties where event_name = 'view_product' and name = 'price' and types ? 'text'`,
          )
        ).rows.length > 0,
      { what: 'the registry to follow' },
    )
    await page.getByRole('link', { name: '事件', exact: true }).click()
    await page.waitForURL(/\/events/)
    await page.getByRole('heading', { name: '事件' }).waitFor()
    await page.getByText('view_product').first().click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('类型不一致').first().waitFor()
    await drawer.getByRole('button', { name: '改名' }).first().click()
    await drawer.getByLabel('显示名').fill('浏览商品')
    await drawer.getByRole('button', { name: /保\s?存/ }).click()
    await drawer.getByText('浏览商品').first().waitFor()
    await keepShot(page, 'event-drawer')
    await page.locator('.ant-drawer-close').click()
    await drawer.waitFor({ state: 'hidden' })
    await page
      .getByRole('cell', { name: /浏览商品/ })
      .first()
      .waitFor()
    await keepShot(page, 'events')
    expect(errors).toEqual([])
  })

  test('F1: a disabled source takes nothing more', async () => {
    await page.getByRole('link', { name: '接入', exact: true }).click()
    await page.getByText('订单系统').click()
    await page.getByRole('button', { name: /停\s?用/ }).click()
    await keepShot(page, 'source-disable')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /停\s?用/ })
      .click()
    await page.getByText('已停用').first().waitFor()
    await until(async () => {
      const answer = await fetch(`${base}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
        body: JSON.stringify({ event: 'late', userId: 'u1' }),
      })
      return answer.status === 403
    })
  })
})
