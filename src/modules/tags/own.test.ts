import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { bindAccount } from '../accounts/index.ts'
import { runChangePeople } from './change-own.ts'
import { giveTags, tagsByName } from './front.ts'
import { holdTags } from './holding.ts'
import type { OwnTag, TagGroup, TagRun } from './schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
const never = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})
beforeEach(() => world.ctx.pool.query('truncate tags, tag_groups, contact_tags restart identity cascade'))

const rows = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const newPeople = async (count: number) =>
  (
    await rows<{ id: string }>(
      'insert into contacts (created_at) select now() from generate_series(1, $1::int) returning id',
      [count],
    )
  ).map((row) => row.id)
const make = async (name: string, groupId: string | null = null) =>
  (await admin<{ id: string }>('POST', '/api/tags', { name, groupId })).body.id
const list = async (who = admin) =>
  (await who<{ groups: TagGroup[]; items: OwnTag[] }>('GET', '/api/tags')).body
const spans = (tagId: string) =>
  rows<{ contact_id: string; since: Date; open: boolean; until: Date }>(
    `select contact_id, since, until = 'infinity' as open, case when until < 'infinity' then until end as until
     from contact_tags where tag_id = $1 order by contact_id, since`,
    [tagId],
  )
const hold = (contactIds: string[], give: string[], take: string[], at: Date) =>
  inTransaction(world.ctx.db, (trx) => holdTags(trx, { contactIds, give, take }, at))

test('F1: tags live in groups; a deleted group leaves its tags, a taken name is refused', async () => {
  const { body: group } = await admin<{ id: string }>('POST', '/api/tag-groups', { name: '等级' })
  const vip = await make('VIP', group.id)
  expect(await list()).toMatchObject({
    groups: [{ name: '等级', tags: 1 }],
    items: [{ id: vip, groupId: group.id, members: 0, links: [] }],
  })
  expect((await admin('POST', '/api/tags', { name: 'VIP' })).body).toMatchObject({
    error: { reason: 'tag_name_taken' },
  })
  const other = await make('普通')
  expect((await admin('PATCH', `/api/tags/${other}`, { name: 'VIP' })).status).toBe(409)
  expect((await admin('PATCH', `/api/tags/${other}`, { name: '新客', groupId: group.id })).status).toBe(200)
  expect((await admin('DELETE', `/api/tag-groups/${group.id}`)).status).toBe(200)
  expect((await list()).items.map((tag) => [tag.name, tag.groupId]).toSorted()).toEqual(
    [
      ['VIP', null],
      ['新客', null],
    ].toSorted(),
  )
})

test.each([
  ['签'.repeat(30), 200],
  ['😀'.repeat(30), 200],
  ['签'.repeat(31), 400],
  ['   ', 400],
])('F1: a name of %s', async (name, status) => {
  expect((await admin('POST', '/api/tags', { name })).status).toBe(status)
})

test('F1: named people are tagged at once; what is so already is not written; the change is audited', async () => {
  const [one = '', two = ''] = await newPeople(2)
  const [a, b] = [await make('a'), await make('b')]
  const change = (body: object) => admin<{ changed: number }>('POST', '/api/contacts/tags', body)
  const people = { kind: 'contacts', contactIds: [one, two] }
  expect((await change({ people, give: [a] })).body).toEqual({ runId: null, changed: 2 })
  expect((await change({ people, give: [a, b] })).body.changed).toBe(2)
  expect((await change({ people: { ...people, contactIds: [one] }, take: [a] })).body.changed).toBe(1)
  expect((await list()).items.map((tag) => [tag.name, tag.members])).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  expect((await change({ people, give: [a], take: [a] })).status).toBe(400)
  expect((await change({ people, give: ['999'] })).status).toBe(404)
  const [entry] = await rows<{ detail: object }>(
    `select detail from audit_entries where action = 'contacts.tagged' order by id desc limit 1`,
  )
  expect(entry?.detail).toMatchObject({ people: 1, taken: 1 })
})

test.each([
  [1_000, 200],
  [1_001, 400],
])('F1: %i people by id in one request answer %i', async (count, status) => {
  const tag = await make('many')
  const contactIds = await newPeople(count)
  const answer = await admin('POST', '/api/contacts/tags', {
    people: { kind: 'contacts', contactIds },
    give: [tag],
  })
  expect(answer.status).toBe(status)
  expect((await list()).items[0]?.members).toBe(status === 200 ? count : 0)
})

test('G5: spans tell when we knew; what began and ended at one instant never was', async () => {
  const [one = ''] = await newPeople(1)
  const tag = await make('t')
  const [t1, t2, t3] = [new Date('2026-01-01'), new Date('2026-02-01'), new Date('2026-03-01')]
  await hold([one], [tag], [], t1)
  await hold([one], [], [tag], t2)
  await hold([one], [tag], [], t2)
  await hold([one], [], [tag], t2)
  expect(await spans(tag)).toEqual([{ contact_id: one, since: t1, open: false, until: t2 }])
  await hold([one], [tag], [], t3)
  expect(await spans(tag)).toEqual([
    { contact_id: one, since: t1, open: false, until: t2 },
    { contact_id: one, since: t3, open: true, until: null },
  ])
})

test('F3: a merged id is the person it became', async () => {
  const [gone = '', stays = ''] = await newPeople(2)
  await rows(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 't')`,
    [gone, stays],
  )
  const tag = await make('t')
  expect(await hold([gone, stays], [tag], [], new Date())).toMatchObject({ people: 1, given: 1 })
  expect((await spans(tag)).map((span) => span.contact_id)).toEqual([stays])
})

test('F1: a merge that comes while people are tagged is waited for: no tag is left on who is gone', async () => {
  const [gone = '', stays = ''] = await newPeople(2)
  const tag = await make('t')
  const merging = await world.ctx.pool.connect()
  await merging.query('begin')
  await merging.query('select id from contacts where id = any($1) order by id for no key update', [
    [gone, stays],
  ])
  const tagging = hold([gone], [tag], [], new Date())
  await merging.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 't')`,
    [gone, stays],
  )
  await merging.query('commit')
  merging.release()
  await tagging
  expect((await spans(tag)).map((span) => span.contact_id)).toEqual([stays])
})

test('F1: people of a filter are tagged by a run: cut off and at once in two workers, everyone once', async () => {
  await newPeople(2_300)
  const tag = await make('all')
  const [{ n } = { n: 0 }] = await rows<{ n: number }>(
    'select count(*)::int as n from contacts c where not exists (select from contact_aliases a where a.contact_id = c.id)',
  )
  const people = { kind: 'filter', filter: {} }
  const shown = await admin<{ people: number }>('POST', '/api/contacts/tags/preview', { people })
  expect(shown.body).toEqual({ people: n, exact: true })
  const { body } = await admin<{ runId: string }>('POST', '/api/contacts/tags', { people, give: [tag] })
  const cut = new AbortController()
  const { pool } = world.ctx
  const cutOff = () => {
    cut.abort()
    return world.ctx.clock.now()
  }
  const watched = {
    ...world.ctx,
    clock: { ...world.ctx.clock, now: cutOff },
  }
  await runChangePeople(watched, body.runId, cut.signal)
  const read = async () => (await admin<TagRun>('GET', `/api/tag-runs/${body.runId}`)).body
  expect((await read()).state).toBe('queued')
  await Promise.all([
    runChangePeople(world.ctx, body.runId, never),
    runChangePeople(await world.another(), body.runId, never),
  ])
  expect(await read()).toMatchObject({
    state: 'done',
    done: n,
    total: n,
    results: [{ outcome: 'given', people: n }],
  })
  const { rows: carriers } = await pool.query(
    `select count(*)::int as spans, count(distinct contact_id)::int as people from contact_tags where tag_id = $1`,
    [tag],
  )
  expect(carriers).toEqual([{ spans: n, people: n }])
  const { runId } = (await admin<{ runId: string }>('POST', '/api/contacts/tags', { people, give: [tag] }))
    .body
  await runChangePeople(world.ctx, runId, never)
  expect((await admin<TagRun>('GET', `/api/tag-runs/${runId}`)).body.results).toEqual([
    { outcome: 'unchanged', people: n },
  ])
})

test('E1: an operator tags only people of their accounts, and sees only these counted', async () => {
  const accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
  const [mine = '', foreign = ''] = await newPeople(2)
  await rows(`insert into fans (account_id, contact_id, following, openid) values ($1, $2, true, 'o1')`, [
    accountId,
    mine,
  ])
  const tag = await make('scoped')
  await hold([foreign], [tag], [], new Date())
  const operator = await api.signIn('operator', [accountId])
  const people = { kind: 'contacts', contactIds: [mine, foreign] }
  const answer = await operator('POST', '/api/contacts/tags', { people, give: [tag] })
  expect(answer.body).toEqual({ runId: null, changed: 1 })
  expect((await list(operator)).items[0]?.members).toBe(1)
  expect((await list()).items[0]?.members).toBe(2)
  expect((await operator('DELETE', `/api/tags/${tag}`)).body).toMatchObject({
    error: { reason: 'tag_beyond_scope' },
  })
  const filtered = await operator<{ runId: string }>('POST', '/api/contacts/tags', {
    people: { kind: 'filter', filter: {} },
    take: [tag],
  })
  await runChangePeople(world.ctx, filtered.body.runId, never)
  expect((await spans(tag)).filter((span) => span.open).map((span) => span.contact_id)).toEqual([foreign])
  const stranger = await api.signIn('operator', [])
  expect((await stranger('GET', `/api/tag-runs/${filtered.body.runId}`)).status).toBe(404)
  const analyst = await api.signIn('analyst')
  expect((await analyst('POST', '/api/contacts/tags', { people, give: [tag] })).status).toBe(403)
})

test('F1: a tag that an audience names is not deleted; else it goes from everyone', async () => {
  const [one = ''] = await newPeople(1)
  const [named, free] = [await make('named'), await make('free')]
  await hold([one], [named, free], [], new Date())
  await rows(
    `insert into segments (name, update_kind, rule, created_at, updated_at) values ('常客', 'live', $1, now(), now())`,
    [
      JSON.stringify({
        kind: 'all',
        of: [{ kind: 'tag', match: 'any', tags: [{ of: 'own', tagId: named }] }],
      }),
    ],
  )
  expect((await admin('DELETE', `/api/tags/${named}`)).body).toMatchObject({
    error: { reason: 'tag_in_audiences', detail: { names: '常客' } },
  })
  expect((await admin('DELETE', `/api/tags/${free}`)).status).toBe(200)
  expect(await spans(free)).toEqual([])
  expect(await spans(named)).toHaveLength(1)
})

test('F2: imports name tags: unknown ones are made when allowed, what can’t be a name is left out', async () => {
  const [one = ''] = await newPeople(1)
  const known = await make('已有')
  const now = new Date()
  await inTransaction(world.ctx.db, async (trx) => {
    expect([...(await tagsByName(trx, ['已有', '新的']))]).toEqual([['已有', known]])
    const made = await tagsByName(trx, ['已有', ' 新的 ', '', '长'.repeat(31)], { createAt: now })
    expect([...made.keys()].toSorted()).toEqual(['已有', '新的'].toSorted())
    expect(await giveTags(trx, { contactIds: [one], names: ['已有', '新的', '没有'] }, now)).toMatchObject({
      given: 2,
    })
  })
  const client = await world.ctx.pool.connect()
  try {
    expect(await giveTags(client, { contactIds: [one], ids: [known] }, now)).toMatchObject({ given: 0 })
  } finally {
    client.release()
  }
})
