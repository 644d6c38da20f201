import fastifyCookie from '@fastify/cookie'
import fastifyMultipart from '@fastify/multipart'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, withActor } from '../../src/context.ts'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { contentsModule } from '../../src/modules/contents/module.ts'
import { IMAGE_MAX_BYTES } from '../../src/modules/contents/schema.ts'
import { createApiKey, createOperator } from '../../src/modules/operators/commands.ts'
import { sendError } from '../../src/server/errors.ts'
import { registerRoute } from '../../src/server/routes.ts'
import { PNG_FRAME_BYTES, pngOf } from '../support/pictures.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let app: FastifyInstance
let url: string
let mine: string
let foreign: string
let keys: { operator: string; analyst: string }

const PNG = pngOf()

beforeAll(async () => {
  world = await createTestWorld()
  mine = await bindAccount(world.ctx, await world.account())
  foreign = await bindAccount(world.ctx, await world.account())
  keys = { operator: await keyOf('operator'), analyst: await keyOf('analyst') }
  app = Fastify()
  await app.register(fastifyCookie)
  await app.register(fastifyMultipart, { limits: { files: 1, fileSize: 64 * 1024 * 1024 } })
  app.setErrorHandler((error, request, reply) => sendError(world.ctx, error, request, reply))
  for (const route of contentsModule.routes ?? []) registerRoute(app, world.ctx, route)
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app?.close()
  await world?.close()
})

/** An API key of somebody who may see one account. */
async function keyOf(role: 'operator' | 'analyst'): Promise<string> {
  const member = { email: `${role}@example.com`, name: role, role, password: 'correct horse battery' }
  const { id } = await createOperator(world.ctx, { ...member, accountIds: [mine] })
  const actor: Actor = { kind: 'operator', id, name: role, role, accounts: [mine], locale: 'zh-CN' }
  return (await createApiKey(withActor(world.ctx, actor), 'test')).key
}

type Upload = { data: Buffer; name?: string; accountId?: string; key?: string; kind?: string }

function upload({ data, name = '封面.png', accountId = mine, key = keys.operator, kind = 'image' }: Upload) {
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(data)]), name)
  const headers = { authorization: `Bearer ${key}` }
  return fetch(`${url}/api/accounts/${accountId}/media?kind=${kind}`, { method: 'POST', body, headers })
}
const read = (path: string, key = keys.operator) =>
  fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } })
const reasonOf = async (answer: Response) =>
  ((await answer.json()) as { error: { reason: string } }).error.reason

test('an image is kept here and at WeChat, listed, and served as what it is', async () => {
  const answer = await upload({ data: PNG, name: '夏季.jpg' })
  expect(answer.status).toBe(200)
  const asset = (await answer.json()) as { id: string; mediaId: string; url: string }
  expect(asset).toMatchObject({ name: '夏季.png', mime: 'image/png', bytes: PNG.length, kind: 'image' })
  expect(asset.mediaId).not.toBe('')
  const list = (await (await read(`/api/accounts/${mine}/media?q=夏`)).json()) as { items: { id: string }[] }
  expect(list.items.map((one) => one.id)).toEqual([asset.id])
  const file = await read(`/api/accounts/${mine}/media/${asset.id}/file`, keys.analyst)
  expect(file.headers.get('content-type')).toBe('image/png')
  expect(Buffer.from(await file.arrayBuffer()).equals(PNG)).toBe(true)
})

test('a part of a file is given to players that ask for one, the whole where the part makes no sense', async () => {
  const asset = (await (await upload({ data: PNG })).json()) as { id: string }
  const headers = (range: string) => ({ authorization: `Bearer ${keys.operator}`, range })
  const part = async (range: string) => {
    const answer = await fetch(`${url}/api/accounts/${mine}/media/${asset.id}/file`, {
      headers: headers(range),
    })
    return [answer.status, answer.headers.get('content-range'), (await answer.arrayBuffer()).byteLength]
  }
  const size = PNG.length
  expect(await part('bytes=0-1')).toEqual([206, `bytes 0-1/${size}`, 2])
  expect(await part(`bytes=${size - 1}-`)).toEqual([206, `bytes ${size - 1}-${size - 1}/${size}`, 1])
  expect(await part('bytes=-3')).toEqual([206, `bytes ${size - 3}-${size - 1}/${size}`, 3])
  expect(await part(`bytes=${size}-`)).toEqual([200, null, size])
})

test('10 MB are taken, one byte more is not', async () => {
  const data = pngOf({ padding: IMAGE_MAX_BYTES - PNG_FRAME_BYTES })
  expect((await upload({ data })).status).toBe(200)
  const refused = await upload({ data: Buffer.concat([data, Buffer.from('x')]) })
  expect([refused.status, await reasonOf(refused)]).toEqual([400, 'file_too_large'])
})

test('a page or script that calls itself an image is refused, and so is an upload without a file', async () => {
  const page = Buffer.concat([Buffer.from('<svg onload=alert(1)>'), Buffer.alloc(2_000_000, 32)])
  const refused = await upload({ data: page, name: 'a.png' })
  expect([refused.status, await reasonOf(refused)]).toEqual([400, 'image_type_not_supported'])
  const headers = { authorization: `Bearer ${keys.operator}`, 'content-type': 'application/json' }
  const bare = await fetch(`${url}/api/accounts/${mine}/media`, { method: 'POST', body: '{}', headers })
  expect(await reasonOf(bare)).toBe('not_multipart')
})

test('what WeChat refuses is told with its code and not listed', async () => {
  await world.control('PUT', '/faults', [
    { match: { path: '/cgi-bin/material/add_material' }, kind: 'error', errcode: 45009, errmsg: 'reach max' },
  ])
  const before = await (await read(`/api/accounts/${mine}/media`)).json()
  const refused = await upload({ data: PNG })
  await world.control('DELETE', '/faults')
  expect([refused.status, await reasonOf(refused)]).toEqual([429, 'platform_quota_day'])
  expect(await (await read(`/api/accounts/${mine}/media`)).json()).toEqual(before)
})

test('without the permission or the account: 403, also for the file of another account under one’s own', async () => {
  expect((await upload({ data: PNG, key: keys.analyst })).status).toBe(403)
  expect((await upload({ data: PNG, accountId: foreign })).status).toBe(403)
  expect((await read(`/api/accounts/${foreign}/media`)).status).toBe(403)
  expect((await read(`/api/accounts/${foreign}/article-sets`)).status).toBe(403)
  expect((await read(`/api/accounts/${mine}/media/999999/file`)).status).toBe(404)
})

test.each([
  ['voice', 'mp3', '494433040000', 2],
  ['video', 'mp4', '0000002066747970', 10],
])(
  'A6: a %s is told by its first bytes, kept under its kind, and bounded',
  async (kind, ending, hex, megabytes) => {
    const head = Buffer.from(hex, 'hex')
    const answer = await upload({ kind, data: Buffer.concat([head, Buffer.alloc(64)]), name: '问候.exe' })
    const asset = (await answer.json()) as { id: string; kind: string; name: string }
    expect(asset).toMatchObject({ kind, name: `问候.${ending}` })
    const ids = async (of: string) => {
      const list = (await (await read(`/api/accounts/${mine}/media?kind=${of}`)).json()) as {
        items: { id: string }[]
      }
      return list.items.map(({ id }) => id)
    }
    expect(await ids(kind)).toEqual([asset.id])
    expect(await ids('image')).not.toContain(asset.id)
    expect(await reasonOf(await upload({ kind, data: PNG }))).toBe(`${kind}_type_not_supported`)
    expect(await reasonOf(await upload({ kind: 'image', data: head }))).toBe('image_type_not_supported')
    const large = Buffer.concat([head, Buffer.alloc(megabytes * 1024 * 1024 - head.length + 1)])
    expect(await reasonOf(await upload({ kind, data: large }))).toBe('file_too_large')
  },
)
