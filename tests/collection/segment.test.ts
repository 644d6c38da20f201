import { gzipSync } from 'node:zlib'
import { Analytics } from '@segment/analytics-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'
import { attributesOf, eventsOf, makeSource, rejectionsOf, type TestSource } from './support.ts'

let world: TestWorld
let server: RunningServer

beforeAll(async () => {
  world = await createTestWorld()
  server = await startServer(world.ctx)
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})

const post = async (
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const raw = Buffer.isBuffer(body) || typeof body === 'string'
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const basic = ({ keys }: TestSource) => ({
  authorization: `Basic ${Buffer.from(`${keys.writeKey}:`).toString('base64')}`,
})
const analyticsOf = ({ keys }: TestSource, options: object = {}) =>
  new Analytics({ writeKey: keys.writeKey, host: server.url, ...options })

describe('an unchanged @segment/analytics-node', () => {
  test('delivers every kind of call', async () => {
    const source = await makeSource(world.ctx)
    const analytics = analyticsOf(source)
    const userId = 'u-1'
    analytics.identify({ userId, anonymousId: 'a-1', traits: { city: '上海', vip: true, age: 30 } })
    analytics.track({ userId, event: '下单', properties: { total: 199.5, sku: ['A', 'B'] } })
    analytics.page({ userId, name: 'home', properties: { url: 'https://shop.example.com/' } })
    analytics.screen({ userId, name: 'cart' })
    analytics.group({ userId, groupId: 'g-1', traits: { plan: 'gold' } })
    analytics.alias({ userId, previousId: 'a-0' })
    await analytics.closeAndFlush()
    const events = await eventsOf(world.ctx, source.id)
    expect(events.map((event) => event.name)).toEqual([
      'identify',
      '下单',
      'page',
      'screen',
      'group',
      'alias',
    ])
    expect(new Set(events.map((event) => event.contact_id)).size).toBe(1)
    expect(events[1]?.properties).toMatchObject({
      total: 199.5,
      sku: ['A', 'B'],
      $lib: '@segment/analytics-node',
    })
    expect(events[0]?.properties).toMatchObject({ $traits: ['city', 'vip', 'age'] })
    expect(events[2]?.properties).toMatchObject({ name: 'home', url: 'https://shop.example.com/' })
    expect(events[4]?.properties).toMatchObject({ $group_id: 'g-1', plan: 'gold' })
    expect(await attributesOf(world.ctx, events[0]?.contact_id as string)).toEqual({
      city: '上海',
      vip: 'true',
      age: 30,
    })
    expect(await rejectionsOf(world.ctx, source.id)).toEqual([])
  })

  test('repeats after answers that were lost and refusals to store: every event once', async () => {
    const source = await makeSource(world.ctx)
    let calls = 0
    // The network between the SDK and us: loses the first answer, and a proxy refuses the second call.
    const httpClient = async (url: string, init: RequestInit) => {
      calls += 1
      if (calls === 2) return { ...new Response('', { status: 503 }), status: 503, statusText: 'busy' }
      const answer = await fetch(url, init)
      if (calls === 1) throw new Error('connection reset')
      return answer
    }
    const analytics = analyticsOf(source, { httpClient, flushAt: 5 })
    for (let n = 0; n < 5; n += 1) analytics.track({ userId: 'u', event: 'e', properties: { n } })
    await analytics.closeAndFlush({ timeout: 20_000 })
    expect(calls).toBe(3)
    const events = await eventsOf(world.ctx, source.id)
    expect(events.map((event) => event.properties['n'])).toEqual([0, 1, 2, 3, 4])
  })

  test('200 events in many batches: each once', async () => {
    const source = await makeSource(world.ctx)
    const analytics = analyticsOf(source, { flushAt: 7 })
    for (let n = 0; n < 200; n += 1)
      analytics.track({ anonymousId: `v-${n % 11}`, event: 'e', properties: { n } })
    await analytics.closeAndFlush()
    const events = await eventsOf(world.ctx, source.id)
    expect(events.map((event) => event.properties['n']).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    )
    expect(new Set(events.map((event) => event.contact_id)).size).toBe(11)
  })
})

describe('messages of one person', () => {
  test('an identify that happened earlier and comes later doesn’t overwrite; one that happened later does', async () => {
    const source = await makeSource(world.ctx)
    const identify = (city: string, minutesAgo: number, messageId: string) =>
      post(
        '/v1/identify',
        {
          userId: 'order',
          messageId,
          traits: { city },
          timestamp: new Date(world.ctx.clock.now().getTime() - minutesAgo * 60_000),
        },
        basic(source),
      )
    await identify('second', 10, 'm2')
    await identify('first', 20, 'm1')
    const [event] = await eventsOf(world.ctx, source.id)
    const city = async () => (await attributesOf(world.ctx, event?.contact_id as string))['city']
    expect(await city()).toBe('second')
    await identify('third', 5, 'm3')
    expect(await city()).toBe('third')
    await identify('first', 20, 'm1')
    expect(await city()).toBe('third')
  })

  test('a batch out of order: the one that happened last counts, each event has its own time', async () => {
    const source = await makeSource(world.ctx)
    const now = world.ctx.clock.now().getTime()
    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
    await post(
      '/v1/batch',
      {
        batch: [
          { type: 'identify', userId: 'o2', messageId: '1', timestamp: ago(1), traits: { level: 3 } },
          { type: 'identify', userId: 'o2', messageId: '2', timestamp: ago(9), traits: { level: 1 } },
          { type: 'track', userId: 'o2', messageId: '3', timestamp: ago(5), event: 'e' },
          { type: 'track', userId: 'o2', messageId: '3', timestamp: ago(5), event: 'e' },
        ],
      },
      basic(source),
    )
    const events = await eventsOf(world.ctx, source.id)
    expect(events.map((event) => event.at.toISOString())).toEqual([ago(1), ago(9), ago(5)])
    expect(await attributesOf(world.ctx, events[0]?.contact_id as string)).toEqual({ level: 3 })
  })

  test('a trait of another type than before is counted as a conflict; the message and its other traits are taken', async () => {
    const source = await makeSource(world.ctx)
    const identify = (traits: object) => post('/v1/identify', { userId: 'typed', traits }, basic(source))
    await identify({ points: 12, nick: 'a' })
    await identify({ points: 'many', nick: 'b' })
    const events = await eventsOf(world.ctx, source.id)
    expect(events).toHaveLength(2)
    expect(await attributesOf(world.ctx, events[0]?.contact_id as string)).toEqual({ points: 12, nick: 'b' })
    const { rows } = await world.ctx.pool.query(`select conflicts from attributes where key = 'points'`)
    expect(rows).toEqual([{ conflicts: '1' }])
  })

  test('a clock that is years ahead does no harm: what counts is how long before sending it happened', async () => {
    const source = await makeSource(world.ctx)
    const before = world.ctx.clock.now().getTime()
    await post(
      '/v1/batch',
      {
        sentAt: '2035-01-01T00:10:00.000Z',
        batch: [{ type: 'track', userId: 'u', event: 'e', timestamp: '2035-01-01T00:00:00.000Z' }],
      },
      basic(source),
    )
    const [event] = await eventsOf(world.ctx, source.id)
    expect(event?.at.getTime()).toBe((event?.received_at.getTime() as number) - 600_000)
    expect(event?.received_at.getTime()).toBeGreaterThanOrEqual(before)
    expect(event?.properties).not.toHaveProperty('$claimed_at')
  })

  test.each(['2035-06-01T00:00:00.000Z', '1999-12-31T00:00:00.000Z', '2026-13-77'])(
    'a time that can’t be true, %s: received then, the claim is kept',
    async (timestamp) => {
      const source = await makeSource(world.ctx)
      await post('/v1/track', { userId: 'u', event: 'e', timestamp }, basic(source))
      const [event] = await eventsOf(world.ctx, source.id)
      expect(event?.at).toEqual(event?.received_at)
      expect(event?.properties).toMatchObject({ $claimed_at: timestamp })
    },
  )
})

describe('a batch with bad messages', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
  const many = Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`p${n}`, n]))
  const ok = { type: 'track', userId: 'u', event: 'good' }
  const bad: [string, unknown][] = [
    ['not_an_object', 7],
    ['not_an_object', null],
    ['unknown_type', { ...ok, type: 'delete' }],
    ['unknown_type', { ...ok, type: '__proto__' }],
    ['event_name_missing', { ...ok, event: undefined }],
    ['event_name_invalid', { ...ok, event: 'x'.repeat(201) }],
    // only our own redirect says that
    ['event_name_invalid', { ...ok, event: 'weida.link_click' }],
    ['event_name_invalid', { ...ok, event: 'a\0b' }],
    ['event_name_invalid', { ...ok, event: 'wechat.mass_finished' }],
    ['identity_missing', { type: 'track', event: 'e' }],
    ['identity_invalid', { ...ok, userId: { a: 1 } }],
    ['identity_invalid', { ...ok, userId: 'x'.repeat(257) }],
    ['identity_invalid', { ...ok, userId: 'a\0' }],
    ['too_deep', { ...ok, properties: { a: deep(6) } }],
    ['too_many_properties', { ...ok, properties: many }],
    ['property_name_invalid', { ...ok, properties: { 'a\0': 1 } }],
    ['property_name_invalid', { ...ok, properties: { '\ud800': 1 } }],
    ['property_name_invalid', { ...ok, properties: { '': 1 } }],
    ['message_too_large', { ...ok, properties: { text: '好'.repeat(11_000) } }],
    ['too_old', { ...ok, timestamp: '2001-01-01T00:00:00Z' }],
    ['openid_without_account', { ...ok, context: { openid: 'oFan' } }],
  ]

  test('none is lost for another; each bad one is kept with its reason', async () => {
    const source = await makeSource(world.ctx)
    const batch = bad.flatMap(([, message]) => [message, ok])
    const answer = await post('/v1/batch', { batch, writeKey: source.keys.writeKey })
    expect(answer).toMatchObject({ status: 200, body: { success: true } })
    expect((answer.body['rejected'] as { index: number; reason: string }[]).map((one) => one.reason)).toEqual(
      bad.map(([reason]) => reason),
    )
    expect(await eventsOf(world.ctx, source.id)).toHaveLength(bad.length)
    expect((await rejectionsOf(world.ctx, source.id)).map((row) => row.reason)).toEqual(
      bad.map(([reason]) => reason),
    )
  })

  test('strange names and values are stored as they are', async () => {
    const source = await makeSource(world.ctx)
    const properties = {
      "'; drop table events; --": 1,
      '🛒': 'emoji key',
      price: '12.50',
      text: 'a\0b\ud800c',
      ...JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
    }
    const body = JSON.stringify({ userId: 'u', event: "'; drop", properties })
    expect((await post('/v1/track', body, basic(source))).body).toEqual({ success: true })
    const [event] = await eventsOf(world.ctx, source.id)
    expect(event?.name).toBe("'; drop")
    expect(event?.properties).toMatchObject({
      "'; drop table events; --": 1,
      '🛒': 'emoji key',
      price: '12.50',
      text: 'ab\ufffdc',
    })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('at most 200 of a source are kept with their content in a minute; all are counted', async () => {
    const source = await makeSource(world.ctx)
    await post('/v1/batch', { batch: Array.from({ length: 500 }, () => 1) }, basic(source))
    expect(await rejectionsOf(world.ctx, source.id)).toHaveLength(200)
  })
})

describe('requests that are refused as a whole', () => {
  test.each([
    ['no key', {}, 401, 'write_key_unknown'],
    ['a key nobody has', { writeKey: 'srv_nothing' }, 401, 'write_key_unknown'],
    ['a key that is no text', { writeKey: { a: 1 } }, 401, 'write_key_unknown'],
  ])('%s', async (_name, more, status, reason) => {
    const answer = await post('/v1/track', { userId: 'u', event: 'e', ...more })
    expect(answer).toMatchObject({ status, body: { error: { reason } } })
  })

  test('a disabled source; taken back into use it works again', async () => {
    const { updateSource } = await import('../../src/modules/sources/index.ts')
    const source = await makeSource(world.ctx)
    const send = () => post('/v1/track', { userId: 'u', event: 'e' }, basic(source))
    await updateSource(world.ctx, source.id, { state: 'disabled' })
    await expect.poll(send).toMatchObject({ status: 403, body: { error: { reason: 'source_disabled' } } })
    await updateSource(world.ctx, source.id, { state: 'active' })
    await expect.poll(send).toMatchObject({ status: 200 })
  })

  test('10 MB, just over the limits, and what unpacks to too much', async () => {
    const source = await makeSource(world.ctx)
    const tooLarge = { status: 400, body: { error: { reason: 'body_too_large' } } }
    const message = (size: number) =>
      JSON.stringify({ userId: 'u', event: 'e', properties: { text: '' } }).padEnd(size, ' ')
    expect(await post('/v1/track', message(10 * 1024 * 1024), basic(source))).toMatchObject(tooLarge)
    expect(await post('/v1/track', message(32 * 1024 + 1), basic(source))).toMatchObject(tooLarge)
    expect(await post('/v1/track', message(32 * 1024), basic(source))).toMatchObject({ status: 200 })
    const batch = (size: number) => JSON.stringify({ batch: [] }).padEnd(size, ' ')
    expect(await post('/v1/batch', batch(500 * 1024 + 1), basic(source))).toMatchObject(tooLarge)
    expect(await post('/v1/batch', batch(500 * 1024), basic(source))).toMatchObject({ status: 200 })
    const zipped = { ...basic(source), 'content-encoding': 'gzip' }
    expect(await post('/v1/batch', gzipSync(batch(50 * 1024 * 1024)), zipped)).toMatchObject(tooLarge)
    expect(await eventsOf(world.ctx, source.id)).toHaveLength(1)
  })

  test('what is no JSON, and a body that isn’t packed as it says', async () => {
    const source = await makeSource(world.ctx)
    expect(await post('/v1/track', '{"a"', basic(source))).toMatchObject({
      status: 400,
      body: { error: { reason: 'not_json' } },
    })
    expect(await rejectionsOf(world.ctx, source.id)).toMatchObject([{ reason: 'not_json', payload: '{"a"' }])
    const headers = { ...basic(source), 'content-encoding': 'gzip' }
    expect(await post('/v1/track', '{}', headers)).toMatchObject({ status: 400 })
  })

  test('a packed body is read', async () => {
    const source = await makeSource(world.ctx)
    const body = gzipSync(JSON.stringify({ batch: [{ type: 'track', userId: 'u', event: 'zipped' }] }))
    await post('/v1/batch', body, { ...basic(source), 'content-encoding': 'gzip' })
    expect((await eventsOf(world.ctx, source.id)).map((event) => event.name)).toEqual(['zipped'])
  })
})
