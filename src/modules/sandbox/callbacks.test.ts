import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { freePort, until } from '../../../tests/support/index.ts'
import { createTestWorld, type SimulatedAccount, type TestWorld } from '../../../tests/support/world.ts'
import { type RunningServer, startServer } from '../../server/index.ts'
import { type RunningWorker, startWorker } from '../../worker/index.ts'
import { bindAccount, getCallbackInfo } from '../accounts/index.ts'

type There = { callback: { url: string; token: string } | null }

let world: TestWorld
let server: RunningServer
let worker: RunningWorker
let api: TestApi
let admin: Caller
let account: SimulatedAccount
let accountId: string

beforeAll(async () => {
  world = await createTestWorld({ PORT: String(await freePort()) })
  server = await startServer(world.ctx)
  worker = await startWorker(world.ctx)
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
  account = await world.account()
  accountId = await bindAccount(world.ctx, account)
})
afterAll(async () => {
  await api?.close()
  await worker?.close()
  await server?.close()
  await world?.close()
})

const there = () => world.control<There>('PATCH', `/accounts/${account.appid}`, {})
const pasted = () =>
  until(
    async () => {
      const { url, token } = await getCallbackInfo(world.ctx, accountId)
      const { callback } = await there()
      return callback?.url === url && callback.token === token
    },
    { what: 'the callback being set at the platform' },
  )
const writes = async (content: string) => {
  const { items } = await world.control<{ items: { openid: string }[] }>(
    'GET',
    `/fans?appid=${account.appid}&limit=1`,
  )
  await world.control('POST', '/act', {
    appid: account.appid,
    openid: items[0]?.openid,
    action: 'text',
    content,
  })
  await until(
    async () =>
      (await world.ctx.pool.query('select 1 from events where properties::text like $1', [`%${content}%`]))
        .rows.length === 1,
    { what: `${content} to arrive` },
  )
}
const rotate = async () => {
  const answer = await admin('POST', `/api/accounts/${accountId}/callback/rotations`, { token: true })
  expect(answer.status).toBe(200)
}

test('F4: an account that is bound in a sandbox gets its pushes, and is verified, without anybody pasting anything', async () => {
  await pasted()
  await writes('第一句')
  expect((await getCallbackInfo(world.ctx, accountId)).verifiedAt).not.toBeNull()
})

test('F4: a token that is changed is changed at the simulated platform too', async () => {
  await rotate()
  await pasted()
  const dropped = await admin('DELETE', `/api/accounts/${accountId}/callback/previous`)
  expect(dropped.status).toBe(200)
  await writes('第二句')
})

test('an address that somebody set there on purpose stays', async () => {
  const callback = {
    url: 'http://127.0.0.1:9/elsewhere',
    token: 'sometoken',
    aesKey: 'a'.repeat(43),
    mode: 'safe',
  }
  await world.control('PATCH', `/accounts/${account.appid}`, { callback })
  await rotate()
  // a look of the sweep that does something else tells that this one was passed by
  const other = await world.account()
  const otherId = await bindAccount(world.ctx, other)
  await until(async () => {
    const { callback: set } = await world.control<There>('PATCH', `/accounts/${other.appid}`, {})
    return set?.url === (await getCallbackInfo(world.ctx, otherId)).url
  })
  expect((await there()).callback).toEqual(callback)
})
