import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkSum } from '../../src/modules/ingest/collect/rules/decode.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { until } from '../support/index.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'
import { attributesOf, eventsOf, makeSource, rejectionsOf, type TestSource } from './support.ts'

let world: TestWorld
let server: RunningServer
let source: TestSource

beforeAll(async () => {
  world = await createTestWorld()
  server = await startServer(world.ctx)
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})
beforeEach(async () => {
  source = await makeSource(world.ctx)
})

/** What the tests use of the SDK, which comes without types. */
type Sdk = {
  submitTo(options: { url: string; gzip?: boolean; mode?: string }): void
  disableReNameOption(): void
  track(distinctId: string, event: string, properties?: object): void
  trackSignup(distinctId: string, originalId: string, properties?: object): void
  profileSet(distinctId: string, properties: object): void
  profileSetOnce(distinctId: string, properties: object): void
  profileIncrement(distinctId: string, properties: object): void
  profileAppend(distinctId: string, properties: object): void
  profileUnset(distinctId: string, names: string[]): void
  itemSet(type: string, id: string, properties: object): void
  inBatch(options: { count?: number; timeSpan?: number }): Sdk
  subscribe(observer: unknown): void
}
const loadSdk = async (): Promise<{ new (): Sdk; Submitter: new (options: object) => unknown }> => {
  const loaded = (await import('sa-sdk-node' as string)) as { default: unknown }
  const inner = loaded.default as { default?: unknown }
  return (inner.default ?? inner) as { new (): Sdk; Submitter: new (options: object) => unknown }
}
const urlOf = ({ keys }: TestSource) => `${server.url}/sa?project=default&token=${keys.writeKey}`

const encode = (messages: unknown, { gzip = false } = {}) => {
  const json = Buffer.from(JSON.stringify(messages))
  return (gzip ? gzipSync(json) : json).toString('base64')
}
const message = (overrides: object = {}) => ({
  distinct_id: 'device-1',
  _track_id: 42,
  time: world.ctx.clock.now().getTime(),
  type: 'track',
  event: 'Buy',
  properties: { price: 3, $lib: 'js', $lib_version: '1' },
  ...overrides,
})
const post = (fields: Record<string, string>, path = '/sa') =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: source.keys.writeKey, ...fields }),
  })
const names = async () => (await eventsOf(world.ctx, source.id)).map((event) => event.name)

test('F2: parts nested deeper than can be written are refused, and the messages beside them stay', async () => {
  const nested = '['.repeat(60_000) + ']'.repeat(60_000)
  const deep = (fields: object) => JSON.stringify(message(fields)).replace('"deep"', nested)
  const good = JSON.stringify(message({ event: 'Good' }))
  const body = `[${good},${deep({ extra: 'deep' })},${deep({ properties: { x: 'deep' } })}]`
  const answer = await fetch(`${server.url}/sa?token=${source.keys.writeKey}`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  expect(await names()).toEqual(['Good'])
  expect((await rejectionsOf(world.ctx, source.id)).map(({ reason }) => reason)).toEqual([
    'too_deep',
    'too_deep',
  ])
})

describe('an unchanged sa-sdk-node', () => {
  test.each([true, false])('delivers every kind of call, packed: %s', async (gzip) => {
    const SensorsAnalytics = await loadSdk()
    const sa = new SensorsAnalytics()
    // the SDK lets `submitTo` be called once in a process; this is what it does
    if (gzip) sa.submitTo({ url: urlOf(source), gzip })
    else sa.inBatch({}).subscribe(new SensorsAnalytics.Submitter({ url: urlOf(source), gzip }))
    // one after another: each is a request of its own, and requests may overtake
    const calls: [string, () => void][] = [
      ['ViewProduct', () => sa.track(`cookie-${gzip}`, 'ViewProduct', { price: 10, tags: ['a', 'b'] })],
      ['$SignUp', () => sa.trackSignup(`member-${gzip}`, `cookie-${gzip}`, { channel: 'wx' })],
      ['identify', () => sa.profileSet(`member-${gzip}`, { city: '北京', age: 20 })],
      ['identify', () => sa.profileSetOnce(`member-${gzip}`, { city: '上海', first: 'x' })],
      ['identify', () => sa.profileIncrement(`member-${gzip}`, { age: 2 })],
      ['identify', () => sa.profileAppend(`member-${gzip}`, { books: ['三体'] })],
      ['identify', () => sa.profileAppend(`member-${gzip}`, { books: ['活着', '三体'] })],
      ['identify', () => sa.profileUnset(`member-${gzip}`, ['first'])],
      ['PayOrder', () => sa.track(`member-${gzip}`, 'PayOrder', { total: 9.9 })],
    ]
    for (const [index, [, call]] of calls.entries()) {
      call()
      await until(async () => (await names()).length > index)
    }
    const events = await eventsOf(world.ctx, source.id)
    expect(events.map((event) => event.name)).toEqual([
      'ViewProduct',
      '$SignUp',
      ...Array(6).fill('identify'),
      'PayOrder',
    ])
    expect(new Set(events.map((event) => event.contact_id)).size).toBe(1)
    expect(events[0]?.properties).toMatchObject({ price: 10, tags: ['a', 'b'], $lib: 'Node' })
    expect(await attributesOf(world.ctx, events[0]?.contact_id as string)).toEqual({
      city: '北京',
      age: 22,
      books: ['三体', '活着'],
    })
  })

  test('batches arrive whole; what is about things is kept with its reason', async () => {
    const SensorsAnalytics = await loadSdk()
    const sa = new SensorsAnalytics()
    const submitter = new SensorsAnalytics.Submitter({ url: urlOf(source) })
    const batched = sa.inBatch({ count: 10, timeSpan: 50 })
    batched.subscribe(submitter)
    for (let n = 0; n < 30; n += 1) sa.track(`d-${n % 3}`, 'event_a', { n })
    sa.itemSet('book', '1', { name: 'x' })
    await until(async () => (await names()).length === 30)
    await until(async () => (await rejectionsOf(world.ctx, source.id)).length === 1)
    const events = await eventsOf(world.ctx, source.id)
    expect(events.map((event) => event.properties['n']).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 30 }, (_, n) => n),
    )
    expect(await rejectionsOf(world.ctx, source.id)).toMatchObject([
      { reason: 'type_not_supported', detail: { type: 'item_set' } },
    ])
  })
})

describe('the format', () => {
  test.each([
    ['data, plain', () => post({ data: encode(message()) })],
    ['data, gzip=1', () => post({ data: encode(message(), { gzip: true }), gzip: '1' })],
    ['data_list, gzip=0', () => post({ data_list: encode([message()]), gzip: '0' })],
    ['data_list, packed without saying so', () => post({ data_list: encode([message()], { gzip: true }) })],
    [
      'with a check sum',
      () => {
        const data = encode(message())
        return post({ data, crc: String(checkSum(data)) })
      },
    ],
    [
      'an image with everything in the address',
      () =>
        fetch(
          `${server.url}/sa.gif?token=${source.keys.writeKey}&data=${encodeURIComponent(encode(message()))}`,
        ),
    ],
    [
      'a + that became a space in the address',
      () =>
        fetch(`${server.url}/sa?project=${source.keys.writeKey}&data=${encode(message({ event: '>>>>?' }))}`),
    ],
    [
      'bare JSON',
      () =>
        fetch(`${server.url}/sa?token=${source.keys.writeKey}`, {
          method: 'POST',
          body: JSON.stringify([message()]),
        }),
    ],
  ])('%s', async (_name, send) => {
    const answer = await send()
    expect(answer.status).toBe(200)
    const [event, ...more] = await eventsOf(world.ctx, source.id)
    expect(more).toEqual([])
    expect(event?.properties).toMatchObject({ price: 3 })
  })

  test('the check sum is the one of the SDKs', () => {
    // 'hello'.hashCode() and a negative one, by Java
    expect(checkSum('hello')).toBe(99162322)
    expect(checkSum('polygenelubricants')).toBe(-2147483648)
  })

  test.each([
    ['a wrong check sum', { data: 'e30=', crc: '1' }, 400, 'crc_wrong'],
    ['encrypted', { data: 'e30=', gzip: '9' }, 400, 'encoding_not_supported'],
    ['nothing', {}, 400, 'data_missing'],
    ['no JSON', { data: Buffer.from('{"a"').toString('base64') }, 400, 'not_json'],
    ['a key nobody has', { token: 'srv_no', data: 'e30=' }, 401, 'write_key_unknown'],
  ] as [string, Record<string, string>, number, string][])('%s', async (_name, fields, status, reason) => {
    const answer = await post(fields)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { reason } })
    expect(await names()).toEqual([])
  })

  test('a bomb: 1 MB at most, unpacked too', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 32)).toString('base64')
    const answer = await post({ data: bomb, gzip: '1' })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { reason: 'body_too_large' } })
  })

  test('a repeat, sent later, is one event; another at the same time is another', async () => {
    const one = message()
    await post({ data: encode({ ...one, _flush_time: one.time + 5 }) })
    await post({ data: encode({ ...one, _flush_time: one.time + 9_000 }) })
    await post({ data_list: encode([one, { ...one, _track_id: 43 }, one]) })
    expect(await names()).toEqual(['Buy', 'Buy'])
  })

  test('debug mode says what is wrong, and stores nothing on a dry run', async () => {
    const send = (body: object, dry: boolean) =>
      fetch(`${server.url}/debug?token=${source.keys.writeKey}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...(dry && { 'dry-run': 'true' }) },
        body: new URLSearchParams({ data_list: encode([body]) }),
      })
    expect((await send(message(), true)).status).toBe(200)
    expect(await names()).toEqual([])
    const answer = await send(message({ type: 'nothing' }), false)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { reason: 'unknown_type' } })
    expect((await send(message(), false)).status).toBe(200)
    expect(await names()).toEqual(['Buy'])
  })
})

describe('who a message is about', () => {
  test('$is_login_id makes the id the brand’s; newer SDKs’ identities are read', async () => {
    await post({
      data_list: encode([
        message({ distinct_id: 'm-9', properties: { $is_login_id: true } }),
        message({ _track_id: 2, identities: { $identity_login_id: 'm-9', $identity_cookie_id: 'c-9' } }),
        message({ _track_id: 3, distinct_id: 'c-9', properties: {} }),
      ]),
    })
    const events = await eventsOf(world.ctx, source.id)
    expect(new Set(events.map((event) => event.contact_id)).size).toBe(1)
  })

  test('profile_delete takes back what is known', async () => {
    await post({ data: encode(message({ type: 'profile_set', properties: { level: 'gold', age: 3 } })) })
    const [event] = await eventsOf(world.ctx, source.id)
    const known = () => attributesOf(world.ctx, event?.contact_id as string)
    expect(await known()).toEqual({ level: 'gold', age: 3 })
    await post({ data: encode(message({ _track_id: 2, type: 'profile_delete', properties: {} })) })
    expect(await known()).toEqual({})
  })
})
