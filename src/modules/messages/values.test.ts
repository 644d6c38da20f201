import { Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../../tests/support/api.ts'
import type { DB } from '../../infra/transaction.ts'
import { declareDataset, writeDatasetRows } from '../datasets/index.ts'
import { declareDatasetBody } from '../datasets/schema.ts'
import { needsOf, readValues } from './index.ts'
import { type Variables, variables } from './schema.ts'
import { createMessageWorld, from, type MessageWorld } from './test-world.ts'

let world: MessageWorld
beforeAll(async () => {
  world = await createMessageWorld()
})
afterAll(() => world?.close())

const contactOf = async (fan: number): Promise<string> =>
  (
    await world.query<{ contact_id: string }>('select contact_id from fans where id = $1', [
      world.account.fanIds[fan],
    ])
  )[0]?.contact_id as string
const rename = async (fan: number, name: string) =>
  world.query('update contacts set name = $2 where id = $1', [await contactOf(fan), name])
async function attribute(fan: number, key: string, value: string, personal = false): Promise<void> {
  await world.query(
    `with a as (insert into attributes (key, type, origin, personal, created_at) values ($1, 'text', 'declared', $4, now())
       on conflict (key) do update set key = excluded.key returning id)
     insert into contact_attributes (contact_id, attribute_id, text_value, since) select $2, id, $3, now() from a`,
    [key, await contactOf(fan), value, personal],
  )
}

const vars = (all: Record<string, object>): Variables => variables.parse(all)
const needs = (all: Record<string, object>) =>
  needsOf({
    kind: 'text',
    channel: 'customer-service',
    variables: vars(all),
    message: {
      msgtype: 'text',
      text: {
        content: Object.keys(all)
          .map((name) => `{{${name}}}`)
          .join(),
      },
    },
  })

describe('what is read of people', () => {
  const all = {
    name: from({ from: 'person-name' }),
    account: from({ from: 'account-name' }),
    city: from({ from: 'attribute', key: 'city' }),
    no: from({ from: 'event', property: 'no' }),
    inner: from({ from: 'event', property: 'order.amount' }),
    happened: from({ from: 'event-time' }),
    status: from({ from: 'latest-row', dataset: 'purchases', field: 'status' }),
    due: from({ from: 'latest-row', dataset: 'purchases', field: 'due' }),
  }
  beforeAll(async () => {
    await declareDataset(
      world.ctx,
      declareDatasetBody.parse({
        key: 'purchases',
        name: '订单',
        fields: [
          { key: 'status', name: '状态', type: 'text' },
          { key: 'due', name: '到期', type: 'date' },
        ],
      }),
    )
    const person = { contactId: await contactOf(0) }
    await writeDatasetRows(world.ctx, 'purchases', [
      { key: 'p2', person, at: '2026-06-02T00:00:00Z', fields: { status: '新', due: '2026-07-02' } },
      { key: 'p1', person, at: '2026-06-01T00:00:00Z', fields: { status: '旧', due: '2026-07-01' } },
    ])
    await rename(0, '王小明')
    await attribute(0, 'city', '上海')
  })

  test('each source of each person, the newest row, and null where there is nothing', async () => {
    const context = { at: '2026-06-03T01:02:03.000Z', properties: { no: 'A1', order: { amount: 12.5 } } }
    const people = [
      { n: 1, contactId: await contactOf(0), fanId: world.account.fanIds[0] as string, context },
      { n: 2, contactId: await contactOf(1), fanId: world.account.fanIds[1] as string, context: null },
    ]
    const values = await readValues(world.ctx.db, needs(all), people, world.account.id)
    expect(values.get(1)).toEqual({
      name: '王小明',
      account: world.account.name,
      city: '上海',
      no: 'A1',
      inner: 12.5,
      happened: '2026-06-03T01:02:03.000Z',
      status: '新',
      due: '2026-07-02',
    })
    expect(values.get(2)).toEqual({
      ...{ name: null, account: world.account.name, city: null, no: null, inner: null, happened: null },
      ...{ status: null, due: null },
    })
  })

  test('somebody merged into another is read as who they are today', async () => {
    const [old] = await world.query<{ id: string }>(
      'insert into contacts (created_at) values (now()) returning id',
    )
    await world.query(
      `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'operator')`,
      [old?.id, await contactOf(0)],
    )
    const person = { n: 0, contactId: old?.id as string, fanId: '0', context: null }
    const values = await readValues(world.ctx.db, needs(all), [person], world.account.id)
    expect(values.get(0)).toMatchObject({ name: '王小明', city: '上海', status: '新' })
  })

  test('thousands of people take as many queries as one', async () => {
    let queries = 0
    const counting = new Kysely<DB>({
      dialect: new PostgresDialect({ pool: world.ctx.pool as never }),
      log: () => {
        queries++
      },
    })
    const contactId = await contactOf(0)
    const ask = async (people: number) => {
      queries = 0
      const asked = Array.from({ length: people }, (_, n) => ({ n, contactId, fanId: '0', context: null }))
      expect((await readValues(counting, needs(all), asked, world.account.id)).size).toBe(people)
      return queries
    }
    const one = await ask(1)
    expect(one).toBeGreaterThan(0)
    expect(await ask(5_000)).toBe(one)
  })
})

describe('a preview with a real person’s values', () => {
  type Preview = {
    message: { message?: { text?: { content: string } } } | null
    problem: { reason: string; field: string; value: string } | null
    values: { name: string; value: string; used: string }[]
    masked: boolean
  }
  const raw = {
    kind: 'text',
    text: '你好 {{name}}，{{city}}',
    variables: {
      name: from({ from: 'person-name' }, { fallback: '朋友' }),
      city: from({ from: 'attribute', key: 'city' }),
    },
  }
  const ask = async (who: Caller, body: object, accountId = world.account.id) =>
    who<Preview>('POST', `/api/accounts/${accountId}/message-previews`, body)

  test('is what would be sent; who lacks a value is said to get nothing', async () => {
    const operator = await world.api.signIn('operator')
    const { body } = await ask(operator, { content: raw, fanId: world.account.fanIds[0] })
    expect(body.message?.message?.text?.content).toBe('你好 王小明，上海')
    expect(body.values).toContainEqual({ name: 'name', value: '王小明', used: 'own' })
    const other = (await ask(operator, { content: raw, fanId: world.account.fanIds[1] })).body
    expect(other).toMatchObject({ message: null, problem: { reason: 'variable_missing', value: 'city' } })
    expect(other.values).toContainEqual({ name: 'name', value: '朋友', used: 'fallback' })
  })

  test('shows nothing of the person to roles that may not see personal data', async () => {
    const analyst = await world.api.signIn('analyst')
    const { status, body } = await ask(analyst, { content: raw, fanId: world.account.fanIds[0] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ message: null, masked: true })
    expect(JSON.stringify(body)).not.toMatch(/小明|上海/)
    const broken = {
      kind: 'template',
      templateId: world.templateId,
      fields: { amount1: '{{name}}' },
      variables: raw.variables,
    }
    expect(
      JSON.stringify((await ask(analyst, { content: broken, fanId: world.account.fanIds[0] })).body),
    ).not.toContain('小明')
  })

  test('works while the content is not complete, and for fans of the account only', async () => {
    const operator = await world.api.signIn('operator')
    const incomplete = { ...raw, kind: 'news', title: '{{name}}' }
    const { body } = await ask(operator, { content: incomplete, fanId: world.account.fanIds[0] })
    expect(body).toMatchObject({ message: null, problem: { reason: 'message_invalid' } })
    expect(body.values).toContainEqual({ name: 'name', value: '王小明', used: 'own' })
    const other = await world.bind({ fans: 0 })
    expect((await ask(operator, { content: raw, fanId: world.account.fanIds[0] }, other.id)).status).toBe(404)
  })
})
