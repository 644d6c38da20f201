import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, forward, openConsoleWorld } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import type { TestWorld } from '../support/world.ts'

const HOUR = 3_600_000

let open: ConsoleWorld
let page: Page
let account: Bound

type Act = { openid: string; action: 'text' | 'menu' }

/** What fans do now; on record when it returns. */
async function act(world: TestWorld, acts: readonly Act[]): Promise<void> {
  const count = async () => {
    const { rows } = await world.ctx.pool.query<{ n: number }>('select count(*)::int as n from events')
    return rows[0]?.n ?? 0
  }
  const before = await count()
  for (const { openid, action } of acts)
    await world.control('POST', '/act', {
      appid: account.appid,
      openid,
      action,
      ...(action === 'text' ? { content: '在吗' } : { eventKey: 'hello' }),
    })
  await until(async () => (await count()) === before + acts.length, { what: 'what the fans did' })
}

/** Six days: two fans write and one taps the menu; a day later one of them writes again, two days later the other. */
async function live(world: TestWorld): Promise<void> {
  account = await bindStill(world, { fans: 4 })
  const [ann = '', ben = '', cat = ''] = account.openids
  await act(world, [
    { openid: ann, action: 'text' },
    { openid: ben, action: 'text' },
    { openid: cat, action: 'menu' },
  ])
  await forward(world, 24 * HOUR)
  await act(world, [{ openid: ben, action: 'text' }])
  await forward(world, 48 * HOUR)
  await act(world, [{ openid: ann, action: 'text' }])
  await forward(world, 72 * HOUR)
}

/** A number of the result by what it is called. */
const number = (label: string) =>
  page
    .getByTestId('backtest-result')
    .locator('.w-stat', { has: page.getByText(label, { exact: true }) })
    .locator('.w-stat-value')
    .first()
    .textContent()
const compared = (label: string) =>
  page
    .getByTestId('backtest-compared')
    .getByRole('row', { name: new RegExp(`^${label} `) })
    .getByRole('cell')
    .allTextContents()

describe.skipIf(!hasBrowser)('回测 of a recall rule that nobody saved', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({ height: 1100, prepare: live })
    ;({ page } = open)
  })
  afterAll(() => open?.close())

  test('G5: a draft is played over the week: how many, when, who by name, and why not the others', async () => {
    await page.goto(`${open.base}/accounts/${account.id}/recalls/new`)
    await page.getByLabel('规则名称').fill('到期前提醒')
    await page.getByRole('spinbutton', { name: '在 48 小时到期前 分钟数 分钟发送' }).fill('20')
    await page.getByRole('button', { name: '开始回测' }).click()
    await page.getByTestId('backtest-people').waitFor()
    expect(await number('轮到的人次')).toBe('4')
    expect(await number('会发出')).toBe('3')
    expect(await number('会收到的人')).toBe('2')
    expect(await number('不会发出')).toBe('1')
    await page.getByText('到时没有可发送的窗口').waitFor()
    await keepShot(page, 'backtests-01-numbers')
    const people = page.getByTestId('backtest-people')
    await people.getByRole('link').first().waitFor()
    expect(await people.getByRole('link').count()).toBe(2)
    await page.getByRole('button', { name: '查看样本' }).click()
    await people.getByRole('cell', { name: /到时没有可发送的窗口/ }).waitFor()
    expect(await people.getByRole('link').count()).toBe(1)
  })

  test('G5: compared with another time, both side by side; the result has an address', async () => {
    await page.getByLabel('对比', { exact: true }).click()
    await page.getByTitle('另一个触发时间').click()
    await page.getByText('没有互动满（分钟）').click()
    await page.getByLabel('对比 分钟数').fill('600')
    await page.getByRole('button', { name: '开始回测' }).click()
    await page.getByTestId('backtest-compared').waitFor()
    expect(await compared('轮到的人次')).toEqual(['轮到的人次', '4', '5', '−1'])
    expect(await compared('会发出')).toEqual(['会发出', '3', '4', '−1'])
    expect(await compared('会收到的人')).toEqual(['会收到的人', '2', '2', '0'])
    expect(await number('两个版本都会收到')).toBe('2')
    await keepShot(page, 'backtests-02-compared')
    const id = new URL(page.url()).searchParams.get('backtest')
    await page.getByRole('link', { name: '全部回测' }).click()
    await page.getByRole('button', { name: '离开' }).click()
    await page.getByRole('row', { name: /沉默 10 小时后/ }).click()
    await page.waitForURL(`**/backtests/${id}`)
    await page.getByTestId('backtest-compared').waitFor()
    expect(await compared('会发出')).toEqual(['会发出', '3', '4', '−1'])
    await keepShot(page, 'backtests-03-page')
    expect(open.errors).toEqual([])
  })
})
