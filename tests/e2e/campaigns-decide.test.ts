import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { CHECK_NAMES } from '../../src/modules/deliveries/schema.ts'
import { hasBrowser, keepShot } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld, write } from '../support/console-world.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000
const WRITERS = 3
const CAP = '每人任意连续 7 天内最多 1 条，已有 1 条'

let stage: ConsoleWorld
let page: Page
let accountId: string
let appid: string
/** How many the first campaign went to: nobody else gets anything for a week. */
let reached: number

/** A call as the console makes it, by whoever is signed in. */
const api = <T>(method: string, path: string, body?: object): Promise<T> =>
  page.evaluate(
    async ({ method, path, body }) => {
      const answer = await fetch(path, {
        method,
        headers: { 'x-weida-request': '1', ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    { method, path, body },
  ) as Promise<T>

async function start(name: string, trigger: object): Promise<string> {
  const base = `/api/accounts/${accountId}/campaigns`
  const plan = { trigger, content: { kind: 'text', text: '会员日' } }
  const { id } = await api<Campaign>('POST', base, { kind: 'customer-service', name, plan })
  await api('POST', `${base}/${id}/preflight`)
  const shown = await until(async () => {
    const campaign = await api<Campaign>('GET', `${base}/${id}`)
    return campaign.preflight?.state === 'done' && campaign
  })
  const { revision, preflight } = shown
  await api('POST', `${base}/${id}/start`, { revision, expectedReached: preflight?.result?.reached })
  return id
}

const sent = async () =>
  (await stage.world.control<{ items: unknown[] }>('GET', `/ledger?appid=${appid}&kind=custom&limit=500`))
    .items.length
const ended = () => page.locator('.w-state', { hasText: '已结束' }).first().waitFor()

/** Answers the run that waits, in the notice at the top of the campaign's page. */
async function answer(label: RegExp) {
  await page.getByTestId('asking').getByRole('button', { name: label }).click()
  await page.locator('.ant-popconfirm').getByRole('button', { name: label }).click()
}

async function expectCapped() {
  const why = page.getByTestId('why')
  await why.getByText(CAP).first().waitFor()
  const checks = why.locator('[data-check]')
  expect(await checks.evaluateAll((all) => all.map((one) => one.getAttribute('data-check')))).toEqual([
    ...CHECK_NAMES,
  ])
  const cap = why.locator('[data-check=frequency_cap]')
  expect(await cap.getAttribute('data-verdict')).toBe('skip')
  await cap.getByText('已有 1 条').waitFor()
}

describe.skipIf(!hasBrowser)('a start missed by down-time, and people at the frequency cap', () => {
  beforeAll(async () => {
    stage = await openConsoleWorld({
      height: 1000,
      prepare: async (world) => {
        const account = await bindStill(world, { fans: 60 })
        ;({ id: accountId, appid } = account)
        await write(world, appid, account.openids.slice(0, WRITERS))
      },
    })
    page = stage.page
    await api('POST', '/api/limits/caps', {
      accountId: null,
      channel: null,
      purpose: 'marketing',
      most: 1,
      amount: 7,
      unit: 'day',
      calendar: false,
      action: 'drop',
      enabled: true,
    })
    const first = await start('首发', { kind: 'once', audienceWindow: 'interacted-48h' })
    await until(
      async () => {
        const path = `/api/accounts/${accountId}/campaigns/${first}`
        return (await api<Campaign>('GET', path)).state === 'ended'
      },
      { timeoutMs: 60_000 },
    )
    reached = await sent()
    expect(reached).toBe(WRITERS)
    const { now } = await api<{ now: string }>('GET', '/api/sandbox/clock')
    const later = (ms: number) => new Date(Date.parse(now) + ms).toISOString()
    for (const name of ['第二波', '第三波'])
      await start(name, { kind: 'once', at: later(HOUR), missed: 'ask' })
    await api('POST', '/api/sandbox/clock', { to: later(2 * HOUR), how: 'jump' })
  })
  afterAll(() => stage?.close())

  test('A7: the overview leads to the run that waits; who sends it is told what that does, and it goes', async () => {
    await page.goto(`${stage.base}/accounts/${accountId}`)
    const matter = page.locator('.ant-alert', { hasText: '触达活动“第二波”有执行等你决定' })
    await matter.waitFor()
    await keepShot(page, 'campaigns-20-overview')
    await matter.getByRole('link').or(matter.getByRole('button')).first().click()
    await page.getByText('到了时间但没有发送，等你决定要不要补发。').waitFor()
    await keepShot(page, 'campaigns-21-asking')
    await answer(/补\s*发/)
    await ended()
    await page.getByRole('tab', { name: '执行记录' }).click()
    await page
      .getByRole('row')
      .filter({ hasText: '完成' })
      .getByText(/未发送 \d/)
      .waitFor()
    await keepShot(page, 'campaigns-22-run')
  })

  test('G2: whoever the cap left out is told which one, from the campaign and from their own page', async () => {
    await page.getByRole('tab', { name: '概况' }).click()
    await page.locator('.w-reason-row', { hasText: '达到疲劳度上限' }).click()
    await page.getByText(`已显示 ${reached} 条`).waitFor()
    await page.getByRole('button', { name: '为什么' }).first().click()
    await expectCapped()
    await keepShot(page, 'campaigns-23-capped')
    await page.getByTestId('why').getByRole('link', { name: '打开客户' }).click()
    await page.getByRole('tab', { name: '触达', exact: true }).click()
    await page.getByRole('row').filter({ hasText: '第二波' }).getByRole('button', { name: '为什么' }).click()
    await expectCapped()
    expect(await sent()).toBe(reached)
  })

  test('A7: who leaves the run out ends a campaign that has no other, and nobody gets it', async () => {
    await page.goto(`${stage.base}/accounts/${accountId}/campaigns`)
    const row = page.getByRole('row').filter({ hasText: '第三波' })
    await row.getByText('有 1 次等你决定').waitFor()
    await row.getByText('第三波').click()
    await answer(/不\s*发/)
    await ended()
    await page.getByRole('tab', { name: '执行记录' }).click()
    await page.getByRole('row').filter({ hasText: '跳过' }).waitFor()
    expect(await sent()).toBe(reached)
  })

  test('A1: a double click on 下一步 goes one step; on a phone the steps fit and say where one is', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${stage.base}/accounts/${accountId}/campaigns/new?start=interacted`)
    const next = page.getByRole('button', { name: '下一步' })
    await next.dblclick()
    await page.waitForURL(/step=audience/)
    await page.getByText('第 2 步，共 6 步：受众').waitFor()
    // a slower second click finds the next step already there
    await next.dispatchEvent('click', { detail: 2 })
    await page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))',
    )
    expect(page.url()).toMatch(/step=audience/)
    await next.dblclick()
    await page.getByText('第 3 步，共 6 步：触发').waitFor()
    await keepShot(page, 'campaigns-24-phone')
    expect(await page.locator('.w-campaign-steps').evaluate((one) => one.clientHeight)).toBeLessThan(60)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })

  test('an address of no campaign leads back to the list', async () => {
    for (const id of ['999999', 'abc']) {
      await page.goto(`${stage.base}/accounts/${accountId}/campaigns/${id}`)
      await page.getByText('没有这个触达活动').waitFor()
    }
    await page.getByRole('link', { name: '返回触达活动' }).click()
    await page.getByText('第三波').waitFor()
    expect(stage.errors.filter((error) => !/404|400/.test(error))).toEqual([])
  })
})
