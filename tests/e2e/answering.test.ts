import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRule } from '../../src/modules/auto-replies/commands/rules.ts'
import { ruleInput } from '../../src/modules/auto-replies/schema.ts'
import { hasBrowser, keepShot, openPage } from '../support/browser.ts'
import { bindStill, type ConsoleWorld, openConsoleWorld } from '../support/console-world.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'

const FIRST = '这周会员日全场八折'
const SECOND = '到店出示会员码即可'

let open: ConsoleWorld
let world: ConsoleWorld['world']
let page: Page
let base: string
let account: Bound

describe.skipIf(!hasBrowser)('自动回复: a newcomer’s first rule', () => {
  beforeAll(async () => {
    open = await openConsoleWorld({
      height: 1100,
      prepare: async (made) => {
        account = await bindStill(made, { fans: 3 })
        await made.ctx.pool.query(`insert into tags (name, created_at) values ('感兴趣', now())`)
      },
    })
    ;({ world, page, base } = open)
  })
  afterAll(() => open?.close())

  test('C4: a keyword rule with two replies and a tag is made, tried, and answers a fan on the phone in order', async () => {
    await page.goto(`${base}/accounts/${account.id}/overview`)
    await page.getByRole('menuitem', { name: '自动回复' }).click()
    await page.getByText('还没有关键词回复').waitFor()
    await page.getByRole('button', { name: '新建关键词回复' }).first().click()
    await page.getByRole('textbox', { name: '名称', exact: true }).fill('优惠咨询')
    await page.getByLabel('关键词内容').fill('优惠')
    await page.keyboard.press('Enter')
    await page.getByTestId('reply-keywords').getByText('优惠').waitFor()
    await page.getByRole('textbox', { name: '消息内容' }).fill(FIRST)
    await page.getByRole('button', { name: '添加一条答复' }).click()
    await page.getByRole('textbox', { name: '消息内容' }).fill(SECOND)
    const phoneBeside = page.locator('.w-message-phone')
    await phoneBeside.getByText(FIRST).waitFor()
    await phoneBeside.getByText(SECOND).waitFor()
    await page.getByText('随机一条').click()
    await phoneBeside.getByText(FIRST).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: '换一条' }).click()
    await phoneBeside.getByText(FIRST).waitFor()
    await page.getByText('全部发送').click()
    await page.getByLabel('打上自有标签').click()
    await page.getByTitle('感兴趣').click()
    await keepShot(page, 'answering-01-form')
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await page.getByRole('link', { name: '优惠咨询' }).waitFor()

    const box = page.getByTestId('reply-try')
    await box.getByLabel('粉丝说的话').fill('有优惠吗')
    await box.getByText('话里包含“优惠”。').waitFor()
    await box.getByText(SECOND).waitFor()
    await box.getByText('打标签：感兴趣').waitFor()
    await keepShot(page, 'answering-02-tried')
    await box.getByLabel('粉丝说的话').fill('几点开门')
    await box.getByText('没有规则回复。').waitFor()

    const [openid = ''] = account.openids
    const phone = await openPage(page.context())
    await phone.goto(`${world.ctx.config.simulator.url}/phone?appid=${account.appid}&openid=${openid}`)
    const say = async (text: string) => {
      await phone.locator('#text').fill(text)
      await phone.keyboard.press('Enter')
    }
    await say('有优惠吗')
    await phone.getByText(SECOND).waitFor()
    const chat = (await phone.locator('#chat').textContent()) ?? ''
    expect(chat.indexOf(FIRST)).toBeGreaterThan(-1)
    expect(chat.indexOf(SECOND)).toBeGreaterThan(chat.indexOf(FIRST))
    await keepShot(phone, 'answering-03-phone')
    await say('几点开门')
    await phone.getByText('几点开门').waitFor()
    await phone.close()
    await until(async () => {
      const { rowCount } = await world.ctx.pool.query(
        `select from contact_tags c join tags t on t.id = c.tag_id join fans f on f.contact_id = c.contact_id
         where t.name = '感兴趣' and f.openid = $1`,
        [openid],
      )
      return rowCount === 1
    })
  })

  test('C4: the rule’s figures count it; what nobody answered becomes a rule in one step', async () => {
    await page.getByRole('button', { name: '“优惠咨询”的更多操作' }).click()
    await page.getByRole('menuitem', { name: '统计' }).click()
    await page.getByText('微信已受理').waitFor()
    await keepShot(page, 'answering-04-figures')
    await page.locator('.ant-drawer-close').click()
    await page.getByRole('button', { name: '没人答的话' }).click()
    await page.getByRole('row', { name: /几点开门 没有回复 1 1/ }).waitFor()
    await keepShot(page, 'answering-05-misses')
    await page.getByRole('button', { name: '建规则' }).click()
    await page.getByRole('heading', { name: '新建关键词回复' }).waitFor()
    expect(await page.getByLabel('关键词内容').inputValue()).toBe('几点开门')
  })

  test('C4: a rule that is broken is told on the overview, and on the rule with what to do', async () => {
    await world.ctx.pool.query(
      `update reply_rules set answer = jsonb_set(answer, '{effects,campaignId}', '"999999"')`,
    )
    await page.goto(`${base}/accounts/${account.id}/overview`)
    await page.getByText('自动回复“优惠咨询”有问题').waitFor()
    await keepShot(page, 'answering-06-overview')
    await page.getByRole('alert').filter({ hasText: '优惠咨询' }).getByRole('link').click()
    await page.getByText('活动没有运行').waitFor()
    await page.getByRole('link', { name: '优惠咨询' }).click()
    await page.getByText('要发起的触达活动没有在运行').waitFor()
  })

  test('C4: rules are brought into order by the mouse or the keys, and answer by it', async () => {
    for (const text of ['八折', '全场'])
      await createRule(
        world.ctx,
        account.id,
        ruleInput.parse({
          kind: 'keyword',
          name: text,
          keywords: [{ text, match: 'contains' }],
          answer: { replies: [{ content: { kind: 'text', text: `答${text}`, variables: {} } }] },
        }),
      )
    await page.goto(`${base}/accounts/${account.id}/replies`)
    await page.getByRole('button', { name: '调整顺序' }).click()
    const names = () => page.locator('.w-reply-order li > div').allInnerTexts()
    const isFirst = (name: string) => until(async () => (await names())[0]?.startsWith(name) === true)
    await isFirst('优惠咨询')
    const handle = (name: string) => page.getByRole('button', { name: `拖动“${name}”` })
    await handle('八折').focus()
    await page.keyboard.press('Space')
    await page.locator('.w-sort-handle[aria-pressed=true]').waitFor()
    await page.keyboard.press('ArrowUp')
    await page.getByText(/moved over droppable area 1\b/).waitFor({ state: 'attached' })
    await page.keyboard.press('Space')
    await isFirst('八折')
    const [from, to] = [await handle('全场').boundingBox(), await handle('八折').boundingBox()]
    await page.mouse.move((from?.x ?? 0) + 5, (from?.y ?? 0) + 5)
    await page.mouse.down()
    await page.mouse.move((to?.x ?? 0) + 5, (to?.y ?? 0) + 1, { steps: 8 })
    await page.getByText(/moved over droppable area 2\b/).waitFor({ state: 'attached' })
    await page.mouse.up()
    await isFirst('全场')
    await keepShot(page, 'answering-07-order')
    await page.getByRole('button', { name: '保存顺序' }).click()
    await page.getByText('优先级 2').waitFor()
    const box = page.getByTestId('reply-try')
    await box.getByLabel('粉丝说的话').fill('八折全场')
    await box.getByText('答全场').waitFor()
    expect(open.errors).toEqual([])
  })
})
