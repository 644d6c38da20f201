import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDraft } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { createRule } from '../../src/modules/recalls/commands/save.ts'
import { recallRuleFields } from '../../src/modules/recalls/schema.ts'
import { hasBrowser, keepShot, openPage } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import { pngOf } from '../support/pictures.ts'
import type { Bound } from '../support/sending.ts'

const TITLE = '夏季新品：冰摇柠檬茶'

let open: ConsoleWorld
let page: Page
let account: Bound

const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click()
const card = () => page.getByRole('button', { name: new RegExp(TITLE) })

describe.skipIf(!hasBrowser)('素材', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      prepare: async (made) => {
        account = await bindStill(made, { fans: 1, drafts: 3 })
        const client = await accountClient(made.ctx, account.id)
        const file = { name: '柠檬茶.png', contentType: 'image/png', data: pngOf({ width: 90, height: 60 }) }
        const { mediaId } = await uploadPermanent(client, 'image', file)
        await addDraft(client, [{ title: TITLE, content: '<p>新品上市</p>', thumb_media_id: mediaId }])
      },
    })
    page = open.page
  })
  afterAll(() => open?.close())

  test('D11: a newcomer syncs, finds a draft, and files it', async () => {
    await page.goto(`${open.base}/accounts/${account.id}/articles?kind=draft`)
    await page.getByText('还没有草稿').waitFor()
    await page.getByRole('menuitem', { name: '素材' }).waitFor()
    await keepShot(page, 'materials-01-empty')
    await page.getByRole('button', { name: '增量同步（最新 20 组）' }).first().click()
    await card().waitFor()
    await page.getByPlaceholder('搜索标题或作者').fill('柠檬茶')
    await page.waitForURL(/q=/)
    await page.getByRole('button', { name: '文件夹' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel('新文件夹的名称').fill('夏季')
    await page.keyboard.press('Enter')
    await drawer.getByText('图文 0 · 媒体 0').waitFor()
    await keepShot(page, 'materials-02-folders')
    await page.keyboard.press('Escape')
    await page.getByRole('checkbox', { name: `选择 ${TITLE}` }).click()
    await page.getByTestId('materials-selected').getByLabel('移动到文件夹').click()
    await page.getByTitle('夏季').click()
    await page.getByText('已移动').waitFor()
    await page.goto(`${open.base}/accounts/${account.id}/materials`)
    await page.getByLabel('文件夹', { exact: true }).click()
    await page.getByTitle('夏季').last().click()
    await page.waitForURL(/folder=\d/)
    await expect.poll(() => page.locator('.w-set').count()).toBe(1)
    await keepShot(page, 'materials-03-filed')
  })

  test('D11: the draft is published on the page, its state followed to 已发布, still in its folder', async () => {
    await card().click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /发\s*布/ })
      .click()
    await page.getByText('0 人，不推送').waitFor()
    await keepShot(page, 'materials-04-publish')
    await page
      .getByRole('dialog')
      .last()
      .getByRole('button', { name: /^发\s*布$/ })
      .click()
    await page.getByText(/正在提交给微信|微信正在检查并发布/).waitFor()
    await page.getByRole('link', { name: '查看已发布的图文' }).click()
    await page.getByRole('heading', { name: TITLE }).waitFor()
    await page.getByText('已发布 · 同步于').waitFor()
    await keepShot(page, 'materials-05-published')
    await page.keyboard.press('Escape')
    await card().getByText('夏季', { exact: true }).waitFor()
  })

  test('D11: images are synced and seen', async () => {
    await tab('图片')
    await page.getByText('还没有图片').waitFor()
    await page.getByRole('button', { name: '增量同步' }).first().click()
    const image = page.getByRole('img', { name: '柠檬茶.png' })
    await image.waitFor()
    await expect.poll(() => image.evaluate((one) => Number(Reflect.get(one, 'naturalWidth')))).toBe(90)
    await keepShot(page, 'materials-06-images')
  })

  test('D11: what was published answers a keyword, and the fan gets it', async () => {
    await page.goto(`${open.base}/accounts/${account.id}/replies/new`)
    await page.getByRole('textbox', { name: '名称', exact: true }).fill('新品')
    await page.getByLabel('关键词内容').fill('新品')
    await page.keyboard.press('Enter')
    await page.locator('.w-message-kinds').getByText('图文 · 公众号文章', { exact: true }).click()
    await page.getByRole('button', { name: '选择图文' }).click()
    await page.getByRole('dialog').getByText('草稿', { exact: true }).click()
    await page.getByText('先发布才能用').first().waitFor()
    await page.getByRole('button', { name: '什么能用在哪里' }).click()
    await page.getByRole('rowheader', { name: '历史图文' }).waitFor()
    await keepShot(page, 'materials-08-usable')
    await page.getByRole('button', { name: '什么能用在哪里' }).click()
    await page.getByRole('dialog').getByText('已发布', { exact: true }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: new RegExp(`^${TITLE}`) })
      .click()
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await page.getByRole('link', { name: '新品' }).waitFor()
    const phone = await openPage(page.context())
    const simulator = open.world.ctx.config.simulator.url
    await phone.goto(`${simulator}/phone?appid=${account.appid}&openid=${account.openids[0]}`)
    await phone.locator('#text').fill('有新品吗')
    await phone.keyboard.press('Enter')
    await phone.getByText(TITLE).waitFor()
    await keepShot(phone, 'materials-07-phone')
    await phone.close()
  })

  test('D11: where an image is used is shown before it is deleted, and what would fail is on the overview', async () => {
    const { ctx } = open.world
    const { rows } = await ctx.pool.query<{ id: string }>(
      `select id from media_assets where account_id = $1 and name = '柠檬茶.png'`,
      [account.id],
    )
    await createRule(ctx, account.id, {
      ...recallRuleFields.parse({
        name: '两天没来',
        minutes: 10,
        content: { kind: 'custom', replies: [{ kind: 'image', mediaAssetId: rows[0]?.id }] },
      }),
      on: true,
      acceptDegenerate: false,
      keywordReply: null,
    })
    await page.goto(`${open.base}/accounts/${account.id}/materials?tab=image`)
    await page.getByRole('button', { name: '查看 柠檬茶.png' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('link', { name: '两天没来' }).waitFor()
    await keepShot(page, 'materials-09-used-in')
    await drawer.getByRole('button', { name: /删\s*除/ }).click()
    await page.getByText('有 1 处正在使用，删除后这些地方会发不出去：').waitFor()
    await keepShot(page, 'materials-10-delete')
    await page.getByRole('button', { name: '仍然删除' }).click()
    await page.getByText('已删除').first().waitFor()
    await page.goto(`${open.base}/accounts/${account.id}/overview`)
    await page.getByText('用户召回“两天没来”用到的素材已不存在').waitFor()
    await keepShot(page, 'materials-11-overview')
    await page.goto(`${open.base}/accounts/${account.id}/recalls`)
    await page
      .getByRole('row', { name: /两天没来/ })
      .getByText('素材已不存在')
      .waitFor()
    await keepShot(page, 'materials-12-recalls')
    expect(open.errors).toEqual([])
  })
})
