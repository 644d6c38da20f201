import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { until } from '../../../tests/support/index.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { encryptCallback, signatureOf } from '../../channels/wechat-api/callback-crypto.ts'
import { dropPreviousCallback, rotateCallback } from '../accounts/commands/callback.ts'
import { updateAccount } from '../accounts/commands/update.ts'
import { bindAccount, getCallbackInfo } from '../accounts/index.ts'
import type { ContactEvent } from './schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let accountId: string
let appid: string
let path: string
let secrets: { token: string; aesKey: string }

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
  secrets = await readSecrets()
})

async function readSecrets() {
  const { url, token, aesKey } = await getCallbackInfo(world.ctx, accountId)
  path = new URL(url).pathname
  return { token, aesKey }
}

const nowSeconds = () => Math.floor(world.ctx.clock.now().getTime() / 1000)
const cdata = (name: string, value: string) => `<${name}><![CDATA[${value}]]></${name}>`
const xml = (fields: string, from = 'oFan', at = nowSeconds()) =>
  `<xml>${cdata('ToUserName', 'gh_demo')}${cdata('FromUserName', from)}<CreateTime>${at}</CreateTime>${fields}</xml>`
const textMessage = (id: string, from?: string) =>
  xml(`${cdata('MsgType', 'text')}${cdata('Content', '你好😀')}<MsgId>${id}</MsgId>`, from)
const event = (name: string, from?: string, at?: number, more = '') =>
  xml(`${cdata('MsgType', 'event')}${cdata('Event', name)}${more}`, from, at)

type Push = { body: string; url: string }
const STAMP = { timestamp: '1790000000', nonce: '8675309' }
const plain = (body: string, token = secrets.token): Push => {
  const query = new URLSearchParams({ ...STAMP, signature: signatureOf(token, STAMP.timestamp, STAMP.nonce) })
  return { body, url: `${path}?${query}` }
}
const safe = (
  text: string,
  { id = appid, compat = false, ...given }: Partial<typeof secrets & { id: string; compat: boolean }> = {},
): Push => {
  const { token, aesKey } = { ...secrets, ...given }
  const encrypt = encryptCallback(text, { key: aesKey, appId: id })
  const query = new URLSearchParams({
    ...STAMP,
    encrypt_type: 'aes',
    signature: signatureOf(token, STAMP.timestamp, STAMP.nonce),
    msg_signature: signatureOf(token, STAMP.timestamp, STAMP.nonce, encrypt),
  })
  const clear = compat
    ? textMessage('666', 'oForged').slice('<xml>'.length, -'</xml>'.length)
    : cdata('ToUserName', 'gh_demo')
  return { body: `<xml>${clear}${cdata('Encrypt', encrypt)}</xml>`, url: `${path}?${query}` }
}
const send = async ({ body, url }: Push, type = 'text/xml') => {
  const answer = await api.app.inject({
    method: 'POST',
    url,
    payload: body,
    headers: { 'content-type': type },
  })
  return {
    status: answer.statusCode,
    text: answer.payload,
    reason: answer.payload.startsWith('{') ? answer.json().error?.reason : undefined,
  }
}
const eventsOf = async () =>
  (await admin<{ items: ContactEvent[] }>('GET', `/api/accounts/${accountId}/events?limit=200`)).body.items
const stored = async () => {
  const { rows } = await world.ctx.pool.query<{ n: number }>(
    `select (select count(*) from events where account_id = $1) + (select count(*) from fans where account_id = $1)
       + (select count(*) from source_keys where account_id = $1) as n`,
    [accountId],
  )
  return Number(rows[0]?.n)
}
const fanOf = async (openid: string) => {
  const { rows } = await world.ctx.pool.query<{
    id: string
    following: boolean
    followed_at: Date | null
    unfollowed_at: Date | null
    last_interaction_at: Date | null
  }>('select * from fans where account_id = $1 and openid = $2', [accountId, openid])
  return rows[0]
}

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

describe('must not happen: refused, nothing stored', () => {
  test('an address nobody has', async () => {
    expect(
      await send({ ...safe(textMessage('1')), url: '/callbacks/official-account/0123456789abcdef' }),
    ).toMatchObject({
      status: 404,
    })
  })

  test('a wrong signature', async () => {
    const push = safe(textMessage('1'), { token: 'notTheToken' })
    expect(await send(push)).toMatchObject({ status: 403, reason: 'callback_signature_invalid' })
    expect(await stored()).toBe(0)
  })

  test('a foreign app id in the cipher', async () => {
    expect(await send(safe(textMessage('1'), { id: 'wxffffffffffffffff' }))).toMatchObject({
      status: 403,
      reason: 'callback_foreign_app',
    })
    expect(await stored()).toBe(0)
  })

  test('a cipher no key opens', async () => {
    expect((await send(safe(textMessage('1'), { aesKey: 'A'.repeat(43) }))).status).toBe(403)
    expect(await stored()).toBe(0)
  })

  test('a plain push where encryption is configured', async () => {
    expect(await send(plain(textMessage('1')))).toMatchObject({
      status: 403,
      reason: 'callback_not_encrypted',
    })
    expect(await stored()).toBe(0)
  })

  test('a body of 10 MB, and one just over the limit', async () => {
    for (const size of [10 * 1024 * 1024, 256 * 1024 + 1]) {
      const push = safe(textMessage('1'))
      expect(await send({ ...push, body: push.body.padEnd(size, ' ') })).toMatchObject({
        status: 400,
        reason: 'body_too_large',
      })
    }
    expect(await stored()).toBe(0)
    const push = safe(textMessage('1'))
    expect((await send({ ...push, body: push.body.padEnd(256 * 1024, ' ') })).status).toBe(200)
  })

  test('an XML bomb, outside and inside the cipher', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${textMessage('1').replace('你好😀', '&b;')}`
    expect(await send(safe(bomb))).toMatchObject({ status: 400, reason: 'callback_xml_invalid' })
    await updateAccount(world.ctx, accountId, { callbackMode: 'plain' })
    expect(await send(plain(bomb))).toMatchObject({ status: 400, reason: 'callback_xml_invalid' })
    expect(await stored()).toBe(0)
  })

  test('no XML at all, XML without a head, nothing', async () => {
    for (const text of ['hello', '<xml><a>1</a></xml>', '<xml>', '']) {
      expect((await send(safe(text))).status).toBe(400)
    }
    const { url } = safe('')
    expect((await send({ url, body: '' })).status).toBe(400)
    expect(await stored()).toBe(0)
  })

  test('in a sandbox, an address of the public Internet', async () => {
    const { body, url } = safe(textMessage('1'))
    const answer = await api.app.inject({ method: 'POST', url, payload: body, remoteAddress: '8.8.8.8' })
    expect(answer.statusCode).toBe(403)
    expect(await stored()).toBe(0)
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
    await updateAccount(world.ctx, accountId, { callbackMode: 'compat' })
    expect((await send(safe(textMessage('2'), { compat: true }))).status).toBe(200)
    expect(await eventsOf()).toMatchObject([{ properties: { msgId: '2' } }])
    expect(await fanOf('oForged')).toBeUndefined()
    expect(await fanOf('oFan')).toMatchObject({ following: true })
  })

  test('plain, as XML of either type and as JSON, with ids beyond 2^53', async () => {
    await updateAccount(world.ctx, accountId, { callbackMode: 'plain' })
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
  await rotateCallback(world.ctx, accountId, { token: true, aesKey: true })
  secrets = await readSecrets()
  expect(secrets.aesKey).not.toBe(before.aesKey)
  expect((await send(safe(textMessage('1'), before))).status).toBe(200)
  expect((await send(safe(textMessage('2')))).status).toBe(200)
  await dropPreviousCallback(world.ctx, accountId)
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
    const push = safe(event('subscribe'))
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
    await send(safe(event('CLICK', 'oFan', at, cdata('EventKey', 'a'))))
    await send(safe(event('CLICK', 'oFan', at, cdata('EventKey', 'b'))))
    expect(await eventsOf()).toHaveLength(2)
  })
})

describe('the fan is up to date at once', () => {
  test('follow, message, unfollow', async () => {
    const start = nowSeconds() - 100
    const at = (second: number) => new Date((start + second) * 1000)
    await send(safe(event('subscribe', 'oNew', start)))
    expect(await fanOf('oNew')).toMatchObject({
      following: true,
      followed_at: at(0),
      last_interaction_at: at(0),
    })
    await send(
      safe(xml(`${cdata('MsgType', 'text')}${cdata('Content', 'a')}<MsgId>5</MsgId>`, 'oNew', start + 10)),
    )
    expect(await fanOf('oNew')).toMatchObject({ last_interaction_at: at(10) })
    await send(safe(event('VIEW', 'oNew', start + 20, cdata('EventKey', 'https://a'))))
    expect(await fanOf('oNew')).toMatchObject({ last_interaction_at: at(10) })
    await send(safe(event('unsubscribe', 'oNew', start + 30)))
    expect(await fanOf('oNew')).toMatchObject({ following: false, unfollowed_at: at(30) })
  })

  test('an older fact that arrives late never overwrites a newer one', async () => {
    const start = nowSeconds() - 100
    await send(safe(event('subscribe', 'oLate', start + 10)))
    await send(safe(event('unsubscribe', 'oLate', start + 5)))
    expect(await fanOf('oLate')).toMatchObject({ following: true })
    await send(safe(event('unsubscribe', 'oLate', start + 20)))
    await send(safe(event('subscribe', 'oLate', start + 15)))
    await send(safe(event('CLICK', 'oLate', start + 16)))
    expect(await fanOf('oLate')).toMatchObject({
      following: false,
      last_interaction_at: new Date((start + 16) * 1000),
    })
    await send(safe(event('CLICK', 'oLate', start + 21)))
    expect(await fanOf('oLate')).toMatchObject({ following: true })
  })

  test('the result of a mass send makes its sender no fan; an unknown event is kept raw', async () => {
    await send(safe(event('MASSSENDJOBFINISH', 'oSender', undefined, '<MsgID>9007199254740993</MsgID>')))
    await send(safe(event('user_get_card', 'oHolder', undefined, cdata('CardId', 'c1'))))
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
      await send(safe(event('CLICK', 'oFan', start + second, cdata('EventKey', `k${second}`))))
    }
    await send(safe(event('unsubscribe', 'oFan', start + 4)))
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
    await updateAccount(world.ctx, accountId, { callbackMode: mode })
    await world.control('PATCH', `/accounts/${appid}`, {
      callback: { url: `http://127.0.0.1:${address.port}${path}`, ...secrets, mode },
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
