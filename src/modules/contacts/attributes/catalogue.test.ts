import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'

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

const person = async () =>
  (
    await world.ctx.pool.query<{ id: string }>(
      'insert into contacts (created_at) values (now()) returning id',
    )
  ).rows[0]?.id as string
const set = (id: string, values: object) => admin('PATCH', `/api/contacts/${id}/attributes`, { values })
const valuesOf = async (key: string, caller = admin) =>
  (await caller('GET', `/api/attribute-values?key=${encodeURIComponent(key)}`)).body

test('F1: a declared attribute takes values of its type, by hand too, and refuses others whole', async () => {
  const declared = await admin('POST', '/api/attributes', {
    key: '鞋码 😀',
    type: 'number',
    displayName: '鞋码',
  })
  expect(declared.body).toMatchObject({ key: '鞋码 😀', type: 'number', origin: 'declared', conflicts: 0 })
  const id = await person()
  expect((await set(id, { '鞋码 😀': '42', city: '上海' })).status).toBe(200)
  expect(await valuesOf('鞋码 😀')).toEqual({ people: 1, items: [{ value: '42', people: 1 }] })
  const refused = await set(id, { '鞋码 😀': 'large', city: '北京' })
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: 'attribute_does_not_fit' } } })
  expect(await valuesOf('city')).toEqual({ people: 1, items: [{ value: '上海', people: 1 }] })
})

test('F1: the same key is declared once', async () => {
  await admin('POST', '/api/attributes', { key: 'level', type: 'enumeration', options: ['金卡'] })
  const again = await admin('POST', '/api/attributes', { key: 'level', type: 'text' })
  expect(again).toMatchObject({ status: 409, body: { error: { reason: 'attribute_exists' } } })
})

test('F1: what is personal is not told to roles that see no persons', async () => {
  const id = await person()
  await set(id, { email: 'a@example.com' })
  await admin('PATCH', '/api/attributes?key=email', { personal: true })
  expect(await valuesOf('email', analyst)).toEqual({ people: 1, items: [] })
  const seen = await analyst<{ attributes: { key: string; value: string }[] }>('GET', `/api/contacts/${id}`)
  expect(seen.body.attributes).toMatchObject([{ key: 'email', value: '***' }])
  const rule = { kind: 'attribute', attribute: 'email', test: { op: 'not_empty' } }
  const why = (caller: Caller) => caller('POST', '/api/segments/explain', { rule, contactId: id })
  expect((await why(analyst)).body).toMatchObject({ nodes: [{ passes: true, saw: { value: '***' } }] })
  expect((await why(admin)).body).toMatchObject({ nodes: [{ saw: { value: 'a@example.com' } }] })
})

test('F1: ignored attributes take nothing more; what is there stays', async () => {
  const id = await person()
  await set(id, { noise: 'a' })
  await admin('PATCH', '/api/attributes?key=noise', { ignored: true })
  const refused = await set(id, { noise: 'b' })
  expect(refused).toMatchObject({ status: 400, body: { error: { reason: 'attribute_ignored' } } })
  expect(await valuesOf('noise')).toEqual({ people: 1, items: [{ value: 'a', people: 1 }] })
})

test('F1: a type changes only where every value held now fits, after its numbers were told', async () => {
  const [a, b] = [await person(), await person()]
  await set(a, { spent: '100' })
  await set(b, { spent: 'a lot' })
  const change = (confirm: boolean) =>
    admin('POST', '/api/attributes/type', { key: 'spent', type: 'number', confirm })
  expect((await change(false)).body).toEqual({
    fitting: 1,
    notFitting: 1,
    examples: ['a lot'],
    changed: false,
  })
  expect(await change(true)).toMatchObject({
    status: 409,
    body: { error: { reason: 'attribute_values_do_not_fit' } },
  })
  await set(b, { spent: '250.5' })
  expect((await change(true)).body).toMatchObject({ fitting: 2, notFitting: 0, changed: true })
  const { rows } = await world.ctx.pool.query(
    `select s.number_value from contact_attributes s join attributes a on a.id = s.attribute_id
     where a.key = 'spent' and s.until = 'infinity' order by 1`,
  )
  expect(rows).toEqual([{ number_value: 100 }, { number_value: 250.5 }])
  expect((await set(a, { spent: 'none' })).status).toBe(400)
})

test('F1: who sees one account sees its people’s values only, and sets theirs only', async () => {
  const other = await api.signIn('operator', [])
  const id = await person()
  await set(id, { seen: 'x' })
  expect(await valuesOf('seen', other)).toEqual({ people: 0, items: [] })
  const refused = await other('PATCH', `/api/contacts/${id}/attributes`, { values: { seen: 'y' } })
  expect(refused.status).toBe(404)
})
