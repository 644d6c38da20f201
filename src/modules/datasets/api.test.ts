import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import { createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { createSource, updateSource } from '../sources/index.ts'

let world: BareWorld
let api: TestApi
let keys: { server: string; public: string }
let serverId: string

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
  const make = async (kind: 'server' | 'public') =>
    createSource(world.ctx, { name: kind, kind, accountId: null, allowedOrigins: [] })
  const [server, open] = [await make('server'), await make('public')]
  serverId = server.id
  keys = { server: server.keys.writeKey, public: open.keys.writeKey }
  const administrator = await api.signIn('administrator')
  const declared = await administrator('POST', '/api/datasets', {
    key: 'orders',
    name: '订单',
    fields: [{ key: 'amount', name: '金额', type: 'number' }],
    lineFields: [{ key: 'price', name: '单价', type: 'number' }],
  })
  expect(declared.status).toBe(200)
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`
const collect = async (authorization: string | undefined, rows: unknown, dataset = 'orders') => {
  const answer = await api.app.inject({
    method: 'POST',
    url: `/v1/datasets/${dataset}`,
    headers: authorization === undefined ? {} : { authorization },
    payload: { rows } as object,
  })
  return { status: answer.statusCode, body: answer.json() }
}
const row = (key: string, more: object = {}) => ({
  key,
  at: '2026-11-01T00:00:00Z',
  fields: { amount: 1 },
  ...more,
})

test('F2: a server source writes rows with its key, by basic auth or as a bearer; the good ones beside a bad one', async () => {
  const rows = [row('1', { person: { user: 'u1' } }), row('2', { fields: { amount: 'x' } }), row('3')]
  expect(await collect(basic(keys.server), rows)).toMatchObject({
    status: 200,
    body: {
      results: [
        { key: '1', outcome: 'created', errors: [] },
        { key: '2', outcome: 'refused', errors: [{ path: 'fields.amount', reason: 'not_a_number' }] },
        { key: '3', outcome: 'created' },
      ],
    },
  })
  const again = await collect(`Bearer ${keys.server}`, rows)
  expect(again.body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    'unchanged',
    'refused',
    'unchanged',
  ])
})

test('F5: nobody else does: no key, a wrong one, a public one, a disabled one, an API key', async () => {
  for (const authorization of [undefined, basic('srv_wrong'), 'Basic', basic(''), 'Bearer wk_x'])
    expect(await collect(authorization, [row('x')])).toMatchObject({
      status: 401,
      body: { error: { reason: 'write_key_invalid' } },
    })
  expect(await collect(basic(keys.public), [row('x')])).toMatchObject({
    status: 403,
    body: { error: { reason: 'server_key_needed' } },
  })
  await updateSource(world.ctx, serverId, { state: 'disabled' })
  const disabled = await world.another()
  const other = await createTestApi(disabled)
  const answer = await other.app.inject({
    method: 'POST',
    url: '/v1/datasets/orders',
    headers: { authorization: basic(keys.server) },
    payload: { rows: [row('x')] },
  })
  await other.close()
  await updateSource(world.ctx, serverId, { state: 'active' })
  expect(answer.statusCode).toBe(401)
})

test('F2: limits are told: 500 rows a call, a dataset that exists', async () => {
  const operator = await api.signIn('operator')
  const many = (count: number) => Array.from({ length: count }, (_, n) => row(`m${n}`))
  const write = (rows: unknown) => operator('POST', '/api/datasets/orders/rows', { rows })
  expect((await write(many(500))).status).toBe(200)
  expect((await write(many(501))).status).toBe(400)
  expect((await write([])).status).toBe(400)
  expect((await write([1])).status).toBe(400)
  expect((await operator('POST', '/api/datasets/nothing/rows', { rows: [row('1')] })).status).toBe(404)
})

test('F2: a file goes up, is mapped and written, and its refused records come down safe to open', async () => {
  const operator = await api.signIn('operator')
  const form = new FormData()
  form.append('file', new Blob(['单号,时间,金额\n=1+1,2026-11-01,x\nA,2026-11-01,5\n']), 'orders.csv')
  const made = await operator<{ id: string; columns: string[] }>(
    'POST',
    '/api/datasets/orders/imports?name=orders.csv',
    form,
  )
  expect(made.body.columns).toEqual(['单号', '时间', '金额'])
  const url = `/api/datasets/orders/imports/${made.body.id}`
  const mapping = { key: '单号', at: '时间', fields: { amount: '金额' } }
  expect((await operator('POST', `${url}/start`, { mapping })).status).toBe(200)
  const { runImport } = await import('./imports/run.ts')
  const { rows } = await world.ctx.pool.query('select run_id from dataset_imports where id = $1', [
    made.body.id,
  ])
  await runImport(world.ctx, rows[0].run_id, new AbortController().signal)
  expect((await operator('GET', url)).body).toMatchObject({
    state: 'done',
    counts: { created: 1, refused: 1 },
  })
  const administrator = await api.signIn('administrator')
  const { key } = (await administrator<{ key: string }>('POST', '/api/me/api-keys', { name: 'x' })).body
  const file = await api.app.inject({ url: `${url}/errors`, headers: { authorization: `Bearer ${key}` } })
  expect(file.headers['content-type']).toContain('text/csv')
  expect(file.payload).toContain(`1,'=1+1,fields.amount,应为数字，例如 199.00,x`)
})

test('F5: who only reads writes nothing; who writes declares nothing', async () => {
  const analyst = await api.signIn('analyst')
  expect((await analyst('POST', '/api/datasets/orders/rows', { rows: [row('1')] })).status).toBe(403)
  expect((await analyst('GET', '/api/datasets/orders/rows')).status).toBe(200)
  const operator = await api.signIn('operator')
  expect((await operator('POST', '/api/datasets/orders/archive')).status).toBe(403)
})
