import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, keepShot, openPage } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'

let open: ConsoleWorld
let page: Page
let base: string
let account: Bound

describe.skipIf(!hasBrowser)('渠道二维码 that tags and answers', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 1100,
      prepare: async (made) => {
        account = await bindStill(made, { fans: 6 })
        await made.ctx.pool.query(`insert into tags (name, created_at) values ('到店', now())`)
      },
    })
    ;({ page, base } = open)
  })
  afterAll(() => open?.close())

  test('D12: a newcomer makes a code with an answer; a fan scans it out of the phone’s list and gets it; the page counts it', async () => {
    await page.goto(`${base}/accounts/${account.id}/overview`)
    await page.getByRole('menuitem', { name: '渠道二维码' }).click()
    await page.getByText('还没有渠道二维码').waitFor()
    await page.getByRole('button', { name: '新建二维码' }).first().click()
    await page.getByRole('textbox', { name: '名称' }).fill('南京路店收银台')
    await page.getByRole('button', { name: '设置答复与标签' }).click()
    await page.getByRole('textbox', { name: '消息内容' }).fill('欢迎光临南京路店')
    await page.getByLabel('打上自有标签').click()
    await page.getByTitle('到店').click()
    await keepShot(page, 'qr-codes-01-answer')
    await page.getByRole('button', { name: /^使\s*用$/ }).click()
    await page.getByText('打标签：到店').waitFor()
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await page.getByText('永久有效').waitFor()
    await page.getByText('南京路店收银台').click()
    await page.getByAltText('“南京路店收银台”的二维码').waitFor()
    const phone = await openPage(page.context())
    const { openids, appid } = account
    const { simulator } = open.world.ctx.config
    await phone.goto(`${simulator.url}/phone?appid=${appid}&openid=${openids[0]}`)
    await phone.getByRole('button', { name: '扫一扫' }).click()
    await phone.locator('.codes button').click()
    await phone.getByText('欢迎光临南京路店').waitFor()
    await phone.close()
    await page.getByRole('tab', { name: '扫码的人' }).click()
    await page.getByRole('row', { name: new RegExp(`${openids[0]} 已关注 已关注 1 `) }).waitFor()
    await keepShot(page, 'qr-codes-02-people')
    await page.goto((await page.locator('.w-copyable code').first().textContent()) ?? '')
    await page.getByText('长按识别二维码').waitFor()
    await keepShot(page, 'qr-codes-03-page')
    expect(open.errors).toEqual([])
  })
})
