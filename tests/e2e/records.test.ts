import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addBeijingDays, beijingDay } from '../../src/kernel/beijing.ts'
import { seedSandbox } from '../../src/modules/sandbox/index.ts'
import { singleGroup } from '../support/broadcasts.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import { until } from '../support/index.ts'

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let errors: string[]
let base: string
let accountId: string
let broadcastId: string

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
/** 09:10 in Beijing of the day so many days ahead, by the sandbox's clock. */
async function morning(days: number): Promise<void> {
  const day = addBeijingDays(beijingDay(world.ctx.clock.now()), days)
  await call('POST', '/api/sandbox/clock', {
    how: 'jump',
    to: new Date(`${day}T09:10:00+08:00`).toISOString(),
  })
}
const readOn = (days: number) =>
  until(
    async () => {
      const { rows } = await world.ctx.pool.query<{ days: number }>(
        'select count(distinct stat_day)::int as days from article_figures where place = 1',
      )
      return (rows[0]?.days ?? 0) >= days
    },
    { timeoutMs: 60_000, what: 'the figures being read' },
  )

describe.skipIf(!hasBrowser)('figures and records, as an operator sees them', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      env: { SANDBOX_FANS: '600' },
      prepare: ({ ctx }) => seedSandbox(ctx),
    })
    ;({ world, page, base, errors } = open)
    const { rows } = await world.ctx.pool.query<{ id: string; account_id: string; articles: number }>(
      `select s.id, s.account_id, jsonb_array_length(s.articles) as articles from article_sets s join accounts a on a.id = s.account_id
       where a.kind = 'service' and s.kind = 'draft' order by jsonb_array_length(s.articles) desc, s.id limit 1`,
    )
    const [set] = rows
    if (set === undefined) throw new Error('the sandbox has no draft')
    accountId = set.account_id
    const at = `/api/accounts/${accountId}/broadcasts`
    const draft = await call('POST', at, {
      ...singleGroup({
        name: '双十二预热',
        audience: { kind: 'all' },
        path: 'list',
        content: {
          kind: 'articles',
          articles: [0, 1, 2].slice(0, set.articles).map((index) => ({ articleSetId: set.id, index })),
        },
      }),
    })
    broadcastId = String(draft['id'])
    const { reached } = await call('POST', `${at}/${broadcastId}/preflight`, {})
    await call('POST', `${at}/${broadcastId}/send`, {
      version: draft['version'],
      expected: [{ arm: 0, reached }],
    })
    await page.goto(`${base}/accounts/${accountId}/broadcasts/${broadcastId}`)
    await page.locator('.w-state', { hasText: '发送成功' }).first().waitFor()
  })

  afterAll(() => open?.close())

  test('E9: the detail page tells when figures come, and then what they are and what each day added', async () => {
    await page.getByText('等待首次统计').waitFor()
    await keepShot(page, 'records-1-waiting')
    await morning(1)
    await readOn(1)
    await morning(1)
    await readOn(2)
    await morning(1)
    await readOn(3)
    await page.reload()
    const card = page.locator('section', { hasText: '图文数据' }).first()
    await card.getByText('每天 09:00 更新').waitFor()
    await card.getByText('已确定').waitFor()
    await card.locator('svg').first().waitFor()
    await card.getByText('转发', { exact: true }).last().click()
    await card.scrollIntoViewIfNeeded()
    await keepShot(page, 'records-2-figures')
  })

  test('E9: the records are filtered by the address, drawn, and downloaded for a range', async () => {
    await page.getByRole('link', { name: '群发记录', exact: true }).click()
    await page.waitForURL(/\/records$/)
    const row = page.locator('tr', { hasText: '双十二预热' })
    await row.getByText('已确定').waitFor()
    await row.getByText('%').waitFor()
    await row.locator('button.ant-table-row-expand-icon').click()
    await keepShot(page, 'records-3-list')
    await page.getByPlaceholder('搜索群发名称或文章标题').fill('没有这样的')
    await page.getByText('没有符合条件的记录').waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('没有这样的')
    await page.getByPlaceholder('搜索群发名称或文章标题').fill('')
    await row.waitFor()

    const today = beijingDay(world.ctx.clock.now())
    const range = { from: addBeijingDays(today, -10), to: addBeijingDays(today, -5) }
    const ends = page.locator('.ant-picker-range input')
    for (const [index, day] of [range.from, range.to].entries()) {
      await ends.nth(index).fill(day)
      await ends.nth(index).press('Enter')
    }
    await page.getByText('没有符合条件的记录').waitFor()
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject(range)
    await page.getByRole('button', { name: '清除筛选' }).click()
    await row.waitFor()

    await page.getByRole('tab', { name: '图表' }).click()
    await page.locator('section svg').first().waitFor()
    await keepShot(page, 'records-4-by-day')
    for (const way of ['按发送时段', '按文章']) {
      await page.getByText(way, { exact: true }).click()
      await page.getByRole('img', { name: way }).locator('svg').waitFor()
    }
    await keepShot(page, 'records-5-by-article')

    await page.getByRole('button', { name: /下\s*载$/ }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 XLSX' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^mass-records-.*\.xlsx$/)
    expect(await download.failure()).toBeNull()
    await keepShot(page, 'records-6-download')
    expect(errors).toEqual([])
  })
})
