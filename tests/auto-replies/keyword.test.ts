import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, createReplyWorld, pushesOf, type ReplyWorld, words } from './world.ts'

let world: ReplyWorld
let fans: string[]

beforeAll(async () => {
  world = await createReplyWorld()
  fans = world.own.openids
})
afterAll(() => world?.close())

const deliveries = async (openid: string) => {
  const { rows } = await world.ctx.pool.query<{ state: string; detail: object | null; run_id: string }>(
    `select d.state, d.detail, d.run_id from deliveries d join fans f on f.id = d.fan_id
     where f.openid = $1 and f.account_id = $2 order by d.occurrence`,
    [openid, world.own.id],
  )
  return rows
}

test('C4: who types a keyword gets the first reply in the answer to the push itself, and the others after it in order', async () => {
  const [fan] = fans as [string]
  const ruleId = await world.rule({
    kind: 'keyword',
    keywords: words('优惠'),
    answer: answer('第一条', '第二条', '第三条'),
  })
  await world.says(fan, ' 优惠 ')
  expect(await world.heard(fan), 'sealed as the push was, before anything else happened').toEqual(['第一条'])
  await world.settle()
  expect(await world.heard(fan)).toEqual(['第一条', '第二条', '第三条'])
  expect(await deliveries(fan)).toEqual([
    { state: 'accepted', detail: { passive: true }, run_id: ruleId },
    { state: 'accepted', detail: null, run_id: ruleId },
    { state: 'accepted', detail: null, run_id: ruleId },
  ])
  await world.settle()
  expect(await world.heard(fan), 'and nothing twice').toHaveLength(3)
})

test('C4: the platform’s second and third try get the same reply, also when the rule was edited meanwhile', async () => {
  const [, fan] = fans as [string, string]
  const rule = { kind: 'keyword' as const, keywords: words('重试'), answer: answer('旧的') }
  const ruleId = await world.rule(rule)
  const pushes = await pushesOf(world)
  const push = pushes.text(fan, '重试')
  expect(await pushes.send(push)).toContain('旧的')
  const changed = await world.api('PUT', `/api/accounts/${world.own.id}/reply-rules/${ruleId}`, {
    ...rule,
    name: '改过的',
    answer: answer('新的'),
  })
  expect(changed.status).toBe(200)
  expect(await pushes.send(push)).toContain('旧的')
  expect(await pushes.send(push)).toContain('旧的')
  expect(await pushes.send(pushes.text(fan, '重试'))).toContain('新的')
  await world.settle()
  expect(await deliveries(fan)).toHaveLength(2)
})

test('C4: an answer gives and takes tags and sets attributes of the person', async () => {
  const [, , fan] = fans as [string, string, string]
  const tag = async (name: string) => {
    const made = await world.api<{ id: string }>('POST', '/api/tags', { name })
    return made.body.id
  }
  const [wanted, old] = [await tag('想要优惠'), await tag('还没问过')]
  const effects = {
    give: [wanted],
    take: [old],
    attributes: [{ key: 'asked', value: '优惠' }],
    campaignId: null,
  }
  const contactOf = `(select contact_id from fans where openid = $1 and account_id = ${world.own.id})`
  await world.ctx.pool.query(
    `insert into contact_tags (tag_id, contact_id, since) select $2, ${contactOf}, '2026-01-01'`,
    [fan, old],
  )
  await world.rule({
    kind: 'keyword',
    keywords: words('想要'),
    answer: { ...answer(), effects },
  })
  await world.says(fan, '想要')
  await world.settle()
  expect(await world.heard(fan), 'an answer may be silent').toEqual([])
  const { rows } = await world.ctx.pool.query(
    `select t.name from contact_tags c join tags t on t.id = c.tag_id
     where c.until = 'infinity' and c.contact_id = ${contactOf}`,
    [fan],
  )
  expect(rows).toEqual([{ name: '想要优惠' }])
  const person = await world.ctx.pool.query(`select contact_id::text as id from fans where openid = $1`, [
    fan,
  ])
  const shown = await world.api('GET', `/api/contacts/${person.rows[0].id}`)
  expect(JSON.stringify(shown.body)).toContain('优惠')
})

test('what nobody answers gets nothing, and is no failure for the fan', async () => {
  const [, , , fan] = fans as [string, string, string, string]
  await world.says(fan, '随便说说')
  await world.settle()
  expect(await world.seen(fan)).toMatchObject([{ from: 'fan', unserved: false }])
})
