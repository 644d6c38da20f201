import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'

let world: ConsoleWorld['world']
let open: ConsoleWorld
let page: Page
let errors: string[]
let base: string
let accountId: string

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

describe.skipIf(!hasBrowser)('a segment, from the list of segments to a send and back', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      prepare: async (made) => {
        accountId = (await bindStill(made, { fans: 120 })).id
      },
    })
    ;({ world, page, base, errors } = open)
  })

  afterAll(() => open?.close())

  test('B4, D4: sends to a chosen segment, says what it was made of, and keeps the result as a segment', async () => {
    const follows = { kind: 'fan', accountId, test: { fact: 'follows' } }
    const made = await call('POST', '/api/segments', {
      name: '关注着的人',
      updateKind: 'on_demand',
      rule: { kind: 'and', of: [follows] },
    })
    await page.goto(`${base}/segments/${String(made['id'])}`)
    await page.getByText('关注着的人').first().waitFor()
    await page.goto(`${base}/accounts/${accountId}/broadcasts/new?segment=${String(made['id'])}`)
    await page.getByPlaceholder('会员日').fill('给分群的')
    await page.locator('.ant-select-selection-item, .ant-select-content-item').first().waitFor()
    await keepShot(page, 'segment-send-1-audience')
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('文本', { exact: true }).first().click()
    await page.locator('textarea').first().fill('周末见 😀')
    await page.getByRole('button', { name: '下一步' }).click()
    const send = page.getByRole('button', { name: /发送给 .* 人/ })
    await send.waitFor()
    await page.getByText(/第 1 版规则，计算于/).waitFor()
    await keepShot(page, 'segment-send-2-preflight')
    await send.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('checkbox').check()
    await dialog.getByRole('button', { name: '立即发送' }).click()
    await page.waitForURL(/\/broadcasts\/\d+$/)
    await page.locator('.w-state', { hasText: '发送成功' }).first().waitFor()
    await page.getByText(/第 1 版规则，计算于/).waitFor()
    await page.getByRole('button', { name: '存为分群' }).click()
    await keepShot(page, 'segment-send-3-save')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /保\s*存/ })
      .click()
    await page.getByText(/已存为分群/).waitFor()
    const { rows } = await world.ctx.pool.query<{ size: string; reached: string }>(
      `select n.size, (select count(*) from broadcast_recipients where batch_seq is not null) as reached
       from segments s join segment_snapshots n on n.id = s.current_snapshot_id
       where s.origin->>'kind' = 'broadcast'`,
    )
    expect(Number(rows[0]?.reached)).toBeGreaterThan(100)
    expect(rows[0]?.size).toBe(rows[0]?.reached)
  })

  test('B4: conditions can be built for one send alone', async () => {
    await page.goto(`${base}/accounts/${accountId}/broadcasts/new`)
    await page.getByRole('radio', { name: /条件圈选/ }).click()
    await page
      .getByText(/受众预估|预估/)
      .first()
      .waitFor()
    await keepShot(page, 'segment-send-4-rule')
    await page.getByRole('radio', { name: /^部分粉丝/ }).click()
    await page.getByText('包含这些分群的人').waitFor()
    await keepShot(page, 'segment-send-5-segments')
    expect(errors).toEqual([])
  })
})
