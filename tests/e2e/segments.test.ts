import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedSandbox } from '../../src/modules/sandbox/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { type RunningWorker, startWorker } from '../../src/worker/index.ts'
import {
  buildConsole,
  collectErrors,
  hasBrowser,
  keepShot,
  launchBrowser,
  openPage,
} from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

const NAME = '上海鞋类复购'

let world: TestWorld
let server: RunningServer
let worker: RunningWorker
let browser: Browser
let page: Page
let errors: string[]
let base: string

describe.skipIf(!hasBrowser)('a newcomer says whom to reach, in the console', () => {
  beforeAll(async () => {
    buildConsole()
    const port = await freePort()
    base = `http://127.0.0.1:${port}`
    world = await createTestWorld({ PORT: String(port), PUBLIC_URL: base, SANDBOX_FANS: '600' })
    server = await startServer(world.ctx)
    worker = await startWorker(world.ctx)
    await seedSandbox(world.ctx)
    await pastIsTold()
    browser = await launchBrowser()
    page = await openPage(browser, { viewport: { width: 1280, height: 900 } })
    errors = collectErrors(page)
    await page.goto(base)
    await page.waitForURL(/\/setup/)
    await page.getByLabel('姓名').fill('管理员')
    await page.getByLabel('邮箱').fill('first@example.com')
    await page.getByLabel('密码', { exact: true }).fill('a long enough password')
    await page.locator('button[type=submit]').click()
    await page.waitForURL(/\/overview/)
    await vipTag()
  })

  afterAll(async () => {
    await browser?.close()
    await worker?.close()
    await server?.close()
    await world?.close()
  })

  test('F3: an empty page offers rules to begin with, and one of them fills the builder', async () => {
    await page.getByRole('link', { name: '分群', exact: true }).click()
    await page.getByText('还没有分群').waitFor()
    await keepShot(page, 'segments-01-empty')
    await page.getByRole('button', { name: /沉睡粉丝/ }).click()
    await page.waitForURL(/\/segments\/new/)
    await page.locator('.w-rule-row').nth(1).waitFor()
    expect(await settled()).toBeGreaterThanOrEqual(0)
    await keepShot(page, 'segments-02-start')
  })

  test('F3, B4: women in Shanghai or tag VIP, who ordered twice in 30 days for over 200 in shoes, built by hand', async () => {
    await page.goto(`${base}/segments/new`)
    const everyone = await add(root(), '有某种标识')
    await choose(everyone, '有某种标识', '公众号粉丝身份')
    const all = await settled()
    expect(all).toBeGreaterThanOrEqual(600)

    await root().getByRole('button', { name: '添加一组' }).last().click()
    const group = page.locator('.w-rule-or').last()
    await chooseSeveral(group.locator('.w-rule-row').first(), '选择标签', 'VIP')
    const vip = await settled()
    expect(vip).toBeGreaterThan(0)
    expect(vip).toBeLessThan(all)

    // 女 and 上海 as a group of their own beside the tag
    await group.getByRole('button', { name: '添加条件' }).last().click()
    await menu('属性')
    const gender = group.locator('.w-rule-row').last()
    await choose(gender, '选择属性', '性别')
    await chooseSeveral(gender, '选择或输入', '女')
    const women = await settled()
    expect(women).toBeGreaterThan(vip)
    await more(gender, '放进新的一组')
    const inner = page.locator('.w-rule-or .w-rule-and').last()
    await inner.getByRole('button', { name: '添加条件' }).click()
    await menu('属性')
    const city = inner.locator('.w-rule-row').last()
    await choose(city, '选择属性', '城市')
    await chooseSeveral(city, '选择或输入', '上海')
    const inShanghai = await settled()
    expect(inShanghai).toBeLessThan(women)
    await keepShot(page, 'segments-03-who')

    const twice = await add(root(), '明细（订单等）')
    await choose(twice, '选择明细', '订单')
    await twice.getByLabel('数字').fill('2')
    const orders = await settled()
    expect(orders).toBeLessThan(inShanghai)
    await more(twice, '复制一份')
    const shoes = root().locator('> .w-rule-children > .w-rule-row').last()
    await choose(shoes, '按行还是按明细行', '明细行')
    await shoes.getByRole('button', { name: '加筛选' }).click()
    await choose(shoes, '选择字段', '品类')
    await chooseSeveral(shoes, '选择或输入', '鞋')
    await choose(shoes, '按什么计算', '合计')
    await choose(shoes, '选择字段', '小计', 1)
    await shoes.getByLabel('数字').last().fill('200')
    expect(await settled()).toBeLessThanOrEqual(orders)

    const clicked = await add(root(), '群发的结果')
    await choose(clicked, '群发的什么', '点击过')
    await more(clicked, '反过来：不满足')
    await page.locator('.w-rule-not').waitFor()
    const found = await settled()
    expect(found).toBeGreaterThan(0)
    expect(await page.locator('.w-rule-problem').count()).toBe(0)
    await root().scrollIntoViewIfNeeded()
    await keepShot(page, 'segments-04-built')
  })

  test('F3: what is half built is marked, the number before stays but is told to be old', async () => {
    const before = await settled()
    const half = await add(root(), '其他分群')
    await half.getByText('选择一个分群。').waitFor()
    await page.getByText('这是补全之前的人数。').waitFor()
    expect(await shownNumber()).toBe(before)
    await half.getByRole('button', { name: '删除' }).click()
    expect(await settled()).toBe(before)
  })

  test('G2: why one person is out, clause by clause', async () => {
    const { id, name } = await someoneOut()
    await page.getByLabel('姓名、备注、手机号或 OpenID').fill(name)
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click()
    await page.getByText('不在分群里', { exact: true }).waitFor()
    const no = page.locator('.w-reasons li[data-passes=false]')
    expect(await no.count()).toBeGreaterThan(0)
    expect(id).not.toBe('')
    await page.locator('.w-reasons').scrollIntoViewIfNeeded()
    await keepShot(page, 'segments-05-why')
  })

  test('F3, B5: saved, it says in one sentence whom it is about, and is in the crowd list', async () => {
    const found = await settled()
    await page.getByLabel('名称').fill(NAME)
    await page.getByText('按需', { exact: true }).click()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.waitForURL(/\/segments\/\d+$/)
    const words = page.locator('.w-rule-words')
    await words.waitFor()
    await until(async () => /有标签 VIP/.test((await words.textContent()) ?? ''))
    expect(await words.textContent()).toContain('性别 是 女 且 城市 是 上海')
    await page
      .locator('.w-stat-value', { hasText: String(found) })
      .first()
      .waitFor()
    await page.getByText('已同步到人群列表').first().waitFor()
    await keepShot(page, 'segments-06-detail')
    await open('成员', page.locator('tr.ant-table-row').first())
    await open('回看', page.getByTestId('estimate'))
    await open('计算记录', page.getByText('当前使用'))
    await open('被使用', page.getByText('还没有被使用'))
    await page.goto(`${base}/segments`)
    await page.getByText(NAME).first().waitFor()
    await keepShot(page, 'segments-08-list')
  })

  test('F3, E6: a list of ids is compared with it, split into exact parts, and becomes a tag at WeChat', async () => {
    await page.getByRole('button', { name: '静态名单' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('名称').fill('到店名单')
    await dialog
      .getByLabel('粘贴', { exact: true })
      .last()
      .fill([...(await someOpenids(40)), 'nobody'].join('\n'))
    await dialog.getByRole('button', { name: '创建' }).click()
    await page.waitForURL(/\/segments\/\d+$/)
    await page.getByText(/不认识 1 个/).waitFor()

    await page.getByRole('button', { name: '更多' }).click()
    await menu('随机分组')
    await page.getByLabel('份数').fill('3')
    await page.getByText('14 + 13 + 13').waitFor()
    await keepShot(page, 'segments-09-split')
    await page.getByRole('button', { name: '开始分组' }).click()
    await page.getByText('分组完成').waitFor()
    const sizes = await page.locator('[role=dialog] .w-sample b').allTextContents()
    expect(sizes.map(Number).toSorted()).toEqual([13, 13, 14])
    await page.getByRole('dialog').locator('.ant-modal-footer button').click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: '更多' }).click()
    await menu('导出到微信标签')
    await page.getByRole('dialog').getByText('其中可打标签').waitFor()
    await page.getByRole('button', { name: '开始打标签' }).click()
    await page.getByRole('dialog').getByText('已打上').waitFor()
    await keepShot(page, 'segments-10-exported')

    await page.goto(`${base}/segments`)
    for (const name of [NAME, '到店名单']) await page.locator(`input[type=checkbox][name="${name}"]`).check()
    await page.getByRole('button', { name: /对比/ }).click()
    await page.locator('.w-region').first().waitFor()
    const regions = await page.locator('.w-region b').allTextContents()
    expect(regions.map(Number).reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(40)
    await page.getByText('两者的差别').waitFor()
    await page.waitForLoadState('networkidle')
    await keepShot(page, 'segments-11-compare')
  })

  test('nothing breaks in the browser, in English and on a phone', async () => {
    const { rows } = await world.ctx.pool.query<{ id: string }>('select id from segments where name = $1', [
      NAME,
    ])
    const id = rows[0]?.id
    await page.goto(`${base}/profile`)
    await page.getByText('English').first().click()
    for (const path of [
      '/segments',
      '/segments/new',
      `/segments/${id}`,
      `/segments/${id}/edit`,
      `/segments/compare?ids=${id}`,
    ]) {
      await page.goto(base + path)
      await page.locator('h1').first().waitFor()
      await page.waitForLoadState('networkidle')
      await keepShot(page, `segments-en${path.replace(/\W/g, '-')}`)
    }
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${base}/segments/${id}/edit`)
    await page.locator('.w-rule-row').first().waitFor()
    await page.waitForLoadState('networkidle')
    await keepShot(page, 'segments-phone')
    expect(errors).toEqual([])
  })
})

const root = () => page.locator('.w-rule > .w-rule-group')
const options = () =>
  page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option')

/** Adds a condition to the group and gives its row. */
async function add(group: Locator, what: string): Promise<Locator> {
  await group.locator('> .w-rule-children > .w-rule-add').getByRole('button', { name: '添加条件' }).click()
  await menu(what)
  return group.locator('> .w-rule-children > .w-rule-row').last()
}

/** A kind of condition in the panel that is open, or an action in the menu that is. */
const menu = (what: string) =>
  page
    .locator('.w-add-choice, .ant-dropdown:not(.ant-dropdown-hidden) .ant-dropdown-menu-item')
    .filter({ has: page.getByText(what, { exact: true }) })
    .click()

async function more(row: Locator, what: string): Promise<void> {
  await row.getByRole('button', { name: '更多' }).click()
  await menu(what)
}

async function choose(row: Locator, label: string, text: string, which = 0): Promise<void> {
  await row.getByLabel(label, { exact: true }).nth(which).click()
  await options().filter({ hasText: text }).first().click()
}

async function chooseSeveral(row: Locator, label: string, text: string): Promise<void> {
  await row.getByLabel(label, { exact: true }).click()
  await page.keyboard.type(text)
  await options().filter({ hasText: text }).first().click()
  await page.keyboard.press('Escape')
}

const shownNumber = async () =>
  Number(((await page.getByTestId('estimate').textContent()) ?? '').replace(/\D/g, ''))

/** The number once nothing is being asked any more; the panel is busy from the edit on. */
async function settled(): Promise<number> {
  await page.locator('.w-estimate[aria-busy=false]').waitFor()
  return shownNumber()
}

async function pastIsTold(): Promise<void> {
  await until(
    async () => {
      const { shop } = await world.control<{ shop: { history: { total: number; done: number } } | null }>(
        'GET',
        '/shop',
      )
      return shop !== null && shop.history.total > 0 && shop.history.done === shop.history.total
    },
    { timeoutMs: 90_000, what: 'the past being told' },
  )
}

/** Gives a few who bought shoes the tag, so that both sides of the 或 find somebody. */
async function vipTag(): Promise<void> {
  const now = world.ctx.clock.now()
  await world.ctx.pool.query(
    `with made as (insert into tags (name, created_at) values ('VIP', $1) returning id)
     insert into contact_tags (contact_id, tag_id, since)
     select contact_id, made.id, $1 from made, (select distinct contact_id from fans where contact_id % 5 = 0) chosen`,
    [now],
  )
}

async function open(tab: string, shown: Locator): Promise<void> {
  await page.getByRole('tab', { name: tab }).click()
  await shown.waitFor()
  await page.waitForLoadState('networkidle')
  await keepShot(page, `segments-07-${tab}`)
}

async function someOpenids(count: number): Promise<string[]> {
  const { rows } = await world.ctx.pool.query<{ openid: string }>(
    `select f.openid from fans f join accounts a on a.id = f.account_id and a.kind = 'service'
     where f.following order by f.id limit $1`,
    [count],
  )
  return rows.map(({ openid }) => openid)
}

async function someoneOut(): Promise<{ id: string; name: string }> {
  const { rows } = await world.ctx.pool.query<{ id: string; openid: string }>(
    `select f.contact_id as id, f.openid from fans f join contact_attributes v on v.contact_id = f.contact_id
       join attributes a on a.id = v.attribute_id and a.key = 'gender' where v.text_value = '男' and f.contact_id % 5 <> 0
     order by 1 limit 1`,
  )
  const [one] = rows
  if (one === undefined) throw new Error('everybody is in')
  return { id: one.id, name: one.openid }
}
