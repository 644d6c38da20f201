import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertAccount } from '../links/world.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

describe.skipIf(!hasBrowser)('activities and groups, clicked through', () => {
  let stage: ConsoleWorld
  beforeAll(async () => {
    stage = await openConsoleWorld({ prepare: ({ ctx }) => insertAccount(ctx) })
  })
  afterAll(() => stage?.close())

  test('E3: an activity is made, opened, archived and shown again; a group is made and renamed', async () => {
    const { page, base, errors } = stage
    await page.goto(`${base}/settings/activities`)
    await page.getByText('还没有营销活动').waitFor()
    await page.getByRole('button', { name: '新建营销活动' }).click()
    await page.getByLabel('活动名称').fill('双十一会员日')
    await page.getByLabel('目标').fill('老客复购')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /保\s*存/ })
      .click()
    await page.getByRole('link', { name: '双十一会员日' }).click()
    await page.getByText('还没有归入任何触达').waitFor()
    await page.getByText('老客复购').waitFor()
    await keepShot(page, 'activity')

    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: '归档' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /归\s*档/ })
      .click()
    await page.getByText('已归档').first().waitFor()
    await page.goto(`${base}/settings/activities`)
    await page.getByText('还没有营销活动').waitFor()
    await page.getByLabel('显示已归档').click()
    await page.getByRole('link', { name: '双十一会员日' }).waitFor()
    expect(page.url()).toContain('archived=true')

    await page.goto(`${base}/settings/activities?tab=groups`)
    await page.getByRole('button', { name: '新建分组' }).click()
    await page.getByLabel('分组名称').fill('日常')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /保\s*存/ })
      .click()
    await page.getByRole('button', { name: '重命名分组' }).click()
    await page.getByLabel('分组名称').fill('常规')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /保\s*存/ })
      .click()
    await page.getByRole('cell', { name: '常规' }).waitFor()
    await keepShot(page, 'campaign-groups')
    expect(errors).toEqual([])
  })
})
