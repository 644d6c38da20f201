import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { until } from '../../../tests/support/index.ts'
import {
  cdata,
  eventPush,
  type Push,
  type PushSecrets,
  plainPush,
  readPushSecrets,
  STAMP,
  sealedPush,
  sendPush,
  textMessage,
} from '../../../tests/support/pushes.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { signatureOf } from '../../channels/wechat-api/callback-crypto.ts'
import { bindAccount, getCallbackInfo } from '../accounts/index.ts'
import type { ContactEvent } from './schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let accountId: string
let appid: string
let path: string
let secrets: PushSecrets

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})
beforeEach(async () => {
  const account = await world.account({ fans: 3, drafts: 0, articles: 0 })
  appid = account.appid
  accountId = await bindAccount(world.ctx, account)
  await readSecrets()
})

async function readSecrets() {
  const read = await readPushSecrets(world.ctx, { id: accountId, appid })
  path = read.path
  secrets = read.secrets
}
const switchTo = (callbackMode: string) => admin('PATCH', `/api/accounts/${accountId}`, { callbackMode })
const plain = (body: string) => plainPush(path, secrets, body)
const safe = (text: string, given: Partial<PushSecrets> = {}) =>
  sealedPush(path, { ...secrets, ...given }, text)
const send = (push: Push, type?: string) => sendPush(api.app, push, type)
const eventsOf = async () =>
  (await admin<{ items: ContactEvent[] }>('GET', `/api/accounts/${accountId}/events?limit=200`)).body.items
type FanRow = {
  id: string
  following: boolean
  followed_at: Date | null
  unfollowed_at: Date | null
  last_interaction_at: Date | null
}
const fanOf = async (openid: string) => {
  const { rows } = await world.ctx.pool.query<FanRow>(
    'select * from fans where account_id = $1 and openid = $2',
    [accountId, openid],
  )
  return rows[0]
}
const nowSeconds = () => Math.floor(world.ctx.clock.now().getTime() / 1000)

describe('the echo', () => {
  const echo = (signature: string) =>
    api.app.inject({
      method: 'GET',
      url: `${path}?${new URLSearchParams({ ...STAMP, signature, echostr: '4711' })}`,
    })

  test('is answered with its own text and remembered as verified', async () => {
    const answer = await echo(signatureOf(secrets.token, STAMP.timestamp, STAMP.nonce))
    expect([answer.statusCode, answer.payload]).toEqual([200, '4711'])
    expect((await getCallbackInfo(world.ctx, accountId)).verifiedAt).not.toBeNull()
  })

  test('is refused with a wrong signature', async () => {
    expect((await echo('0'.repeat(40))).statusCode).toBe(403)
  })
})

describe('the three modes', () => {
  test('safe', async () => {
    expect(await send(safe(textMessage('24000000000000001')))).toMatchObject({ status: 200, text: 'success' })
    expect(await eventsOf()).toMatchObject([
      { name: 'wechat.message', properties: { type: 'text', content: '你好😀', msgId: '24000000000000001' } },
    ])
  })

  test('compat: only what was encrypted counts', async () => {
    await switchTo('compat')
    const clear = textMessage('666', { from: 'oForged' }).slice('<xml>'.length, -'</xml>'.length)
    expect((await send(sealedPush(path, secrets, textMessage('2'), clear))).status).toBe(200)
    expect(await eventsOf()).toMatchObject([{ properties: { msgId: '2' } }])
    expect(await fanOf('oForged')).toBeUndefined()
    expect(await fanOf('oFan')).toMatchObject({ following: true })
  })

  test('plain, as XML of either type and as JSON, with ids beyond 2^53', async () => {
    await switchTo('plain')
    const json = `{"ToUserName":"gh","FromUserName":"oFan","CreateTime":${nowSeconds()},"MsgType":"text","Content":"a\\u0000b\\ud800","MsgId":9007199254740995}`
    expect((await send(plain(textMessage('9007199254740993')), 'application/xml')).status).toBe(200)
    expect((await send(plain(json), 'application/json')).status).toBe(200)
    expect((await eventsOf()).map((one) => one.properties['msgId'])).toEqual([
      '9007199254740995',
      '9007199254740993',
    ])
  })
})

test('token and key from before a rotation are accepted until dropped', async () => {
  const before = secrets
  await admin('POST', `/api/accounts/${accountId}/callback/rotations`, { token: true, aesKey: true })
  await readSecrets()
  expect(secrets.aesKey).not.toBe(before.aesKey)
  expect((await send(safe(textMessage('1'), before))).status).toBe(200)
  expect((await send(safe(textMessage('2')))).status).toBe(200)
  await admin('DELETE', `/api/accounts/${accountId}/callback/previous`)
  expect((await send(safe(textMessage('3'), before))).status).toBe(403)
  expect(await eventsOf()).toHaveLength(2)
})

describe('repeats are harmless', () => {
  test('the platform’s three attempts are one event', async () => {
    const push = safe(textMessage('77'))
    for (let attempt = 1; attempt <= 3; attempt += 1) expect((await send(push)).text).toBe('success')
    expect(await eventsOf()).toHaveLength(1)
  })

  test('100 identical pushes at the same instant are one event, and all are answered', async () => {
    const push = safe(eventPush('subscribe'))
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(push)))
    expect(answers.every((answer) => answer.text === 'success')).toBe(true)
    expect(await eventsOf()).toHaveLength(1)
    const { rows } = await world.ctx.pool.query(
      'select 1 from contacts c where not exists (select from fans f where f.contact_id = c.id)',
    )
    expect(rows).toEqual([])
  })

  test('two events of one fan in one second are two', async () => {
    const at = nowSeconds()
    await send(safe(eventPush('CLICK', { from: 'oFan', at }, cdata('EventKey', 'a'))))
    await send(safe(eventPush('CLICK', { from: 'oFan', at }, cdata('EventKey', 'b'))))
    expect(await eventsOf()).toHaveLength(2)
  })
})

describe('the fan is up to date at once', () => {
  test('follow, message, unfollow', async () => {
    const start = nowSeconds() - 100
    const at = (second: number) => new Date((start + second) * 1000)
    await send(safe(eventPush('subscribe', { from: 'oNew', at: start })))
    expect(await fanOf('oNew')).toMatchObject({
      following: true,
      followed_at: at(0),
      last_interaction_at: at(0),
    })
    await send(safe(textMessage('5', { from: 'oNew', at: start + 10 })))
    expect(await fanOf('oNew')).toMatchObject({ last_interaction_at: at(10) })
    await send(safe(eventPush('VIEW', { from: 'oNew', at: start + 20 }, cdata('EventKey', 'https://a'))))
    expect(await fanOf('oNew')).toMatchObject({ last_interaction_at: at(10) })
    await send(safe(eventPush('unsubscribe', { from: 'oNew', at: start + 30 })))
    expect(await fanOf('oNew')).toMatchObject({ following: false, unfollowed_at: at(30) })
  })

  test('an older fact that arrives late never overwrites a newer one', async () => {
    const start = nowSeconds() - 100
    await send(safe(eventPush('subscribe', { from: 'oLate', at: start + 10 })))
    await send(safe(eventPush('unsubscribe', { from: 'oLate', at: start + 5 })))
    expect(await fanOf('oLate')).toMatchObject({ following: true })
    await send(safe(eventPush('unsubscribe', { from: 'oLate', at: start + 20 })))
    await send(safe(eventPush('subscribe', { from: 'oLate', at: start + 15 })))
    await send(safe(eventPush('CLICK', { from: 'oLate', at: start + 16 })))
    expect(await fanOf('oLate')).toMatchObject({
      following: false,
      last_interaction_at: new Date((start + 16) * 1000),
    })
    await send(safe(eventPush('CLICK', { from: 'oLate', at: start + 21 })))
    expect(await fanOf('oLate')).toMatchObject({ following: true })
  })

  test('the result of a mass send makes its sender no fan; an unknown event is kept raw', async () => {
    await send(safe(eventPush('MASSSENDJOBFINISH', { from: 'oSender' }, '<MsgID>9007199254740993</MsgID>')))
    await send(safe(eventPush('user_get_card', { from: 'oHolder' }, cdata('CardId', 'c1'))))
    expect(await fanOf('oSender')).toBeUndefined()
    expect(await fanOf('oHolder')).toBeUndefined()
    expect(await eventsOf()).toMatchObject([
      { name: 'wechat.unknown', properties: { raw: { CardId: 'c1' } }, fanId: null },
      { name: 'wechat.mass_finished', properties: { msgId: '9007199254740993' }, fanId: null },
    ])
  })
})

describe('what came in', () => {
  test('is on the fan’s timeline by the time it happened, in pages, and filtered by name', async () => {
    const start = nowSeconds() - 100
    for (const second of [3, 1, 2]) {
      await send(
        safe(eventPush('CLICK', { from: 'oFan', at: start + second }, cdata('EventKey', `k${second}`))),
      )
    }
    await send(safe(eventPush('unsubscribe', { from: 'oFan', at: start + 4 })))
    const fan = await fanOf('oFan')
    const url = `/api/accounts/${accountId}/fans/${fan?.id}/events`
    type Page = { items: ContactEvent[]; nextCursor: string | null }
    const first = (await admin<Page>('GET', `${url}?limit=2`)).body
    const second = (
      await admin<Page>('GET', `${url}?limit=2&cursor=${encodeURIComponent(first.nextCursor ?? '')}`)
    ).body
    const keys = [...first.items, ...second.items].map((one) => one.properties['key'] ?? one.name)
    expect(keys).toEqual(['wechat.unfollow', 'k3', 'k2', 'k1'])
    expect(second.nextCursor).toBeNull()
    expect((await admin<Page>('GET', `${url}?names=wechat.unfollow`)).body.items).toHaveLength(1)
    expect((await admin('GET', `${url}?cursor=x`)).status).toBe(400)
  })

  test('what a person wrote is not for those who may not see persons', async () => {
    await send(safe(textMessage('1')))
    const analyst = await api.signIn('analyst')
    const { body } = await analyst<{ items: ContactEvent[] }>('GET', `/api/accounts/${accountId}/events`)
    expect(body.items[0]?.properties).toEqual({ type: 'text', msgId: '1' })
  })
})

test('what a fan does at the simulated WeChat arrives in each mode', async () => {
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const address = api.app.server.address() as { port: number }
  const { rows } = await world.ctx.pool.query<{ openid: string }>(
    `select openid from simulator.fan f join simulator.account a on a.id = f.account_id
     where a.appid = $1 and f.following limit 1`,
    [appid],
  )
  const openid = rows[0]?.openid ?? ''
  for (const [index, mode] of (['plain', 'compat', 'safe'] as const).entries()) {
    await switchTo(mode)
    await world.control('PATCH', `/accounts/${appid}`, {
      callback: {
        url: `http://127.0.0.1:${address.port}${path}`,
        token: secrets.token,
        aesKey: secrets.aesKey,
        mode,
      },
    })
    await world.control('POST', '/act', { appid, openid, action: 'text', content: `<第 ${index}> & 句 😀` })
    const events = await until(async () => {
      const items = await eventsOf()
      return items.length === index + 1 && items
    })
    expect(events[0]?.properties['content']).toBe(`<第 ${index}> & 句 😀`)
  }
  expect(await fanOf(openid)).toMatchObject({ following: true })
})
