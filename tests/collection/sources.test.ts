import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeCounts } from '../../src/modules/sources/index.ts'
import { sourcesModule } from '../../src/modules/sources/module.ts'
import type { RecentMessage, Source, SourceKeys } from '../../src/modules/sources/schema.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let analyst: Caller

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

type Made = Source & { keys: SourceKeys }
const make = async (overrides: object = {}) =>
  (await admin<Made>('POST', '/api/sources', { name: '商城', kind: 'server', ...overrides })).body
const send = async (writeKey: string, batch: unknown[]) =>
  (await api.app.inject({ method: 'POST', url: '/v1/batch', payload: { writeKey, batch } })).statusCode
const track = (messageId: string, more: object = {}) => ({
  type: 'track',
  userId: 'u',
  event: 'e',
  messageId,
  ...more,
})
const auditOf = async (id: string) =>
  (
    await admin<{ items: { action: string; detail: object }[] }>(
      'GET',
      `/api/audit?subjectKind=source&subjectId=${id}`,
    )
  ).body.items

describe('F2: sources', () => {
  test('each has keys of its own that nobody reads in the database, shown again to administrators only', async () => {
    const { id, keys } = await make()
    expect(keys.writeKey).toMatch(/^srv_[\w-]{32}$/)
    expect((await make({ kind: 'public' })).keys.writeKey).toMatch(/^pub_/)
    const { rows } = await world.ctx.pool.query('select s::text as row from sources s')
    expect(JSON.stringify(rows)).not.toContain(keys.writeKey)
    expect((await admin('POST', `/api/sources/${id}/keys`)).body).toEqual(keys)
    expect((await analyst('POST', `/api/sources/${id}/keys`)).status).toBe(403)
    const { body } = await analyst<Source>('GET', `/api/sources/${id}`)
    expect(JSON.stringify(body)).not.toContain(keys.signingSecret)
    expect((await auditOf(id)).map((entry) => entry.action)).toEqual(['source.keys_shown', 'source.created'])
    expect(JSON.stringify(await auditOf(id))).not.toContain(keys.writeKey)
  })

  test('of what is refused the newest 10,000 of a source stay', async () => {
    const [loud, quiet] = [await make(), await make()]
    await world.ctx.pool.query(
      `insert into source_rejections (source_id, received_at, reason, payload)
       select i.source_id, now(), 'not_json', n::text
       from unnest($1::bigint[], $2::int[]) as i (source_id, many), generate_series(1, i.many) as n`,
      [
        [loud.id, quiet.id],
        [10_007, 3],
      ],
    )
    const sweep = sourcesModule.sweeps?.find(({ name }) => name === 'sources.old')
    while (((await sweep?.run(world.ctx, new AbortController().signal)) ?? 0) > 0);
    const { rows } = await world.ctx.pool.query(
      `select source_id, count(*)::int as n, min(payload::int) as first from source_rejections
       where source_id = any($1::bigint[]) group by 1 order by 1`,
      [[loud.id, quiet.id]],
    )
    expect(rows).toEqual([
      { source_id: loud.id, n: 10_000, first: 8 },
      { source_id: quiet.id, n: 3, first: 1 },
    ])
  })

  test('a new write key works at once, the old one not any more', async () => {
    const { id, keys } = await make()
    expect(await send(keys.writeKey, [track('1')])).toBe(200)
    const { body } = await admin<SourceKeys>('POST', `/api/sources/${id}/keys/rotations`, { writeKey: true })
    expect(body.signingSecret).toBe(keys.signingSecret)
    expect(await send(body.writeKey, [track('2')])).toBe(200)
    await expect.poll(() => send(keys.writeKey, [track('3')])).toBe(401)
  })

  test('what came and what was refused is counted by minute, business time', async () => {
    const { id, keys } = await make()
    await send(keys.writeKey, [track('1'), track('2'), track('2'), 7])
    await send(keys.writeKey, [track('1')])
    await writeCounts(world.ctx)
    const { body } = await analyst<Source>('GET', `/api/sources/${id}`)
    const counts = { accepted: 2, repeated: 2, rejected: 1 }
    expect(body).toMatchObject({ lastHour: counts, lastDay: counts, lastReceivedAt: expect.any(String) })
    const later = (hours: number) => {
      const now = new Date(world.ctx.clock.now().getTime() + hours * 3_600_000)
      return { ...world.ctx, clock: { ...world.ctx.clock, now: () => now } }
    }
    const { getSource } = await import('../../src/modules/sources/index.ts')
    expect(await getSource(later(2), id)).toMatchObject({ lastHour: { accepted: 0 }, lastDay: counts })
    expect(await getSource(later(25), id)).toMatchObject({ lastDay: { accepted: 0 } })
  })

  test('live view: the newest first, taken and refused; persons’ data for those who may', async () => {
    const { id, keys } = await make()
    await send(keys.writeKey, [track('1', { properties: { phone: '13800138000' } })])
    await send(keys.writeKey, [{ type: 'track', event: 'x', properties: { phone: '13800138000' } }])
    await send(keys.writeKey, [track('2')])
    const { body } = await admin<{ items: RecentMessage[] }>('GET', `/api/sources/${id}/recent`)
    expect(body.items.map((item) => (item.outcome === 'accepted' ? item.name : item.reason))).toEqual([
      'e',
      'identity_missing',
      'e',
    ])
    expect(JSON.stringify(body)).toContain('13800138000')
    const masked = await analyst('GET', `/api/sources/${id}/recent?limit=3`)
    expect(JSON.stringify(masked.body)).not.toContain('13800138000')
    const page = await analyst<{ items: { payload: null }[] }>('GET', `/api/sources/${id}/rejections`)
    expect(page.body.items).toMatchObject([{ reason: 'identity_missing', payload: null }])
    expect((await admin('GET', `/api/sources/${id}/rejections?reason=too_old`)).body['items']).toEqual([])
  })

  test('what is no origin, no account, no kind is refused', async () => {
    for (const bad of [
      { allowedOrigins: ['shop.example.com'] },
      { allowedOrigins: ['https://shop.example.com/path'] },
      { accountId: '424242' },
      { kind: 'other' },
      { name: ' ' },
    ])
      expect((await admin('POST', '/api/sources', { name: 'x', kind: 'public', ...bad })).status).not.toBe(
        200,
      )
    expect((await admin('PATCH', '/api/sources/424242', { name: 'x' })).status).toBe(404)
  })

  test('rejections are kept for 30 days, counts for two', async () => {
    const { id, keys } = await make()
    await send(keys.writeKey, [1])
    await writeCounts(world.ctx)
    const left = async () =>
      (
        await world.ctx.pool.query<{ r: number; c: number }>(
          `select (select count(*)::int from source_rejections where source_id = $1) as r,
             (select count(*)::int from source_counts where source_id = $1) as c`,
          [id],
        )
      ).rows[0]
    const sweep = async (days: number) => {
      const now = new Date(world.ctx.clock.now().getTime() + days * 86_400_000)
      const ctx = { ...world.ctx, clock: { ...world.ctx.clock, now: () => now } }
      while (((await sourcesModule.sweeps?.[0]?.run(ctx, new AbortController().signal)) ?? 0) > 0);
    }
    await sweep(1.9)
    expect(await left()).toEqual({ r: 1, c: 1 })
    await sweep(29.9)
    expect(await left()).toEqual({ r: 1, c: 0 })
    await sweep(30.1)
    expect(await left()).toEqual({ r: 0, c: 0 })
  })
})
