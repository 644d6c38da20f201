import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addBeijingDays, beijingDay, beijingHour } from '../../src/kernel/beijing.ts'
import { seedSandbox } from '../../src/modules/sandbox/index.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import { until } from '../support/index.ts'

let open: ConsoleWorld
let page: Page
let accountId: string
const PEOPLE = 160

const next = () => page.getByRole('button', { name: '下一步' }).click()

/** What the console itself calls, with its session. */
const call = (method: string, path: string, body?: object) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const answer = await fetch(path, {
        method,
        headers: { 'x-weida-request': '1', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return (await answer.json()) as Record<string, unknown>
    },
    { method, path, body },
  )
const now = () => open.world.ctx.clock.now()
/** An instant of the Beijing day so many days ahead. */
const at = (days: number, time: string) =>
  new Date(`${addBeijingDays(beijingDay(now()), days)}T${time}:00+08:00`)
const forward = (to: Date) => call('POST', '/api/sandbox/clock', { how: 'jump', to: to.toISOString() })
const rowsOf = async (query: string): Promise<number> =>
  (await open.world.ctx.pool.query<{ n: number }>(query)).rows[0]?.n ?? 0

/** The lead article of the mass sends that each fan received, by the simulator's ledger. */
async function titles(): Promise<Map<string, string[]>> {
  const { rows } = await open.world.ctx.pool.query<{ fan_id: string; titles: string[] }>(
    `select r.fan_id, array_agg(a.fields ->> 'title') as titles from simulator.receipt r
       join simulator.message m on m.id = r.message_id
       join simulator.article a on a.msg_data_id = m.msg_data_id and a.idx = 1
     where r.kind = 'mass' group by 1`,
  )
  return new Map(rows.map((row) => [row.fan_id, row.titles]))
}

describe.skipIf(!hasBrowser)('an A/B test with a comparison group, from the editor to the rest', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      env: { SANDBOX_FANS: '300' },
      height: 1000,
      prepare: ({ ctx }) => seedSandbox(ctx),
    })
    ;({ page } = open)
    const { ctx, control } = open.world
    const { rows } = await ctx.pool.query<{ id: string; appid: string }>(
      `with a as (select id, appid from accounts where kind = 'service' order by id limit 1),
         l as (insert into fan_lists (account_id, name, size, created_at) select id, '会员', ${PEOPLE}, now() from a returning id),
         m as (insert into fan_list_members (list_id, fan_id)
           select l.id, f.id from l, (select f.id from fans f join a on a.id = f.account_id where following order by f.id limit ${PEOPLE}) f)
       select id, appid from a`,
    )
    accountId = rows[0]?.id as string
    await control('PATCH', `/accounts/${rows[0]?.appid}`, {
      rates: { read: 0.5 },
      settings: {
        quality: [
          { title: '新店', read: 1.8 },
          { title: '会员等级', read: 0.1 },
        ],
      },
    })
    // the test groups and their morning after are of two days
    if (beijingHour(now()) >= 21) await forward(at(1, '08:00'))
  })

  afterAll(() => open?.close())

  const pick = async (title: string) => {
    await page.getByRole('button', { name: /添加图文/ }).click()
    await page.getByRole('dialog').getByText(title, { exact: true }).first().click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }

  test('E4, E5: the better articles go to the rest the next morning, each person gets one, and the figures can be taken along', async () => {
    await page.goto(`${open.base}/accounts/${accountId}/broadcasts/new`)
    await page.getByPlaceholder('会员日').fill('新店预告')
    await page.getByRole('radio', { name: /^粉丝名单/ }).click()
    await page.locator('.ant-select', { hasText: '选择名单' }).click()
    await page.getByText(`会员（${PEOPLE}）`).click()
    await page.getByRole('button', { name: '添加对比组' }).click()
    await page.getByRole('radio', { name: /^剩余其他粉丝/ }).click()
    await next()
    await page.getByText('草稿已保存').waitFor()
    await page.getByRole('tab', { name: '2. 对比组 1' }).click()
    expect(await page.getByRole('switch', { name: 'A/B 测试' }).isDisabled()).toBe(true)
    await page.getByText('不能用于全部粉丝或剩余其他粉丝').waitFor()
    await page.getByText('文本', { exact: true }).first().click()
    await page.locator('textarea').first().fill('周末见')
    await page.getByRole('tab', { name: '1. 新店预告' }).click()
    await page.getByRole('switch', { name: 'A/B 测试' }).click()
    for (const label of ['A', 'B']) await page.getByLabel(`测试组 ${label} 的比例`).fill('30')
    await pick('三分钟读懂会员等级与权益')
    await page.locator('.ant-segmented-item', { hasText: /^B/ }).click()
    await pick('我们在上海开了新店，来坐坐吧')
    await page.getByText('剩余 40% 的人').waitFor()
    await keepShot(page, 'ab-1-variants')
    await next()
    await page.getByText('A/B 测试按各自设定的时间发送').waitFor()
    const send = page.getByRole('button', { name: /发送给 .* 人/ })
    await send.waitFor()
    await keepShot(page, 'ab-2-review')
    await send.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1. 新店预告 A', { exact: true }).waitFor()
    await dialog.getByRole('checkbox').check()
    await dialog.getByRole('button', { name: '确认定时发送' }).click()
    await page.waitForURL(/\/broadcasts\/\d+$/)
    const sent = page.url()
    await page.getByText('选出结果').waitFor()
    await keepShot(page, 'ab-3-testing')

    const { rows: times } = await open.world.ctx.pool.query<{ send_at: Date }>(
      `select send_at from broadcast_arms where kind = 'variant' limit 1`,
    )
    const sendAt = times[0]?.send_at as Date
    await forward(sendAt)
    await until(
      () =>
        rowsOf(
          `select count(*)::int as n from broadcast_arms where kind = 'variant' and state = 'ended'`,
        ).then((n) => n === 2),
      { what: 'the variants' },
    )
    await forward(at(1, '09:10'))
    await until(() => rowsOf('select count(*)::int as n from article_figures').then((n) => n >= 2), {
      what: 'the figures',
    })
    await forward(at(0, '10:00'))
    await page.getByText('剩余粉丝收到测试组 B 的图文').waitFor()
    await page.getByRole('row', { name: '剩余粉丝' }).getByText('发送成功').waitFor()
    await keepShot(page, 'ab-4-decided')
    const received = await titles()
    expect([...received.values()].every((own) => own.length === 1)).toBe(true)
    expect(received.size).toBe(PEOPLE)
    const { rows } = await open.world.ctx.pool.query<{ number: number; planned: number }>(
      `select number, planned from broadcast_arms where kind <> 'whole' order by number`,
    )
    const [a, b, rest] = rows.map(({ planned }) => planned)
    const counts = [...received.values()].filter(([title]) => title?.includes('新店')).length
    expect([counts, PEOPLE - counts]).toEqual([(b ?? 0) + (rest ?? 0), a])

    await page.getByRole('link', { name: '群发记录', exact: true }).click()
    await page.locator('tr', { hasText: '新店预告' }).first().waitFor()
    await keepShot(page, 'ab-5-records')
    const link = page.getByRole('link', { name: '下载 XLSX' })
    await page.getByRole('button', { name: /下\s*载$/ }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(await download.failure()).toBeNull()
    await page.goto(`${open.base}/profile`)
    await page.getByText('English').first().click()
    await page.getByText('Overview', { exact: true }).first().waitFor()
    await page.goto(sent)
    await page.getByText('The rest gets the articles of test group B').waitFor()
    await keepShot(page, 'ab-6-english')
    expect(open.errors).toEqual([])
  })
})
