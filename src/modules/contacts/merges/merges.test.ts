import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../../tests/support/api.ts'
import { until } from '../../../../tests/support/index.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import { bindAccount } from '../../accounts/index.ts'
import { findOrMakePeople, type PersonClaim } from '../index.ts'
import { learnFans } from '../learn.ts'
import type { ContactMerge, ContactReview, PersonDetail } from '../schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let analyst: Caller
let accountId: string

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
  admin = await api.signIn('administrator')
  analyst = await api.signIn('analyst')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

type Ids = Omit<PersonClaim, 'mayLink'>
async function person(ids: Ids, mayLink = true, before?: () => Promise<void>): Promise<string> {
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin')
    const [found] = await findOrMakePeople(client, [{ ...ids, mayLink }], world.ctx.clock.now())
    await before?.()
    await client.query('commit')
    return found?.contactId as string
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
const query = async <T extends object>(sql: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(sql, values)).rows
let serial = 0
const fresh = (what = 'u') => `${what}.${++serial}`
const merges = async (id: string, who = admin) =>
  (await who<{ items: ContactMerge[] }>('GET', `/api/contacts/${id}/merges`)).body.items
const detail = async (id: string) => (await admin<PersonDetail>('GET', `/api/contacts/${id}`)).body
const undo = (id: string, mergeId: string | undefined) =>
  admin<{ error?: { reason: string } }>('POST', `/api/contacts/${id}/merges/${mergeId}/undo`)

async function tag(name: string, contactId: string, since: string, until = 'infinity') {
  await query(
    `with t as (insert into tags (name, created_at) values ($1, now())
       on conflict (name) do update set name = excluded.name returning id)
     insert into contact_tags select id, $2::bigint, $3::timestamptz, $4::timestamptz from t`,
    [name, contactId, since, until],
  )
}
async function attribute(key: string, contactId: string, value: string, since: string) {
  await query(
    `with a as (insert into attributes (key, type, origin, created_at) values ($1, 'text', 'declared', now())
       on conflict (key) do update set key = excluded.key returning id)
     insert into contact_attributes (contact_id, attribute_id, text_value, since) select $2::bigint, id, $3, $4::timestamptz from a`,
    [key, contactId, value, since],
  )
}
const everything = (ids: readonly string[]) =>
  query(
    `select 'tag' as what, tag_id::text as id, null as value, contact_id, since::text, until::text from contact_tags where contact_id = any($1)
     union all select 'attribute', attribute_id::text, text_value, contact_id, since::text, until::text from contact_attributes where contact_id = any($1)
     union all select kind, value, null, contact_id, null, null from contact_identities where contact_id = any($1)
     union all select 'fan', id::text, null, contact_id, null, null from fans where contact_id = any($1)
     union all select 'name', name, null, id, null, null from contacts where id = any($1)
     union all select 'alias', contact_id::text, null, merged_into, null, null from contact_aliases where merged_into = any($1)
     order by 1, 2, 3, 4, 5`,
    [ids],
  )

/** A visitor-free pair: an older person of a user id, and one of an openid, with things of both and of each. */
async function pair() {
  const ids = { user: fresh(), openid: { accountId, openid: fresh('o').replace('.', '_') } }
  const one = await person({ user: ids.user })
  const two = await person({ openid: ids.openid })
  await tag('仅一', one, '2026-01-01T00:00:00.123456Z')
  await tag('两者', one, '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z')
  await tag('两者', two, '2026-02-15T00:00:00Z')
  await attribute('城市', one, '上海', '2026-05-01T00:00:00Z')
  await attribute('城市', two, '北京', '2026-04-01T00:00:00Z')
  await attribute('等级', one, '3', '2026-05-01T00:00:00Z')
  await attribute('等级', two, '9', '2026-06-01T00:00:00Z')
  await attribute('爱好', one, '书', '2026-05-01T00:00:00Z')
  await query(`update contacts set name = '王小明' where id = $1`, [one])
  return { ids, one, two }
}

describe('a merge', () => {
  test('F1: moves fans, identities, tags and attributes to the one with a fan; the newer value holds', async () => {
    const { ids, one, two } = await pair()
    expect(await person(ids)).toBe(two)
    const now = await detail(two)
    expect(now.name).toBe('王小明')
    expect(now.identities.map(({ kind }) => kind)).toEqual(['user'])
    expect(now.fans).toHaveLength(1)
    expect(now.tags.map(({ name, since }) => [name, since]).sort()).toEqual([
      ['两者', '2026-02-01T00:00:00.000Z'],
      ['仅一', '2026-01-01T00:00:00.123Z'],
    ])
    expect(Object.fromEntries(now.attributes.map(({ key, value }) => [key, value]))).toEqual({
      城市: '上海',
      等级: '9',
      爱好: '书',
    })
    expect((await detail(one)).mergedFrom).toBe(one)
    expect((await detail(one)).id).toBe(two)
    const [merge] = await merges(two)
    expect(merge).toMatchObject({ sourceId: one, targetId: two, cause: 'linked', canUndo: true })
    expect(merge?.moved).toMatchObject({ fans: 0, tags: 2, attributes: 1, overridden: 2 })
    expect(merge?.links.map(({ kind }) => kind)).toEqual(['user', 'openid'])
  })

  test('F1: taking one back waits for the people before it holds the merge, as an erasure does', async () => {
    const [user, phone] = [fresh(), `+86135000${String(++serial).padStart(5, '0')}`]
    const [a, b] = [await person({ user }), await person({ phone })]
    const target = await person({ user, phone })
    const [merge] = await merges(target)
    const client = await world.ctx.pool.connect()
    let undone: ReturnType<typeof undo> | undefined
    try {
      await client.query('begin')
      await client.query('select from contacts where id = any($1::bigint[]) for update', [[a, b]])
      undone = undo(target, merge?.id)
      await until(
        async () =>
          (
            await query(
              `select 1 as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).length > 0,
      )
      await client.query('select from contact_merges where id = $1 for update nowait', [merge?.id])
      await client.query('commit')
    } finally {
      client.release(true)
    }
    expect((await undone)?.status).toBe(200)
  })

  test('F1: taken back, everybody has exactly what they had, and the same ids do not merge them again', async () => {
    const { ids, one, two } = await pair()
    const before = await everything([one, two])
    await person(ids)
    expect(await everything([one, two])).not.toEqual(before)
    const [merge] = await merges(two)
    expect((await undo(two, merge?.id)).status).toBe(200)
    expect(await everything([one, two])).toEqual(before)
    expect(await person(ids)).toBe(one)
    expect(await person({ openid: ids.openid })).toBe(two)
    expect((await undo(two, merge?.id)).body.error?.reason).toBe('merge_undone')
    const [audited] = await query<{ detail: unknown }>(
      `select detail from audit_entries where action = 'contact.merge_undone' and subject_id = $1`,
      [two],
    )
    expect(audited?.detail).toEqual({ mergeId: merge?.id, contactId: one })
  })

  test('F1: what was learned after the merge stays with who stayed', async () => {
    const { ids, one, two } = await pair()
    await person(ids)
    const now = world.ctx.clock.now().toISOString()
    const open = `until = 'infinity' and contact_id = $1 and attribute_id = (select id from attributes where key = '城市')`
    await query(`update contact_attributes set until = $2::timestamptz + interval '1 hour' where ${open}`, [
      two,
      now,
    ])
    await attribute('城市', two, '成都', new Date(Date.parse(now) + 3_600_000).toISOString())
    await query(
      `update contact_tags set until = $2 where contact_id = $1 and until = 'infinity' and tag_id = (select id from tags where name = '两者')`,
      [two, now],
    )
    await undo(two, (await merges(two))[0]?.id)
    const current = async (id: string) =>
      Object.fromEntries((await detail(id)).attributes.map(({ key, value }) => [key, value]))
    expect(await current(two)).toEqual({ 城市: '成都', 等级: '9' })
    expect(await current(one)).toEqual({ 城市: '上海', 等级: '3', 爱好: '书' })
    expect((await detail(two)).tags).toEqual([])
    expect((await detail(one)).tags.map(({ name }) => name)).toEqual(['仅一'])
  })

  test('F1: only the latest merge of a person can be taken back, and says which one has to go first', async () => {
    const [a, b, c] = [fresh('a'), fresh('b'), fresh()]
    const one = await person({ anonymous: a }, false)
    const two = await person({ anonymous: b }, false)
    const target = await person({ user: c })
    await person({ user: c, anonymous: a })
    await person({ user: c, anonymous: b })
    const [latest, first] = await merges(target)
    expect([latest?.sourceId, first?.sourceId]).toEqual([two, one])
    expect(await undo(target, first?.id)).toMatchObject({
      status: 409,
      body: { error: { reason: 'merge_not_latest', detail: { mergeId: latest?.id } } },
    })
    expect((await undo(target, latest?.id)).status).toBe(200)
    expect((await undo(target, first?.id)).status).toBe(200)
    expect(await person({ anonymous: a }, false)).toBe(one)
    expect(await person({ anonymous: b }, false)).toBe(two)
  })

  test('F1: aliases stay flat through a chain of merges, and come apart in reverse', async () => {
    const [a, user, openid] = [fresh('a'), fresh(), { accountId, openid: `oChain${++serial}` }]
    const visitor = await person({ anonymous: a }, false)
    const known = await person({ user })
    await person({ user, anonymous: a })
    const fan = await person({ openid })
    await person({ user, openid })
    expect(
      await query('select contact_id, merged_into from contact_aliases where merged_into = $1 order by 1', [
        fan,
      ]),
    ).toEqual([
      { contact_id: visitor, merged_into: fan },
      { contact_id: known, merged_into: fan },
    ])
    await undo(fan, (await merges(fan))[0]?.id)
    expect(
      await query('select contact_id, merged_into from contact_aliases where merged_into = any($1)', [
        [fan, known],
      ]),
    ).toEqual([{ contact_id: visitor, merged_into: known }])
  })

  test('E1: a unionid that WeChat tells merges by the same path: tags and attributes move, and it is recorded', async () => {
    const { ids, one, two } = await pair()
    await person(ids)
    const unionid = fresh('U')
    const holder = await person({ unionid })
    await learn(ids.openid.openid, unionid)
    expect(await person({ user: ids.user })).toBe(holder)
    const [merge] = await merges(holder)
    expect(merge).toMatchObject({ sourceId: two, targetId: holder, cause: 'unionid' })
    expect((await detail(holder)).tags).toHaveLength(2)
    expect((await detail(one)).id).toBe(holder)
  })

  test('F1: a unionid does not merge people with different user ids: the fan moves, the pair goes to review', async () => {
    const openid = `oTold${++serial}`
    const [unionid, user, other] = [fresh('U'), fresh(), fresh()]
    const holder = await person({ unionid, user })
    const fanned = await person({ user: other, openid: { accountId, openid } })
    await learn(openid, unionid)
    expect(await person({ openid: { accountId, openid } })).toBe(holder)
    expect(await person({ user: other })).toBe(fanned)
    const [review] = (await reviews(holder)).items
    expect(review).toMatchObject({ conflicts: ['user'], canMerge: true, seen: 1 })
  })

  test('roles that may not see people see merges without whole ids', async () => {
    const { ids, two } = await pair()
    await person(ids)
    const [merge] = await merges(two, analyst)
    expect(JSON.stringify(merge)).not.toContain(ids.openid.openid)
  })
})

const learn = (openid: string, unionid: string) =>
  learnFans(world.ctx, world.ctx.db, {
    accountId,
    observedAt: world.ctx.clock.now(),
    facts: [
      {
        openid,
        unionid,
        following: true,
        followedAt: null,
        tagIds: [],
        subscribeScene: null,
        qrScene: null,
        remark: null,
      },
    ],
  })
const reviews = async (contactId: string, state = 'open', who = admin) =>
  (await who<{ items: ContactReview[] }>('GET', `/api/contact-reviews?state=${state}&contactId=${contactId}`))
    .body

describe('a review', () => {
  const doubt = async () => {
    const phone = `1390000${String(++serial).padStart(4, '0')}`
    const [user, other] = [fresh(), fresh()]
    const a = await person({ user, phone })
    const b = await person({ user: other, phone })
    return { a, b, user, other, phone }
  }

  test('F1: kept apart is remembered: the same ids merge nobody and ask nobody again', async () => {
    const { a, b, other, phone } = await doubt()
    const [review] = (await reviews(a)).items
    expect(review?.people.map(({ id }) => id)).toEqual([a, b])
    expect((await admin('POST', `/api/contact-reviews/${review?.id}/keep-apart`)).status).toBe(200)
    expect(await person({ user: other, phone })).toBe(b)
    expect((await reviews(a)).items).toEqual([])
    expect((await reviews(a, 'kept_apart')).items).toHaveLength(1)
    expect((await detail(a)).openReviews).toBe(0)
  })

  test('F1: merged by decision, both user ids lead to one person', async () => {
    const { a, user, other } = await doubt()
    const [review] = (await reviews(a)).items
    const answer = await admin<{ contactId: string }>('POST', `/api/contact-reviews/${review?.id}/merge`)
    expect(answer.status).toBe(200)
    expect(await person({ user })).toBe(answer.body.contactId)
    expect(await person({ user: other })).toBe(answer.body.contactId)
    expect((await admin('POST', `/api/contact-reviews/${review?.id}/merge`)).status).toBe(404)
    expect((await merges(answer.body.contactId))[0]).toMatchObject({
      cause: 'review',
      mergedBy: 'administrator',
    })
  })

  test('two unionids are two people at WeChat: no decision merges them', async () => {
    const phone = `1391000${String(++serial).padStart(4, '0')}`
    const a = await person({ unionid: fresh('U'), phone })
    await person({ unionid: fresh('U'), phone })
    const [review] = (await reviews(a)).items
    expect(review?.canMerge).toBe(false)
    expect(await admin('POST', `/api/contact-reviews/${review?.id}/merge`)).toMatchObject({
      status: 409,
      body: { error: { reason: 'unionids_differ' } },
    })
  })

  test('is shown and decided only by who sees both people', async () => {
    const { a } = await doubt()
    const [review] = (await reviews(a)).items
    const limited = await api.signIn('operator', [accountId])
    expect((await reviews(a, 'open', limited)).items).toEqual([])
    expect((await limited('POST', `/api/contact-reviews/${review?.id}/merge`)).status).toBe(404)
    expect((await limited('GET', `/api/contacts/${a}`)).status).toBe(404)
    expect((await limited('GET', `/api/contacts/${a}/merges`)).status).toBe(404)
  })
})

describe('at the same time', () => {
  test('a merge while another transaction holds the person waits for it, and the fact it wrote moves along', async () => {
    const [a, user] = [fresh('a'), fresh()]
    const visitor = await person({ anonymous: a }, false)
    await person({ user })
    let merging: Promise<string> | undefined
    let done = false
    await person({ anonymous: a }, false, async () => {
      merging = person({ user, anonymous: a }).then((id) => {
        done = true
        return id
      })
      await waitingLocks(1)
      expect(done).toBe(false)
      await attribute('城市', visitor, '广州', '2026-06-01T00:00:00Z')
    })
    const target = (await merging) as string
    expect((await detail(target)).attributes.map(({ value }) => value)).toEqual(['广州'])
    expect(await query('select from contact_attributes where contact_id = $1', [visitor])).toEqual([])
  })

  test('a fact that waited for a merge belongs to who the person became', async () => {
    const [a, user] = [fresh('a'), fresh()]
    await person({ anonymous: a }, false)
    await person({ user })
    let fact: Promise<string> | undefined
    const target = await person({ user, anonymous: a }, true, async () => {
      fact = person({ anonymous: a }, false)
      await waitingLocks(1)
    })
    expect(await fact).toBe(target)
  })

  test('merges of overlapping people at once end in one person, whatever the order', async () => {
    for (let round = 0; round < 10; round += 1) {
      const ids = {
        user: fresh(),
        externalUser: fresh('w'),
        unionid: fresh('U'),
        openid: { accountId, openid: `oRace${++serial}` },
      }
      for (const [kind, value] of Object.entries(ids)) await person({ [kind]: value })
      await Promise.all([
        person({ user: ids.user, unionid: ids.unionid }),
        person({ externalUser: ids.externalUser, openid: ids.openid }),
        person({ openid: ids.openid, user: ids.user }),
        person({ unionid: ids.unionid, externalUser: ids.externalUser }),
        learn(ids.openid.openid, ids.unionid),
      ])
      const found = await Promise.all(Object.entries(ids).map(([kind, value]) => person({ [kind]: value })))
      expect(new Set(found).size).toBe(1)
      expect(await query('select from contact_aliases where merged_into = $1', [found[0]])).toHaveLength(3)
    }
  })
})

/** Until so many statements wait for a lock of another transaction. */
async function waitingLocks(count: number): Promise<void> {
  for (;;) {
    const [row] = await query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if ((row?.n ?? 0) >= count) return
  }
}
