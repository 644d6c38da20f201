import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { findOrMakePeople } from '../../src/modules/contacts/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let errors: string[]
let base: string
let contactId: string

describe.skipIf(!hasBrowser)('people in the console', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 800,
      prepare: async (made) => {
        world = made
        contactId = await populate()
      },
    })
    ;({ world, page, base, errors } = open)
  })

  afterAll(() => open?.close())

  test('F1: found by a part of a Chinese name, with columns of one’s own; the address keeps both', async () => {
    await page.getByRole('link', { name: '客户', exact: true }).click()
    await page.getByText('共 3 位').waitFor()
    await page.getByRole('button', { name: '显示列' }).click()
    await page.getByLabel('所在地').click()
    await page.getByRole('cell', { name: '上海' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('小明')
    await page.getByText('共 1 位').waitFor()
    expect(page.url()).toMatch(/q=/)
    await page.reload()
    await page.getByText('共 1 位').waitFor()
    await page.getByRole('cell', { name: '上海' }).waitFor()
    await keepShot(page, 'customers-1-list')
  })

  test('F1: one page tells who someone is, what they did and what was sent', async () => {
    await page.getByText('王小明').click()
    await page.waitForURL(new RegExp(`/customers/${contactId}$`))
    await page.getByText('贵宾').waitFor()
    await keepShot(page, 'customers-2-overview')
    await page.getByRole('tab', { name: '轨迹' }).click()
    await page.getByText('两双鞋').waitFor()
    await page.getByText('可信来源同时提到了两个身份').waitFor()
    await keepShot(page, 'customers-3-timeline')
    await page.getByRole('tab', { name: '群发记录' }).click()
    await page.getByText('还可收 4 条').waitFor()
  })

  test('F1: a merge is taken back after its numbers were shown, and stays told', async () => {
    await page.getByRole('tab', { name: '身份与合并' }).click()
    await page.getByRole('button', { name: '撤销合并' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('退回身份').waitFor()
    await keepShot(page, 'customers-4-undo')
    await dialog.getByRole('button', { name: '撤销合并' }).click()
    await page.getByText('已撤销（').waitFor()
  })

  test('F1: two people with one phone are decided about by hand', async () => {
    await page.getByRole('link', { name: '组待确认' }).click()
    await page.getByText('冲突').first().waitFor()
    await keepShot(page, 'customers-5-reviews')
    await page.getByRole('button', { name: '不是同一个人' }).click()
    await page.getByText('没有待确认的客户').waitFor()
  })

  test('F1: erased with the numbers before and a receipt after', async () => {
    await page.goto(`${base}/customers/${contactId}`)
    await page.getByRole('button', { name: '删除个人信息' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('身份', { exact: true }).waitFor()
    await dialog.getByRole('checkbox').check()
    await keepShot(page, 'customers-6-erase')
    await dialog.getByRole('button', { name: '永久删除' }).click()
    await page.getByText('完成于').waitFor()
    await keepShot(page, 'customers-7-receipt')
    await page.goto(`${base}/customers?q=小明`)
    await page.getByText('没有符合条件的记录').waitFor()
    expect(errors).toEqual([])
  })
})

/** Someone with a bit of everything, merged from a visitor; and another with the same phone. */
async function populate(): Promise<string> {
  const { ctx } = world
  const accountId = await bindAccount(ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
  const client = await ctx.pool.connect()
  const claim = async (ids: object): Promise<string> => {
    await client.query('begin')
    const [found] = await findOrMakePeople(client, [{ mayLink: true, ...ids }], ctx.clock.now())
    await client.query('commit')
    return found?.contactId as string
  }
  await claim({ anonymous: 'visitor-1' })
  const openid = { accountId, openid: 'oCustomer' }
  const id = await claim({ user: 'member-1', phone: '13800138000', openid })
  await claim({ user: 'member-1', anonymous: 'visitor-1' })
  await claim({ user: 'member-2', phone: '13800138000' })
  await claim({ anonymous: 'visitor-2' })
  await client.query(`update contacts set name = '王小明' where id = $1`, [id])
  await client.query(
    `with a as (insert into attributes (key, display_name, type, origin, created_at)
       values ('place', '所在地', 'text', 'declared', now()) returning id)
     insert into contact_attributes (contact_id, attribute_id, text_value, since) select $1, id, '上海', now() from a`,
    [id],
  )
  await client.query(
    `with t as (insert into tags (name, created_at) values ('贵宾', now()) returning id)
     insert into contact_tags select id, $1, now() from t`,
    [id],
  )
  await client.query(
    `insert into events (contact_id, name, at, received_at, properties)
     values ($1, 'order', now(), now(), '{"title": "两双鞋"}')`,
    [id],
  )
  client.release()
  return id
}
