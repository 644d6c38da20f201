import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { bindAccount } from '../accounts/index.ts'
import { findOrMakePeople, type PersonClaim } from '../contacts/index.ts'
import type { ContactMerge } from '../contacts/schema.ts'
import type { TimelineEntry } from './schema/timeline.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let accountId: string
let otherId: string

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  const none = { fans: 0, drafts: 0, articles: 0 }
  accountId = await bindAccount(world.ctx, await world.account(none))
  otherId = await bindAccount(world.ctx, await world.account(none))
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

async function person(claim: Omit<PersonClaim, 'mayLink'>): Promise<string> {
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin')
    const [found] = await findOrMakePeople(client, [{ ...claim, mayLink: true }], world.ctx.clock.now())
    await client.query('commit')
    return found?.contactId as string
  } finally {
    client.release()
  }
}
const did = (contactId: string, name: string, at: string, account: string | null = null) =>
  world.ctx.pool.query(
    `insert into events (account_id, contact_id, name, at, received_at, properties)
     values ($1, $2, $3, $4, $4, '{"text": "我的地址", "key": "menu-1"}')`,
    [account, contactId, name, at],
  )
type Page = { items: TimelineEntry[]; nextCursor: string | null }
const timeline = async (id: string, query = '', who = admin) =>
  (await who<Page>('GET', `/api/contacts/${id}/timeline?${query}`)).body

test('F1: everything a person did under every id they had, latest first, with the merge in between', async () => {
  const visitor = await person({ anonymous: 'v1' })
  const known = await person({ user: 'u1' })
  await did(visitor, 'page', '2026-01-01T00:00:00Z')
  await did(known, 'order', '2026-01-02T00:00:00Z', accountId)
  await person({ user: 'u1', anonymous: 'v1' })
  const at = new Date(world.ctx.clock.now().getTime() + 60_000).toISOString()
  await did(visitor, 'page', at)
  const entries = (await timeline(visitor)).items
  expect(entries.map(({ name, cameAs }) => [name, cameAs])).toEqual([
    ['page', visitor],
    ['contact.merged', null],
    ['order', null],
    ['page', visitor],
  ])
  expect(entries[1]?.merge).toMatchObject({ sourceId: visitor, targetId: known })
  const [merge] = (await admin<{ items: ContactMerge[] }>('GET', `/api/contacts/${known}/merges`)).body.items
  await admin('POST', `/api/contacts/${known}/merges/${merge?.id}/undo`)
  expect((await timeline(visitor)).items.map(({ name }) => name)).toEqual([
    'page',
    'contact.unmerged',
    'contact.merged',
    'page',
  ])
  expect((await timeline(known)).items.map(({ name }) => name).sort()).toEqual([
    'contact.merged',
    'contact.unmerged',
    'order',
  ])
})

test('F1: filtered by name and time; pages hold everything once, also at one instant', async () => {
  const id = await person({ user: 'u2' })
  for (let n = 0; n < 7; n += 1) await did(id, n % 2 ? 'a' : 'b', '2026-02-01T00:00:00Z')
  await did(id, 'a', '2026-03-01T00:00:00Z')
  expect((await timeline(id, 'names=a')).items).toHaveLength(4)
  expect((await timeline(id, 'names=contact.merged')).items).toEqual([])
  expect((await timeline(id, 'from=2026-02-15T00:00:00Z')).items).toHaveLength(1)
  expect((await timeline(id, 'until=2026-03-01T00:00:00Z')).items).toHaveLength(7)
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page = await timeline(id, `limit=3${cursor && `&cursor=${cursor}`}`)
    seen.push(...page.items.map((entry) => entry.id))
    cursor = page.nextCursor
  }
  expect(seen).toHaveLength(8)
  expect(new Set(seen).size).toBe(8)
  const names = await admin('GET', `/api/contacts/${id}/event-names`)
  expect(names.body).toEqual({
    items: [
      { name: 'a', displayName: null, count: 4 },
      { name: 'b', displayName: null, count: 4 },
    ],
  })
})

test('a page that ends among entries of one instant goes on with the rest of them', async () => {
  const [one, two, three] = [
    await person({ anonymous: 'p1' }),
    await person({ anonymous: 'p2' }),
    await person({ user: 'u3' }),
  ]
  await person({ user: 'u3', anonymous: 'p1' })
  await person({ user: 'u3', anonymous: 'p2' })
  const at = '2026-04-01T00:00:00.000Z'
  await world.ctx.pool.query('update contact_merges set merged_at = $1 where target_id = $2', [at, three])
  for (const id of [one, two, three]) await did(id, 'x', at)
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page = await timeline(three, `limit=1${cursor && `&cursor=${cursor}`}`)
    seen.push(...page.items.map((entry) => `${entry.name} ${entry.id}`))
    cursor = page.nextCursor
  }
  expect(seen).toHaveLength(5)
  expect(new Set(seen).size).toBe(5)
  expect(seen.map((one) => one.split(' ')[0])).toEqual(['contact.merged', 'contact.merged', 'x', 'x', 'x'])
})

test('operators see events of their accounts and of no account; analysts nothing that a person wrote', async () => {
  const id = await person({ user: 'u4', openid: { accountId, openid: 'oTimeline' } })
  await did(id, 'mine', '2026-01-01T00:00:00Z', accountId)
  await did(id, 'theirs', '2026-01-02T00:00:00Z', otherId)
  await did(id, 'none', '2026-01-03T00:00:00Z')
  const limited = await api.signIn('operator', [accountId])
  expect((await timeline(id, '', limited)).items.map(({ name }) => name)).toEqual(['none', 'mine'])
  const stranger = await api.signIn('operator', [otherId])
  expect((await stranger('GET', `/api/contacts/${id}/timeline`)).status).toBe(404)
  const analyst = await api.signIn('analyst')
  expect((await timeline(id, '', analyst)).items.map(({ properties }) => properties)).toEqual(
    Array(3).fill({ key: 'menu-1' }),
  )
})
