import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerSchema } from '../../src/modules/auto-replies/schema.ts'
import type { MenuButton } from '../../src/modules/menus/schema.ts'
import { createReplyWorld, type ReplyWorld } from '../auto-replies/world.ts'
import type { Bound } from '../support/sending.ts'
import { button, type MenuWorld, menu, withMenus } from './world.ts'

let world: ReplyWorld & MenuWorld
let account: Bound
beforeAll(async () => {
  world = withMenus(await createReplyWorld())
  account = world.own
})
afterAll(() => world.close())

const says = (text: string) => answerSchema.parse({ replies: [{ content: { kind: 'text', text } }] })
const answered = (text: string, fields: Partial<MenuButton> = {}) =>
  button({ name: '问好', answer: says(text), ...fields })

/** What is answered now, by key. */
async function answers(): Promise<Record<string, string>> {
  const { rows } = await world.ctx.pool.query<{ target: string; text: string; version: number }>(
    `select t.target, r.answer #>> '{replies,0,content,text}' as text from reply_targets t
     join reply_rules r on r.id = t.rule_id where t.account_id = $1 and t.kind = 'menu' and archived_at is null`,
    [account.id],
  )
  return Object.fromEntries(rows.map(({ target, text }) => [target, text]))
}
const versions = async () =>
  (await world.ctx.pool.query<{ n: number }>('select coalesce(sum(version), 0)::int as n from reply_rules'))
    .rows[0]?.n

test('D12: an answer holds as soon as it is saved, by the button’s key, and changes nothing when it is saved again', async () => {
  const hello = answered('您好')
  const typed = answered('积分', { key: 'CARD' })
  await world.menus.save(account, menu('菜单', { buttons: [hello, typed] }))
  expect(await answers()).toEqual({ [`wd-${hello.id}`]: '您好', CARD: '积分' })
  const before = await versions()
  const { menus } = await world.menus.read(account)
  await world.menus.save(account, ...menus)
  expect(await versions()).toBe(before)
})

test('D12: an answer taken off its button ends at once; that of a button that is gone stays while phones may show it', async () => {
  const [first, second, third] = [answered('一'), answered('二'), answered('三')]
  await world.menus.save(account, menu('菜单', { buttons: [first, second] }))
  await world.menus.publish(account)
  await world.menus.save(account, menu('菜单', { buttons: [{ ...first, answer: null }, third] }))
  expect(Object.values(await answers()).toSorted()).toEqual(['三', '二'].toSorted())
  await world.menus.publish(account)
  expect(Object.values(await answers())).toContain('二')
  await world.menus.save(account, menu('菜单', { buttons: [third] }))
  await world.menus.publish(account)
  expect(await answers()).toEqual({ [`wd-${third.id}`]: '三' })
})

test('D12: an answer that can’t be given is refused with its place, and nothing is saved', async () => {
  const { revision } = await world.menus.read(account)
  const menus = [menu('菜单', { buttons: [answered('')] })]
  const refused = await world.api<{ error: { reason: string } }>('PUT', `/api/accounts/${account.id}/menus`, {
    revision,
    menus,
  })
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { reason: 'message_invalid', detail: { button: '问好' } } },
  })
  expect((await world.menus.read(account)).revision).toBe(revision)
})

test('D12: a tap is answered within its push, the rest follows in order, and the tag is given', async () => {
  const tag = await world.api<{ id: string }>('POST', '/api/tags', { name: '点过会员' })
  const answer = answerSchema.parse({
    replies: ['您好', '这是您的会员码'].map((text) => ({ content: { kind: 'text', text } })),
    effects: { give: [tag.body.id] },
  })
  const below = [
    button({ name: '会员', answer }),
    button({ name: '扫码', type: 'scancode_waitmsg', answer: says('扫到了') }),
  ]
  await world.menus.save(account, menu('菜单', { buttons: [button({ name: '更多', below })] }))
  await world.menus.publish(account)
  const [fan = '', other = ''] = account.openids
  await world.acts(fan, 'menu', { button: [0, 0] })
  expect(await world.heard(fan)).toEqual(['您好'])
  await world.settle()
  expect(await world.heard(fan)).toEqual(['您好', '这是您的会员码'])
  const { rows } = await world.ctx.pool.query(
    'select from contact_tags t join fans f on f.contact_id = t.contact_id where f.openid = $1 and t.tag_id = $2',
    [fan, tag.body.id],
  )
  expect(rows).toHaveLength(1)
  await world.acts(other, 'menu', { button: [0, 1] })
  expect(await world.heard(other)).toEqual(['扫到了'])
})

test('D11: material that is gone is shown where a button or its answer names it, before anybody taps', async () => {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into media_assets (account_id, kind, name, mime, bytes, media_id, created_at)
     values ($1, 'image', '图', 'image/png', 1, 'M1', now()) returning id`,
    [account.id],
  )
  const mediaAssetId = rows[0]?.id as string
  const answer = answerSchema.parse({ replies: [{ content: { kind: 'image', mediaAssetId } }] })
  const look = button({ name: '看图', answer })
  const before = await world.menus.save(
    account,
    menu('菜单', { buttons: [look, button({ name: '图', type: 'media_id', mediaAssetId })] }),
  )
  expect(before).toMatchObject({ problems: [], answerProblems: [] })
  await world.ctx.pool.query('update media_assets set gone_at = now() where id = $1', [mediaAssetId])
  expect(await world.menus.read(account)).toMatchObject({
    problems: [{ place: [1], reason: 'material_gone' }],
    answerProblems: [{ key: `wd-${look.id}`, reply: 0, reason: 'material_gone' }],
  })
})
