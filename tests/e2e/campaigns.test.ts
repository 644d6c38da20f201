import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENTS } from '../../src/modules/ingest/schema.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld, write } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'

type Item = { openid: string; content: unknown }
/** Fans who write within the 48 hours. */
const WRITERS = 12
/** Fans who only opened a link of the menu: they interacted, and may not be written to. */
const LOOKERS = 2

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let base: string
let account: Bound
let openids: string[]

/** What the simulated WeChat gave to fans one by one. */
const received = async (): Promise<Item[]> =>
  (await world.control<{ items: Item[] }>('GET', `/ledger?appid=${account.appid}&kind=custom&limit=500`))
    .items

async function lookAtMenu({ ctx, control }: ConsoleWorld['world'], who: readonly string[]): Promise<void> {
  for (const openid of who)
    await control('POST', '/act', { appid: account.appid, openid, action: 'menu', button: [1, 1] })
  await until(async () => {
    const { rowCount } = await ctx.pool.query('select from events where name = $1', [EVENTS.menuView])
    return rowCount === LOOKERS
  })
}

/** The number in front of 人 on the start button. */
const numberIn = (text: string | null): number =>
  Number(/([\d,]+) 人/.exec(text ?? '')?.[1]?.replace(/,/g, '') ?? Number.NaN)

describe.skipIf(!hasBrowser)('everyone who interacted in the last 48 h, once, a news card', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 1000,
      prepare: async (made) => {
        account = await bindStill(made, { fans: 120 })
        openids = account.openids.slice(0, WRITERS)
        await write(made, account.appid, openids)
        await lookAtMenu(made, account.openids.slice(-LOOKERS))
      },
    })
    ;({ world, page, base } = open)
  })

  afterAll(() => open?.close())

  test('A1–A7, G1: an empty list starts the story; each step is filled in and saved by itself', async () => {
    await page.goto(`${base}/accounts/${account.id}/campaigns`)
    await page.getByText('还没有触达活动').waitFor()
    await keepShot(page, 'campaigns-01-empty')
    await page.getByText('48 小时内互动过的粉丝，发一次图文卡片').click()
    await page.waitForURL(/campaigns\/new/)
    await keepShot(page, 'campaigns-02-basics')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.waitForURL(/campaigns\/\d+\/edit\?step=audience/)
    await page.getByTestId('estimate').waitFor()
    await keepShot(page, 'campaigns-03-audience')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('只发给那之前 48 小时内互动过的人').waitFor()
    await keepShot(page, 'campaigns-04-trigger')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('textbox', { name: '标题' }).fill('周末会员日')
    await page.getByRole('textbox', { name: '描述' }).fill('到店有礼')
    await page.getByRole('textbox', { name: '落地页链接' }).fill(`${base}/t/none`)
    await page.getByText('图片地址', { exact: true }).first().click()
    await page.getByRole('textbox', { name: '封面图地址' }).fill(`${base}/favicon.svg`)
    await page.getByText(/草稿已自动保存/).waitFor()
    await keepShot(page, 'campaigns-05-content')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('switch', { name: '转化跟踪' }).click()
    await keepShot(page, 'campaigns-06-limits')
    await page.getByText(/草稿已自动保存/).waitFor()
    await page.reload()
    await expect.poll(() => page.getByRole('switch', { name: '转化跟踪' }).isChecked()).toBe(true)
    await page.getByRole('button', { name: '下一步' }).click()
  })

  test('G1, F4, G3: who starts it reaches exactly the people of the pre-flight, each once, with the card as written', async () => {
    await page.getByRole('button', { name: '开始预演' }).click()
    const start = page.getByRole('button', { name: /启动，发给 .* 人/ })
    await start.waitFor()
    const promised = numberIn(await start.textContent())
    await keepShot(page, 'campaigns-07-preflight')
    expect(promised).toBe(WRITERS)
    const [, left] = await page.getByTestId('preflight').locator('.w-stat-value').allTextContents()
    expect(left).toBe(String(LOOKERS))
    await page.getByTestId('preflight').getByRole('button', { name: '查看名单' }).first().click()
    await expect.poll(() => page.locator('.w-people-list > li').count()).toBe(LOOKERS)
    await keepShot(page, 'campaigns-08-people')
    await page.locator('.ant-drawer-close').click()
    await start.click()
    const dialog = page.getByRole('dialog', { name: '确认启动触达活动' })
    await dialog.getByRole('checkbox').check()
    await keepShot(page, 'campaigns-08-confirm')
    await dialog.getByRole('button', { name: /启\s*动/ }).click()
    await page.waitForURL(/campaigns\/\d+$/)
    await page.locator('.w-state', { hasText: '已结束' }).first().waitFor()
    await expect.poll(() => page.locator('[data-step=sent]').textContent()).toBe(String(promised))
    await page
      .getByRole('button', { name: /未发送.*查看名单/ })
      .first()
      .waitFor()
    expect(
      await page.locator('.w-reason-row', { hasText: '未发送' }).first().locator('b').textContent(),
    ).toBe(left)
    await keepShot(page, 'campaigns-09-done')
    const items = await received()
    expect(items).toHaveLength(promised)
    expect(new Set(items.map(({ openid }) => openid)).size).toBe(promised)
    expect(openids.every((openid) => items.some((item) => item.openid === openid))).toBe(true)
    expect(JSON.stringify(items[0]?.content)).toContain('周末会员日')
  })

  test('F6, G2: one tap on the card is counted on the page, and why tells the story of the one who tapped', async () => {
    const [item] = await received()
    const link = /https?:\/\/[^"\\]+\/t\/[\w-]+/.exec(JSON.stringify(item?.content))?.[0] ?? ''
    const answer = await fetch(link, {
      redirect: 'manual',
      headers: { 'user-agent': 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50' },
    })
    expect(answer.status).toBe(302)
    await expect.poll(() => page.locator('[data-step=clicked]').textContent()).toBe('1')
    await page.locator('[data-step=clicked]').click()
    await page.getByText('已显示 1 条').waitFor()
    await page.getByText(item?.openid ?? '').waitFor()
    await page.getByRole('button', { name: '为什么' }).click()
    await page.getByTestId('why').getByText('微信已受理').first().waitFor()
    await keepShot(page, 'campaigns-10-why')
    await page.getByTestId('why').getByRole('link', { name: '打开客户' }).click()
    await page.waitForURL(/customers\/\d+/)
    await page.getByRole('tab', { name: '触达', exact: true }).click()
    await page.getByText('互动粉丝图文触达').waitFor()
    await keepShot(page, 'campaigns-11-customer')
    expect(open.errors).toEqual([])
  })
})
