import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts'
import { seed, sized } from '../../../../tests/support/index.ts'
import { createPool } from '../../../infra/postgres/connect.ts'
import { MAX_ATTRIBUTES, writeAttributes } from './write.ts'

let database: TestDatabase
let client: pg.PoolClient
let pool: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool({ databaseUrl: database.url, max: 2 })
  client = await pool.connect()
})
afterAll(async () => {
  client?.release()
  await pool?.end()
  await database?.drop()
})

const person = async () =>
  (await client.query<{ id: string }>('insert into contacts (created_at) values (now()) returning id'))
    .rows[0]?.id as string
const T0 = Date.parse('2026-11-21T00:00:00Z')
const at = (minutes: number) => new Date(T0 + minutes * 60_000)

/** What was known of somebody at an instant. */
async function knownAt(contactId: string, key: string, time: Date): Promise<(string | number)[]> {
  const { rows } = await client.query<{ value: string | number }>(
    `select coalesce(to_jsonb(s.number_value), to_jsonb(s.text_value)) as value
     from contact_attributes s join attributes a on a.id = s.attribute_id
     where s.contact_id = $1 and a.key = $2 and s.since <= $3 and s.until > $3 order by s.item`,
    [contactId, key, time],
  )
  return rows.map(({ value }) => value)
}

test('F1: at every instant what was known then is still known, whatever was written since', async () => {
  const value = fc.constantFrom<unknown>('上海', '北京', '', null, 7, '鞋')
  const list = fc.option(fc.subarray(['读书', '跑步', '咖啡']), { nil: null })
  const step = fc.record({
    minutes: fc.integer({ min: 0, max: 2 }),
    city: fc.option(value, { nil: undefined }),
    likes: fc.option(list, { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const contactId = await person()
      const history: { time: Date; city: unknown[]; likes: unknown[] }[] = []
      let minutes = 0
      let now = { city: [] as unknown[], likes: [] as unknown[] }
      // the types are known beforehand
      await writeAttributes(
        client,
        [
          { contactId, key: 'city', value: 'x' },
          { contactId, key: 'likes', value: ['x'] },
        ],
        at(-1),
      )
      await writeAttributes(
        client,
        [
          { contactId, key: 'city', value: null },
          { contactId, key: 'likes', value: null },
        ],
        at(-1),
      )
      for (const { minutes: later, city, likes } of steps) {
        minutes += later
        const changes = [
          ...(city === undefined ? [] : [{ contactId, key: 'city', value: city }]),
          ...(likes === undefined ? [] : [{ contactId, key: 'likes', value: likes }]),
        ]
        await writeAttributes(client, changes, at(minutes))
        now = {
          city: city === undefined ? now.city : city === null || city === '' ? [] : [String(city)],
          likes: likes === undefined ? now.likes : (likes ?? []),
        }
        if (history.at(-1)?.time.getTime() === at(minutes).getTime()) history.pop()
        history.push({ time: at(minutes), ...now })
      }
      for (const { time, city, likes } of history) {
        expect(await knownAt(contactId, 'city', time)).toEqual(city)
        expect(await knownAt(contactId, 'likes', time)).toEqual(likes)
      }
    }),
    { numRuns: sized(60, 1_000), seed },
  )
})

test('F1: the same value again writes nothing', async () => {
  const contactId = await person()
  const change = [{ contactId, key: '等级', value: '金卡' }]
  expect((await writeAttributes(client, change, at(0))).changed).toBe(1)
  expect((await writeAttributes(client, change, at(5))).changed).toBe(0)
  const { rows } = await client.query('select 1 from contact_attributes where contact_id = $1', [contactId])
  expect(rows).toHaveLength(1)
})

test.each([
  [12.5, 'number'],
  ['12.5', 'text'],
  [true, 'boolean'],
  ['1990-02-28', 'date'],
  ['1990-02-30', 'text'],
  ['2026-11-21T08:00:00Z', 'instant'],
  [['a', 'b'], 'list'],
  ['普通一句话', 'text'],
])('F1: %j seen first makes an attribute of type %s', async (value, type) => {
  const key = `seen ${JSON.stringify(value)}`
  await writeAttributes(client, [{ contactId: await person(), key, value }], at(0))
  const { rows } = await client.query('select type, origin from attributes where key = $1', [key])
  expect(rows).toEqual([{ type, origin: 'discovered' }])
})

test('F1: a value that does not fit is counted with the last of them and changes nothing; a number may come as text', async () => {
  const contactId = await person()
  await writeAttributes(client, [{ contactId, key: 'points', value: 10 }], at(0))
  const result = await writeAttributes(client, [{ contactId, key: 'points', value: 'many' }], at(1))
  expect(result.refused).toEqual([{ contactId, key: 'points', reason: 'does_not_fit' }])
  expect(await knownAt(contactId, 'points', at(2))).toEqual([10])
  const { rows } = await client.query(
    `select conflicts, last_conflict->>'value' as last from attributes where key = 'points'`,
  )
  expect(rows).toEqual([{ conflicts: '1', last: '"many"' }])
  await writeAttributes(client, [{ contactId, key: 'points', value: ' 12 ' }], at(3))
  expect(await knownAt(contactId, 'points', at(4))).toEqual([12])
})

test('F1: hostile keys and values are kept or refused, and harm nothing', async () => {
  const contactId = await person()
  const keys = ["'; drop table contacts; --", '😀', '__proto__', 'constructor']
  await writeAttributes(
    client,
    keys.map((key) => ({ contactId, key, value: 'x' })),
    at(0),
  )
  for (const key of keys) expect(await knownAt(contactId, key, at(1))).toEqual(['x'])
  const refused = await writeAttributes(
    client,
    [
      { contactId, key: 'k'.repeat(129), value: 1 },
      { contactId, key: '', value: 1 },
      { contactId, key: 'long', value: '长'.repeat(683) },
      { contactId, key: 'object', value: { a: 1 } },
    ],
    at(0),
  )
  expect(refused.refused.map(({ reason }) => reason)).toEqual([
    'bad_key',
    'bad_key',
    'does_not_fit',
    'does_not_fit',
  ])
  await writeAttributes(client, [{ contactId, key: 'fits', value: '长'.repeat(682) }], at(0))
  expect(await knownAt(contactId, 'fits', at(1))).toHaveLength(1)
})

test('F1: the name people are shown by comes as name or $name', async () => {
  const contactId = await person()
  const nameOf = async () =>
    (await client.query<{ name: string | null }>('select name from contacts where id = $1', [contactId]))
      .rows[0]?.name
  await writeAttributes(client, [{ contactId, key: '$name', value: ' 王芳 ' }], at(0))
  expect(await nameOf()).toBe('王芳')
  await writeAttributes(client, [{ contactId, key: 'name', value: '长'.repeat(200) }], at(0))
  expect([...((await nameOf()) ?? '')]).toHaveLength(120)
})

test('F1: batches that commit in another order than they came leave one value at every instant', async () => {
  const contactId = await person()
  const city = (value: string) => [{ contactId, key: 'city', value }]
  await writeAttributes(client, city('上海'), at(0))
  await writeAttributes(client, city('北京'), at(2))
  await writeAttributes(client, city('广州'), at(1))
  await writeAttributes(client, city('深圳'), at(2))
  await writeAttributes(client, city('成都'), at(1))
  expect(await knownAt(contactId, 'city', at(0))).toEqual(['上海'])
  expect(await knownAt(contactId, 'city', at(1.5))).toEqual(['上海'])
  expect(await knownAt(contactId, 'city', at(3))).toEqual(['成都'])
})

test.each([
  ['phone', true],
  ['$email', true],
  ['身份证号', true],
  ['city', false],
])('F1: an attribute first seen as %s is personal: %s', async (key, personal) => {
  await writeAttributes(client, [{ contactId: await person(), key, value: 'x' }], at(0))
  const { rows } = await client.query('select personal from attributes where key = $1', [key])
  expect(rows).toEqual([{ personal }])
})

test('F1: public sources discover attributes up to a bound, and leave room for our own', async () => {
  const contactId = await person()
  const many = Array.from({ length: MAX_ATTRIBUTES }, (_, n) => ({
    contactId,
    key: `public ${n}`,
    value: n,
    isPublic: true,
  }))
  const { refused } = await writeAttributes(client, many, at(0))
  expect(refused.at(-1)).toMatchObject({ reason: 'too_many_attributes' })
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from attributes')
  expect(rows[0]?.n).toBe(MAX_ATTRIBUTES - 200)
  await writeAttributes(client, [{ contactId, key: 'ours', value: 1 }], at(0))
  expect(await knownAt(contactId, 'ours', at(1))).toEqual([1])
})

test('F1: no more attributes than there may be are discovered', async () => {
  const contactId = await person()
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from attributes')
  const many = Array.from({ length: MAX_ATTRIBUTES + 5 }, (_, n) => ({
    contactId,
    key: `many ${n}`,
    value: n,
  }))
  const { refused } = await writeAttributes(client, many, at(0))
  expect(refused).toHaveLength(5 + Number(rows[0]?.n))
  expect(refused.every(({ reason }) => reason === 'too_many_attributes')).toBe(true)
})
