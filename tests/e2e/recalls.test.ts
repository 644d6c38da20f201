import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, keepShot, openPage } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, forward, openConsoleWorld, write } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000

let open: ConsoleWorld
let world: ConsoleWorld['world']
let page: Page
let base: string
let account: Bound

describe.skipIf(!hasBrowser)('用户召回 with the default reply', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 1100,
      prepare: async (made) => {
        account = await bindStill(made, { fans: 6 })
      },
    })
    ;({ world, page, base } = open)
  })
  afterAll(() => open?.close())

  test('C1, C2, C4: a newcomer makes a rule; the form says when, whom and what', async () => {
    await page.goto(`${base}/accounts/${account.id}/overview`)
    await page.getByRole('menuitem', { name: '用户召回' }).click()
    await page.getByText('还没有召回规则').waitFor()
    await keepShot(page, 'recalls-01-empty')
    await page.getByRole('button', { name: '添加召回规则' }).click()
    await page.getByLabel('规则名称').fill('到期前提醒')
    await page
      .getByTestId('recall-example')
      .getByText(/将在 .* 08:50 收到/)
      .waitFor()
    await page.getByRole('spinbutton', { name: '在 48 小时到期前 分钟数 分钟发送' }).fill('9')
    await page.getByText('请填 10 到 2880 之间的整数').waitFor()
    await page.getByRole('spinbutton', { name: '在 48 小时到期前 分钟数 分钟发送' }).fill('2880')
    await page.getByText('会打断正在聊天的人').waitFor()
    expect(await page.getByRole('button', { name: /保\s*存/ }).isDisabled()).toBe(true)
    await page.getByRole('spinbutton', { name: '在 48 小时到期前 分钟数 分钟发送' }).fill('20')
    await page
      .getByTestId('recall-example')
      .getByText(/将在 .* 08:40 收到/)
      .waitFor()
    await page.getByLabel('首行文案').fill('好久不见，送你一张券')
    await page.getByLabel('引导语（蓝字）').fill('点我领取')
    await page.getByLabel('自动发送消息').fill('领券')
    await page.getByTestId('recall-estimate').waitFor()
    await page.getByText('粉丝说“领券”').waitFor()
    await page.locator('.w-recall-keyword textarea').fill('券已到账，祝你开心')
    await keepShot(page, 'recalls-02-form')
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await page.getByRole('link', { name: '到期前提醒' }).waitFor()
    await keepShot(page, 'recalls-03-list')
  })

  test('C5: two days later the page says who was recalled, and the fan’s phone has the phrase', async () => {
    const [quiet = '', lively = ''] = account.openids
    await write(world, account.appid, [quiet, lively])
    await forward(world, 47 * HOUR)
    await world.control('POST', '/act', {
      appid: account.appid,
      openid: lively,
      action: 'text',
      content: '还在',
    })
    await until(async () => {
      const { rowCount } = await world.ctx.pool.query(
        `select from events where properties ->> 'content' = '还在'`,
      )
      return rowCount === 1
    })
    await forward(world, HOUR - 19 * 60_000)
    await page.getByRole('link', { name: '到期前提醒' }).click()
    await page.getByRole('tab', { name: '发送记录' }).click()
    await page.getByText(quiet).waitFor()
    await page.getByText('已受理').waitFor()
    expect(await page.getByText(lively).count()).toBe(0)
    await keepShot(page, 'recalls-04-people')
    const phone = await openPage(page.context(), {})
    await phone.goto(`${world.ctx.config.simulator.url}/phone?appid=${account.appid}&openid=${quiet}`)
    await phone.getByText('好久不见，送你一张券').waitFor()
    await keepShot(phone, 'recalls-05-phone')
    await phone.getByText('点我领取').click()
    await phone.getByText('券已到账，祝你开心').waitFor()
    await keepShot(phone, 'recalls-06-answered')
    await phone.close()
    await page.getByText('点了蓝字').waitFor()
    await page.getByRole('button', { name: '为什么' }).click()
    await page.getByTestId('recall-why').getByText('触发时刻').waitFor()
    await keepShot(page, 'recalls-07-why')
    await page.goto(`${base}/accounts/${account.id}/recalls/new`)
    await page.getByLabel('自动发送消息').fill('领券')
    await page.getByText('现在由自动回复规则“到期前提醒”回答').waitFor()
    expect(open.errors).toEqual([])
  })
})
