import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import { bindAccount } from '../../accounts/index.ts'
import { findOrMakePeople, type PersonClaim } from '../index.ts'
import type { Person, PersonDetail } from '../schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let accountId: string
let otherId: string
let accountName: string
const ids: Record<string, string> = {}

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  const account = await world.account({ fans: 0, drafts: 0, articles: 0 })
  accountName = account.name
  accountId = await bindAccount(world.ctx, account)
  otherId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
  admin = await api.signIn('administrator')
  await populate()
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const run = (sql: string, values: unknown[] = []) => world.ctx.pool.query(sql, values)

async function populate() {
  const people: Record<string, Omit<PersonClaim, 'mayLink'>> = {
    wang: {
      user: 'member-1',
      phone: '13800000001',
      openid: { accountId, openid: 'oWang0000000000000000000000001' },
    },
    li: { unionid: 'union-li', openid: { accountId: otherId, openid: 'oLi000000000000000000000000002' } },
    visitor: { anonymous: 'visitor-1' },
    crm: { externalUser: 'wm-crm-3' },
    gone: { user: 'member-9' },
  }
  const client = await world.ctx.pool.connect()
  await client.query('begin')
  for (const [name, claim] of Object.entries(people)) {
    const [found] = await findOrMakePeople(client, [{ ...claim, mayLink: true }], world.ctx.clock.now())
    ids[name] = found?.contactId as string
  }
  await findOrMakePeople(
    client,
    [{ user: 'member-9', unionid: 'union-li', mayLink: true }],
    world.ctx.clock.now(),
  )
  await client.query('commit')
  client.release()
  await run(`update contacts set name = '王小明 Ming' where id = $1`, [ids['wang']])
  await run(`update contacts set name = '李小龙', created_at = '2026-01-01' where id = $1`, [ids['li']])
  await run(
    `update fans set following = true, remark = 'VIP 老客户', tag_ids = '{2}' where contact_id = $1`,
    [ids['li']],
  )
  await run(`insert into wechat_tags values ($1, 2, '星标', 0, now())`, [otherId])
  await run(
    `with g as (insert into tag_groups (name, created_at) values ('等级', now()) returning id),
       t as (insert into tags (group_id, name, created_at) select id, 'VIP', now() from g returning id)
     insert into contact_tags (tag_id, contact_id, since, until)
       select id, $1::bigint, '2026-01-01'::timestamptz, 'infinity'::timestamptz from t
       union all select id, $2::bigint, '2026-01-01'::timestamptz, '2026-02-01'::timestamptz from t`,
    [ids['wang'], ids['li']],
  )
  await run(
    `with a as (insert into attributes (key, display_name, type, origin, personal, created_at) values
       ('city', '城市', 'text', 'declared', false, now()), ('points', null, 'number', 'declared', false, now()),
       ('member', null, 'boolean', 'declared', false, now()), ('likes', null, 'list', 'declared', false, now()),
       ('seen', null, 'instant', 'declared', false, now()), ('address', '地址', 'text', 'declared', true, now())
       returning id, key)
     insert into contact_attributes (contact_id, attribute_id, item, text_value, number_value, since)
     select $1::bigint, id, item, t, n, '2026-01-01'::timestamptz
     from a join (values ('city', 0, '上海', null), ('points', 0, null, 12.5), ('member', 0, 'true', null),
       ('likes', 0, '书', null), ('likes', 1, '茶', null), ('seen', 0, null, 1767225600000), ('address', 0, '南京路 1 号', null))
       as v (key, item, t, n) using (key)`,
    [ids['wang']],
  )
}

type Page = { items: Person[]; nextCursor: string | null }
const list = async (query: Record<string, string>, who = admin) => {
  const { body } = await who<Page>('GET', `/api/contacts?${new URLSearchParams(query)}`)
  return body.items.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id) ?? id)
}
const count = async (query: Record<string, string> = {}, who = admin) =>
  (await who<{ count: number; exact: boolean }>('GET', `/api/contacts/count?${new URLSearchParams(query)}`))
    .body

describe('the list of people', () => {
  test('F1: everyone once, newest first, those merged away left out; the count says the same', async () => {
    expect(await list({})).toEqual(['crm', 'visitor', 'li', 'wang'])
    expect(await count()).toEqual({ count: 4, exact: true })
    const first = await admin<Page>('GET', '/api/contacts?limit=3')
    const second = await admin<Page>('GET', `/api/contacts?limit=3&cursor=${first.body.nextCursor}`)
    expect([first.body.items.length, second.body.items.length, second.body.nextCursor]).toEqual([3, 1, null])
  })

  test.each([
    ['小', ['li', 'wang']],
    ['小明', ['wang']],
    ['ming', ['wang']],
    ['老客', ['li']],
    ['138 0000 0001', ['wang']],
    ['+8613800000001', ['wang']],
    ['member-1', ['wang']],
    ['member', []],
    ['union-li', ['li']],
    ['member-9', ['li']],
    ['wm-crm-3', ['crm']],
    ['visitor-1', ['visitor']],
    ['oWang0000000000000000000000001', ['wang']],
    ['%', []],
    ["'; drop table contacts; --", []],
  ])('F1: %j finds %j', async (q, expected) => {
    expect(await list({ q })).toEqual(expected)
    expect(await count({ q })).toEqual({ count: expected.length, exact: true })
  })

  test('F1: our own id finds its person', async () => {
    expect(await list({ q: ids['crm'] as string })).toContain('crm')
  })

  const filters: [string, () => Record<string, string>, string[]][] = [
    ['account', () => ({ accountId }), ['wang']],
    ['following', () => ({ following: 'true' }), ['li']],
    ['following of an account', () => ({ accountId, following: 'true' }), []],
    ['own tag, now', () => ({ tagId: '1' }), ['wang']],
    ['WeChat tag', () => ({ wechatTag: `${otherId}:2` }), ['li']],
    ['WeChat tag of another account', () => ({ wechatTag: `${accountId}:2` }), []],
    ['text', () => ({ attribute: 'city', value: '上海' }), ['wang']],
    ['number', () => ({ attribute: 'points', value: '12.50' }), ['wang']],
    ['number that is none', () => ({ attribute: 'points', value: 'x' }), []],
    ['boolean', () => ({ attribute: 'member', value: 'true' }), ['wang']],
    ['item of a list', () => ({ attribute: 'likes', value: '茶' }), ['wang']],
    ['instant', () => ({ attribute: 'seen', value: '2026-01-01T08:00:00+08:00' }), ['wang']],
    ['attribute nobody has', () => ({ attribute: "'; drop", value: 'x' }), []],
    ['phone', () => ({ identity: 'phone' }), ['wang']],
    ['unionid', () => ({ identity: 'unionid' }), ['li']],
    ['openid', () => ({ identity: 'openid' }), ['li', 'wang']],
    ['visitor id', () => ({ identity: 'anonymous' }), ['visitor']],
    ['created before', () => ({ createdUntil: '2026-01-02T00:00:00Z' }), ['li']],
    ['created since', () => ({ createdFrom: '2026-01-02T00:00:00Z' }), ['crm', 'visitor', 'wang']],
    ['all at once', () => ({ accountId, tagId: '1', attribute: 'city', value: '上海', q: '王' }), ['wang']],
  ]
  test.each(filters)('F1: filtered by %s', async (_, query, expected) => {
    expect(await list(query())).toEqual(expected)
    expect(await count(query())).toEqual({ count: expected.length, exact: true })
  })

  test('F1: the columns asked for, with values of their types', async () => {
    const { body } = await admin<Page>('GET', '/api/contacts?attributes=points,member,likes,seen&q=member-1')
    expect(body.items[0]).toMatchObject({
      name: '王小明 Ming',
      phone: '+8613800000001',
      kinds: ['phone', 'user', 'openid'],
      tags: [{ name: 'VIP', groupName: '等级' }],
      attributes: { points: 12.5, member: true, likes: ['书', '茶'], seen: '2026-01-01T00:00:00.000Z' },
    })
  })

  test('an operator of one account sees its people, and of them nothing of other accounts', async () => {
    const limited = await api.signIn('operator', [accountId])
    expect(await list({}, limited)).toEqual(['wang'])
    expect(await count({}, limited)).toEqual({ count: 1, exact: true })
    expect(await list({ accountId: otherId }, limited)).toEqual([])
    expect(await list({ wechatTag: `${otherId}:2` }, limited)).toEqual([])
    expect((await limited('GET', `/api/contacts/${ids['li']}`)).status).toBe(404)
    expect((await limited('PATCH', `/api/contacts/${ids['li']}`, { name: 'x' })).status).toBe(404)
  })

  test('roles that may not see people see no name, phone, id or personal attribute whole', async () => {
    const analyst = await api.signIn('analyst')
    const rows = await analyst('GET', '/api/contacts?attributes=address,city')
    const one = await analyst('GET', `/api/contacts/${ids['wang']}`)
    const text = JSON.stringify([rows.body, one.body])
    for (const secret of ['小明', '13800000001', 'member-1', 'oWang0000', 'union-li', '南京路', '老客户']) {
      expect(text).not.toContain(secret)
    }
    expect(text).toContain('上海')
    expect(text).toContain('王**')
  })
})

describe('one person', () => {
  test('F1: identities, accounts, tags and attributes; a merged id leads to who they became', async () => {
    const { body } = await admin<PersonDetail>('GET', `/api/contacts/${ids['wang']}`)
    expect(body).toMatchObject({
      mergedFrom: null,
      identities: [
        { kind: 'phone', value: '+8613800000001' },
        { kind: 'user', value: 'member-1' },
      ],
      fans: [{ accountId, accountName, openid: 'oWang0000000000000000000000001', following: false }],
      tags: [{ name: 'VIP', since: '2026-01-01T00:00:00.000Z' }],
    })
    expect(body.attributes).toContainEqual({
      key: 'city',
      displayName: '城市',
      type: 'text',
      value: '上海',
      since: '2026-01-01T00:00:00.000Z',
    })
    const merged = (await admin<PersonDetail>('GET', `/api/contacts/${ids['gone']}`)).body
    expect([merged.id, merged.mergedFrom]).toEqual([ids['li'], ids['gone']])
    expect(merged.fans[0]?.tags).toEqual([{ tagId: 2, name: '星标' }])
    expect((await admin('GET', '/api/contacts/999999999')).status).toBe(404)
  })

  test('is named by hand, and the log keeps that without the name', async () => {
    expect((await admin('PATCH', `/api/contacts/${ids['crm']}`, { name: '赵钱孙' })).status).toBe(200)
    expect(await list({ q: '钱孙' })).toEqual(['crm'])
    const { rows } = await run(`select detail::text from audit_entries where action = 'contact.renamed'`)
    expect(JSON.stringify(rows)).not.toContain('赵')
    expect((await admin('PATCH', `/api/contacts/${ids['crm']}`, { name: null })).status).toBe(200)
    expect(await list({ q: '钱孙' })).toEqual([])
  })
})
