import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, freePort, type TestDatabase, until } from '../../../tests/support/index.ts'
import { createPool, prepared, waitUntilReady } from './connect.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase({ empty: true })
})
afterAll(() => database.drop())

const pool = (max = 2) => createPool({ databaseUrl: database.url, max, name: 'weida test' })

test('64-bit numbers keep every digit, days stay days, instants become dates', async () => {
  const connections = pool()
  const { rows } = await connections.query(
    `select 9007199254740993::int8 as id, array[9007199254740993::int8] as ids, date '2026-03-01' as day,
            timestamptz '2026-03-01T00:00:00+08:00' as at`,
  )
  await connections.end()
  expect(rows).toEqual([
    {
      id: '9007199254740993',
      ids: ['9007199254740993'],
      day: '2026-03-01',
      at: new Date('2026-02-28T16:00:00Z'),
    },
  ])
})

test('after end no connection is left at the server', async () => {
  const connections = pool(5)
  await Promise.all(Array.from({ length: 5 }, () => connections.query('select pg_sleep(0.01)')))
  await connections.end()
  const observer = pool(1)
  const { rows } = await observer.query(
    `select count(*)::int as others from pg_stat_activity
     where datname = current_database() and application_name = 'weida test' and pid <> pg_backend_pid()`,
  )
  await observer.end()
  expect(rows).toEqual([{ others: 0 }])
})

test('a connection the server cuts is reported and replaced', async () => {
  const errors: string[] = []
  const connections = createPool({
    databaseUrl: database.url,
    max: 1,
    onError: ({ message }) => errors.push(message),
  })
  const { rows } = await connections.query('select pg_backend_pid() as pid')
  const other = pool(1)
  await other.query('select pg_terminate_backend($1)', [rows[0].pid])
  await until(() => errors.length > 0)
  expect((await connections.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await Promise.all([connections.end(), other.end()])
})

test('a fixed text keeps its name, so that it is planned once per connection', async () => {
  const connections = pool(1)
  const text = 'select $1::int as n'
  expect(prepared(text, [1]).name).toBe(prepared(text, [2]).name)
  expect(prepared(`${text} `, []).name).not.toBe(prepared(text, []).name)
  await connections.query(prepared(text, [1]))
  await connections.query(prepared(text, [2]))
  const { rows } = await connections.query(
    `select statement from pg_prepared_statements where statement = '${text}'`,
  )
  await connections.end()
  expect(rows).toHaveLength(1)
})

test('waiting for a database is bounded, and a wrong password is not waited for', async () => {
  await waitUntilReady(database.url, { timeoutMs: 1_000 })
  const nobody = new URL(database.url)
  nobody.port = String(await freePort())
  await expect(waitUntilReady(nobody.href, { timeoutMs: 150 })).rejects.toThrow(/ECONNREFUSED/)
  const missing = new URL(database.url)
  missing.pathname = '/no_such_database'
  await expect(waitUntilReady(missing.href, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: '3D000' })
})
