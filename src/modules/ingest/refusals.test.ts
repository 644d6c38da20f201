import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import {
  type Push,
  type PushSecrets,
  plainPush,
  readPushSecrets,
  sealedPush,
  sendPush,
  textMessage,
} from '../../../tests/support/pushes.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { bindAccount } from '../accounts/index.ts'

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
/** Rows of any kind that the account's callbacks left. */
const stored = async () => {
  const { rows } = await world.ctx.pool.query<{ n: number }>(
    `select (select count(*) from events where account_id = $1) + (select count(*) from fans where account_id = $1)
       + (select count(*) from source_keys where account_id = $1) as n`,
    [accountId],
  )
  return Number(rows[0]?.n)
}

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
    expect(await send(safe(textMessage('1'), { appid: 'wxffffffffffffffff' }))).toMatchObject({
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
    await switchTo('plain')
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
