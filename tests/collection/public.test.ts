import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { signOpenid } from '../../src/modules/ingest/index.ts'
import { rotateSourceKeys } from '../../src/modules/sources/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'
import { attributesOf, eventsOf, makeSource, rejectionsOf, type TestSource } from './support.ts'

const ORIGIN = 'https://shop.example.com'
let world: TestWorld
let server: RunningServer
let accountId: string
let source: TestSource

beforeAll(async () => {
  world = await createTestWorld()
  server = await startServer(world.ctx)
  accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})
beforeEach(async () => {
  source = await makeSource(world.ctx, { kind: 'public', accountId, allowedOrigins: [ORIGIN] })
})

const send = (body: object, { origin, key = source.keys.writeKey }: { origin?: string; key?: string } = {}) =>
  fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    // as navigator.sendBeacon sends it
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...(origin !== undefined && { origin }) },
    body: JSON.stringify({ writeKey: key, ...body }),
  })
const track = (fields: object) => ({ batch: [{ type: 'track', event: 'e', ...fields }] })
const identities = async () =>
  (
    await world.ctx.pool.query<{ kind: string; value: string; contact_id: string }>(
      'select kind, value, contact_id from contact_identities',
    )
  ).rows

describe('F2: pages', () => {
  test('a page of an allowed origin may send, a beacon too, and may read the answer', async () => {
    const answer = await send(track({ anonymousId: 'p-1' }), { origin: ORIGIN })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(await eventsOf(world.ctx, source.id)).toHaveLength(1)
  })

  test('one of another origin is refused, and the source’s rejections say so', async () => {
    const answer = await send(track({ anonymousId: 'p-2' }), { origin: 'https://elsewhere.example.com' })
    expect(answer.status).toBe(403)
    expect(await eventsOf(world.ctx, source.id)).toEqual([])
    expect(await rejectionsOf(world.ctx, source.id)).toMatchObject([
      { reason: 'origin_not_allowed', detail: { origin: 'https://elsewhere.example.com' } },
    ])
  })

  test('a server’s key in a page is refused', async () => {
    const ofServer = await makeSource(world.ctx)
    const answer = await send(track({ userId: 'u' }), { origin: ORIGIN, key: ofServer.keys.writeKey })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ error: { reason: 'server_key_in_browser' } })
    expect(await eventsOf(world.ctx, ofServer.id)).toEqual([])
  })

  test('a browser that asks first is answered', async () => {
    const answer = await fetch(`${server.url}/v1/batch`, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization')
  })
})

describe('F1: a public key proves nothing', () => {
  const openid = 'oPublicFan'
  const signed = (id = openid) => ({ openid: id, signature: signOpenid(source.keys.signingSecret, id) })

  test('a signed openid is that fan’s person, with an account’s fan', async () => {
    await send(track({ anonymousId: 'p-3', context: signed() }))
    const [event] = await eventsOf(world.ctx, source.id)
    const { rows } = await world.ctx.pool.query(
      'select id as fan_id, contact_id from fans where account_id = $1 and openid = $2',
      [accountId, openid],
    )
    expect(rows).toEqual([{ fan_id: event?.fan_id, contact_id: event?.contact_id }])
  })

  test.each([
    ['none', undefined],
    ['a wrong one', 'ab'.repeat(32)],
    ['one of another secret', signOpenid('another', openid)],
    ['no text', 5],
    ['one too short', 'ab'],
  ])('an openid with a signature that is %s is refused', async (_name, signature) => {
    await send(track({ anonymousId: 'p-4', context: { openid, signature } }))
    expect(await eventsOf(world.ctx, source.id)).toEqual([])
    expect(await rejectionsOf(world.ctx, source.id)).toMatchObject([{ reason: 'signature_invalid' }])
  })

  test('after the secret was changed, old signatures are refused', async () => {
    const old = signed()
    await send(track({ context: old }))
    await rotateSourceKeys(world.ctx, source.id, { writeKey: false, signingSecret: true })
    await expect
      .poll(async () => {
        await send(track({ context: old }))
        return (await rejectionsOf(world.ctx, source.id)).map((row) => row.reason)
      })
      .toContain('signature_invalid')
  })

  test('no user, phone or unionid it names is linked to anybody', async () => {
    const brand = await makeSource(world.ctx)
    await send(
      { batch: [{ type: 'identify', userId: 'victim', context: { externalIds: [] } }] },
      { key: brand.keys.writeKey },
    )
    const [victim] = await eventsOf(world.ctx, brand.id)
    const externalIds = [
      { type: 'phone', id: '+8613800138000' },
      { type: 'unionid', id: 'union-x' },
    ]
    await send({
      batch: [
        { type: 'identify', userId: 'victim', anonymousId: 'thief', context: { externalIds } },
        { type: 'alias', userId: 'victim', previousId: 'thief' },
        { type: 'track', event: 'e', userId: 'victim', context: signed('oThief') },
      ],
    })
    const events = await eventsOf(world.ctx, source.id)
    expect(events).toHaveLength(3)
    expect(events.map((event) => event.contact_id)).not.toContain(victim?.contact_id)
    expect(events[0]?.properties).toMatchObject({ $user_id: 'victim' })
    const strong = (await identities()).filter(({ kind }) => kind !== 'anonymous')
    expect(strong).toEqual([{ kind: 'user', value: 'victim', contact_id: victim?.contact_id }])
  })

  test('with an anonymous id alone, traits of somebody known by more are neither changed nor taken away', async () => {
    const brand = await makeSource(world.ctx)
    const identify = { type: 'identify', anonymousId: 'known-browser' }
    await send(
      { batch: [{ ...identify, userId: 'known', traits: { vip: true, name: '王芳' } }] },
      { key: brand.keys.writeKey },
    )
    await send({ batch: [{ ...identify, traits: { vip: false, name: 'x', other: 1 } }] })
    const sensors = { type: 'profile_delete', distinct_id: 'known-browser', properties: {} }
    await fetch(`${server.url}/sa?token=${source.keys.writeKey}`, {
      method: 'POST',
      body: JSON.stringify(sensors),
    })
    const [first, second] = await eventsOf(world.ctx, source.id)
    const [{ contact_id: contactId } = { contact_id: null }] = await eventsOf(world.ctx, brand.id)
    expect([first?.contact_id, second?.contact_id]).toEqual([contactId, contactId])
    expect(first?.properties).toMatchObject({ $traits: [], $traits_not_taken: ['vip', 'name', 'other'] })
    expect(await attributesOf(world.ctx, contactId as string)).toEqual({ vip: 'true' })
    const { rows } = await world.ctx.pool.query('select name from contacts where id = $1', [contactId])
    expect(rows).toEqual([{ name: '王芳' }])
    // a visitor's own are taken, and a fan's whose openid is signed
    await send({
      batch: [
        { type: 'identify', anonymousId: 'a visitor', traits: { vip: true } },
        { type: 'identify', context: signed('oTraits'), traits: { vip: true } },
      ],
    })
    for (const { contact_id: id } of (await eventsOf(world.ctx, source.id)).slice(2))
      expect(await attributesOf(world.ctx, id as string)).toEqual({ vip: 'true' })
  })

  test('a server’s key links what it names', async () => {
    const brand = await makeSource(world.ctx, { accountId })
    await send(track({ anonymousId: 'visitor' }))
    await send(
      {
        batch: [
          {
            type: 'identify',
            userId: 'linked',
            anonymousId: 'visitor',
            context: { openid: 'oLinked', externalIds: [{ type: 'phone', id: '13900139000' }] },
          },
        ],
      },
      { key: brand.keys.writeKey },
    )
    const [before] = await eventsOf(world.ctx, source.id)
    const [after] = await eventsOf(world.ctx, brand.id)
    expect(after?.contact_id).toBe(before?.contact_id)
    expect((await identities()).filter((one) => one.contact_id === after?.contact_id).length).toBe(3)
  })
})
