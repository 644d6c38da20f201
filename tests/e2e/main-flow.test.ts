import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedSandbox } from '../../src/modules/sandbox/index.ts'
import { hasBrowser, keepShot, openPage } from '../support/browser.ts'
import { beFirst, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let errors: string[]
let base: string

describe.skipIf(!hasBrowser)('a newcomer, from the first page to the fan’s phone', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      env: { SANDBOX_FANS: '800' },
      height: 800,
      prepare: ({ ctx }) => seedSandbox(ctx),
      administrator: false,
    })
    ;({ world, page, base, errors } = open)
  })

  afterAll(() => open?.close())

  test('F5: the first visitor makes the administrator and lands on the account’s overview', async () => {
    await page.goto(base)
    await page.waitForURL(/\/setup/)
    await keepShot(page, '01-setup')
    await beFirst(page)
    await page.waitForURL(/\/overview/)
    await page.getByText('800', { exact: true }).first().waitFor()
    await keepShot(page, '02-overview')
  })

  test('E3, D4, G1, E8: a send to a tag goes out as pre-flight said', async () => {
    await page.getByRole('link', { name: '群发', exact: true }).click()
    await page.getByRole('button', { name: '新建群发' }).first().click()
    await page.getByPlaceholder('会员日').fill('周末上新')
    await page.locator('.w-choice-grid').first().getByText('微信标签', { exact: true }).click()
    await page.locator('.ant-select').filter({ hasText: '选择标签' }).click()
    await page.locator('.ant-select-item-option').filter({ hasText: '会员' }).first().click()
    await keepShot(page, '03-audience')
    await page.getByRole('button', { name: '下一步' }).click()
    await page
      .getByRole('button', { name: /添加图文/ })
      .first()
      .click()
    await page.locator('.w-pick-row:not([disabled])').first().click()
    await keepShot(page, '04-content')
    await page.getByRole('button', { name: '下一步' }).click()
    const send = page.getByRole('button', { name: /发送给 .* 人/ })
    await send.waitFor()
    const promised = Number(/([\d,]+) 人/.exec((await send.textContent()) ?? '')?.[1]?.replace(/,/g, ''))
    expect(promised).toBeGreaterThan(1)
    await keepShot(page, '05-preflight')
    await send.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('checkbox').check()
    await keepShot(page, '06-confirm')
    await dialog.getByRole('button', { name: '立即发送' }).click()
    await page.waitForURL(/\/broadcasts\/\d+$/)
    await page.locator('.w-state', { hasText: '发送成功' }).first().waitFor()
    await keepShot(page, '07-result')
    const appid = (
      await world.ctx.db
        .selectFrom('accounts')
        .select('appid')
        .where('kind', '=', 'service')
        .executeTakeFirstOrThrow()
    ).appid
    const ledger = await world.control<{ byMsg: { kind: string; count: number }[]; duplicates: number }>(
      'GET',
      `/ledger/summary?appid=${appid}`,
    )
    expect(ledger.byMsg.filter(({ kind }) => kind === 'mass').map(({ count }) => count)).toEqual([promised])
    expect(ledger.duplicates).toBe(0)
  })

  test('F7: the article lies on the phone of a fan who was reached', async () => {
    const { rows } = await world.ctx.pool.query<{ openid: string; title: string; appid: string }>(
      `select f.openid, b.frozen_content->'articles'->0->>'title' as title, a.appid
       from broadcast_arms b join broadcast_recipients r on r.broadcast_id = b.broadcast_id and r.arm = b.number
       join fans f on f.id = r.fan_id join accounts a on a.id = b.account_id where r.batch_seq is not null order by b.id, r.fan_id limit 1`,
    )
    const fan = rows[0]
    if (fan === undefined) throw new Error('nobody was reached')
    const phone = await openPage(page.context())
    await phone.goto(`${world.simulator.url}/phone?appid=${fan.appid}&openid=${fan.openid}`)
    await phone.getByText(fan.title).first().waitFor()
    await keepShot(phone, '08-phone')
    await phone.close()
  })

  test('the console speaks English when asked, on every page, and nothing breaks in the browser', async () => {
    await page.goto(`${base}/profile`)
    await page.getByText('English').first().click()
    await page.getByText('Overview', { exact: true }).first().waitFor()
    const pages = ['overview', 'broadcasts', 'fans', 'tags', 'lists', 'articles', 'images']
    const id = (
      await world.ctx.db
        .selectFrom('accounts')
        .select('id')
        .where('kind', '=', 'service')
        .executeTakeFirstOrThrow()
    ).id
    const settings = ['accounts', `accounts/${id}`, 'members', 'audit', 'api']
    for (const path of [
      ...pages.map((name) => `/accounts/${id}/${name}`),
      ...settings.map((name) => `/settings/${name}`),
    ]) {
      await page.goto(base + path)
      await page.locator('h1').first().waitFor()
      await page.waitForLoadState('networkidle')
      await keepShot(page, `en-${path.replace(/\//g, '-').slice(1)}`)
      const heading = await page.locator('h1').first().textContent()
      expect(heading, path).not.toMatch(path.endsWith(`accounts/${id}`) ? /^$/ : /[\u4e00-\u9fff]/)
    }
    expect(errors).toEqual([])
  })
})
