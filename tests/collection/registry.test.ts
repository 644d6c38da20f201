import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { ingestModule } from '../../src/modules/ingest/module.ts'
import type { RegisteredEvent, RegisteredProperty } from '../../src/modules/ingest/schema.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'
import { eventsOf, makeSource, type TestSource } from './support.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let analyst: Caller
let source: TestSource
const never = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
  analyst = await api.signIn('analyst')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})
beforeEach(async () => {
  source = await makeSource(world.ctx)
})

const sendBatch = async (batch: object[], { keys } = source) => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/batch',
    payload: { writeKey: keys.writeKey, batch },
  })
  expect(answer.statusCode).toBe(200)
}
const track = (event: string, properties: object = {}, more: object = {}) => ({
  type: 'track',
  userId: 'u',
  event,
  properties,
  ...more,
})
async function follow() {
  const sweep = createReactionSweep(ingestModule.reactions ?? [])
  while ((await sweep.run(world.ctx, never)) > 0);
}
const urlOf = (event: string, rest = '') => `/api/events/${encodeURIComponent(event)}${rest}`
const propertiesOf = async (event: string, caller = admin) => {
  const { body } = await caller<{ items: RegisteredProperty[] }>('GET', urlOf(event, '/properties'))
  return Object.fromEntries(body.items.map((one) => [one.name, one]))
}

describe('F2: the registry of events', () => {
  test('knows names, volume and times, and counts each event once however often it is followed', async () => {
    await sendBatch([track('加入购物车 / a'), track('加入购物车 / a'), track('b.other')])
    await follow()
    await sendBatch([track('加入购物车 / a')])
    await follow()
    await follow()
    const { status, body } = await admin<RegisteredEvent>('GET', urlOf('加入购物车 / a'))
    expect(status).toBe(200)
    expect(body).toMatchObject({ volume: 3, ignored: false, displayName: null })
    const [first, , , last] = await eventsOf(world.ctx, source.id)
    expect(body.firstSeenAt).toBe(first?.received_at.toISOString())
    expect(body.lastSeenAt).toBe(last?.received_at.toISOString())
  })

  test('names that a public key makes up leave room for those of our own', async () => {
    await world.ctx.pool.query(
      `insert into event_names (name, first_seen_at, last_seen_at)
       select 'made up ' || n, now(), now()
       from generate_series(1, 4000 - (select count(*)::int from event_names)) as n`,
    )
    const pages = await makeSource(world.ctx, { kind: 'public' })
    await sendBatch([{ type: 'track', anonymousId: 'a', event: 'of a page' }], pages)
    await sendBatch([track('of our server')])
    await follow()
    const { rows } = await world.ctx.pool.query(`select name from event_names where name like 'of %'`)
    await world.ctx.pool.query(`delete from event_names where name like 'made up %'`)
    expect(rows).toEqual([{ name: 'of our server' }])
    expect(await eventsOf(world.ctx, pages.id)).toHaveLength(1)
  })

  test('properties: types, a sample, and a conflict that is shown', async () => {
    const at = '2026-11-21T08:00:00.000Z'
    await sendBatch([
      track('typed', { n: 1, t: 'x', b: true, l: [1], o: { a: 1 }, i: at, nothing: null }),
      track('typed', { n: '12', i: 'not an instant', '__proto__ ': 1 }),
      track('typed', { n: 3, t: 'a long one '.repeat(100) }),
    ])
    await follow()
    const found = await propertiesOf('typed')
    expect(found['n']).toMatchObject({
      type: 'number',
      types: { number: 2, text: 1 },
      conflict: true,
      sample: 3,
    })
    expect(found['b']).toMatchObject({ type: 'boolean', conflict: false, sample: true })
    expect(found['l']).toMatchObject({ type: 'list' })
    expect(found['o']).toMatchObject({ type: 'object', sample: { a: 1 } })
    // an instant is a text that reads as one
    expect(found['i']).toMatchObject({ types: { instant: 1, text: 1 }, conflict: false })
    expect(found['t']?.sample).toHaveLength(200)
    expect(found['nothing']).toBeUndefined()
    const { body } = await admin<RegisteredEvent>('GET', urlOf('typed'))
    expect(body).toMatchObject({ conflicts: 1, properties: 7 })
  })

  test('is searched, sorted and paged by key', async () => {
    const names = Array.from({ length: 7 }, (_, n) => `paged.${n}`)
    await sendBatch(names.flatMap((name, n) => Array.from({ length: n + 1 }, () => track(name))))
    await follow()
    const walk = async (query: string) => {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: { items: RegisteredEvent[]; nextCursor: string | null } = (
          await admin<{ items: RegisteredEvent[]; nextCursor: string | null }>(
            'GET',
            `/api/events?q=paged.&limit=3&${query}${cursor === null ? '' : `&cursor=${cursor}`}`,
          )
        ).body
        seen.push(...page.items.map((item) => item.name))
        cursor = page.nextCursor
      } while (cursor !== null)
      return seen
    }
    expect(await walk('sort=volume')).toEqual(names.toReversed())
    expect(await walk('sort=name')).toEqual(names)
    expect((await walk('sort=lastSeen')).toSorted()).toEqual(names)
    expect((await admin('GET', '/api/events?q=%25')).body['items']).toEqual([])
    expect((await admin('GET', '/api/events?cursor=x')).body).toMatchObject({
      error: { reason: 'bad_cursor' },
    })
  })

  test('names for people, of an event and of a property', async () => {
    await sendBatch([track('named', { amount: 1 })])
    await follow()
    expect((await admin('PATCH', urlOf('named'), { displayName: '下单' })).body).toMatchObject({
      displayName: '下单',
    })
    expect(
      (await admin('PATCH', urlOf('named', '/properties/amount'), { displayName: '金额' })).body,
    ).toMatchObject({ name: 'amount', displayName: '金额' })
    await sendBatch([track('named', { amount: 2 })])
    await follow()
    expect((await admin('GET', urlOf('named'))).body).toMatchObject({ displayName: '下单', volume: 2 })
    expect((await admin<{ items: object[] }>('GET', '/api/events?q=下单')).body.items).toHaveLength(1)
    expect((await analyst('PATCH', urlOf('named'), { displayName: 'x' })).status).toBe(403)
    expect((await admin('PATCH', urlOf('nobody'), { displayName: 'x' })).status).toBe(404)
    expect((await admin('PATCH', urlOf('named', '/properties/none'), { displayName: 'x' })).status).toBe(404)
  })

  test('an ignored event is not stored any more, only counted; what identifies goes on', async () => {
    const name = 'noise'
    await sendBatch([track(name)])
    await follow()
    await admin('PATCH', urlOf(name), { ignored: true })
    await expect
      .poll(async () => {
        const before = (await eventsOf(world.ctx, source.id)).length
        await sendBatch([track(name)])
        return (await eventsOf(world.ctx, source.id)).length - before
      })
      .toBe(0)
    await expect
      .poll(async () => (await admin<RegisteredEvent>('GET', urlOf(name))).body.dropped, { timeout: 5_000 })
      .toBeGreaterThan(0)
    await admin('PATCH', urlOf(name), { ignored: false })
    await expect
      .poll(async () => {
        await sendBatch([track(name)])
        return (await eventsOf(world.ctx, source.id)).length
      })
      .toBeGreaterThan(1)
  })

  test('WeChat’s own can’t be ignored', async () => {
    await world.ctx.pool.query(
      `insert into event_names (name, first_seen_at, last_seen_at) values ('wechat.follow', now(), now())`,
    )
    expect(await admin('PATCH', urlOf('wechat.follow'), { ignored: true })).toMatchObject({
      status: 409,
      body: { error: { reason: 'event_of_wechat' } },
    })
  })
})

describe('values and occurrences', () => {
  test('the most frequent values, items of lists one by one, searched by any part', async () => {
    const values = [...Array(5).fill('红色'), ...Array(3).fill('蓝色'), 'x_y', 'xzy']
    await sendBatch(values.map((colour) => track('viewed', { colour, tags: ['a', colour] })))
    const ask = async (query: string, caller = admin) =>
      (
        await caller<{ items: { value: string; count: number }[]; lookedAt: number }>(
          'GET',
          urlOf('viewed', `/properties/${query}`),
        )
      ).body
    expect(await ask('colour/values?limit=2')).toEqual({
      items: [
        { value: '红色', count: 5 },
        { value: '蓝色', count: 3 },
      ],
      lookedAt: 10,
    })
    expect((await ask('tags/values')).items[0]).toEqual({ value: 'a', count: 10 })
    expect((await ask(`colour/values?q=${encodeURIComponent('x_')}`)).items).toEqual([
      { value: 'x_y', count: 1 },
    ])
    expect((await ask(`colour/values?q=${encodeURIComponent("'; drop")}`)).items).toEqual([])
    expect(await ask('colour/values', analyst)).toEqual({ items: [], lookedAt: 0 })
  })

  test('of other accounts’ people nothing is told', async () => {
    const [mine, theirs] = await Promise.all(
      [1, 2].map(async () =>
        bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 })),
      ),
    )
    const [own, foreign] = await Promise.all(
      [mine, theirs].map((accountId) => makeSource(world.ctx, { accountId: accountId as string })),
    )
    await sendBatch([track('scoped', { v: 'mine' })], own)
    await sendBatch([track('scoped', { v: 'theirs' })], foreign)
    await follow()
    const operator = await api.signIn('operator', [mine as string])
    const { body } = await operator<{ items: { properties: object }[] }>(
      'GET',
      urlOf('scoped', '/occurrences'),
    )
    expect(body.items.map((item) => item.properties)).toEqual([{ v: 'mine' }])
    expect((await operator('GET', urlOf('scoped', '/properties/v/values'))).body).toMatchObject({
      items: [{ value: 'mine', count: 1 }],
    })
    expect((await propertiesOf('scoped', operator))['v']?.sample).toBeNull()
    const list = await operator<{ items: { id: string }[] }>('GET', '/api/sources')
    expect(list.body.items.map((item) => item.id)).toEqual([own?.id])
    for (const path of ['', '/rejections', '/recent'])
      expect((await operator('GET', `/api/sources/${foreign?.id}${path}`)).status).toBe(404)
  })
})
