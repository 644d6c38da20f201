import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../tests/support/index.ts'
import { migrate, migrationState } from './migrate.ts'

let directory: string
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase({ empty: true })
})
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'weida-migrations-'))
  await query('drop schema public cascade; create schema public')
  await put('20250101_one.sql', 'create table one (id int8);\n')
  return () => rm(directory, { recursive: true })
})
afterAll(() => database.drop())

const put = (name: string, sql: string) => writeFile(path.join(directory, name), sql)

async function query(sql: string) {
  const client = new pg.Client(database.url)
  await client.connect()
  return await client.query(sql).finally(() => client.end())
}

test('migrations apply once, in the order of their names', async () => {
  await put('20250102_two.sql', 'alter table one add column two int8')
  expect((await migrationState(database.url, directory)).pending).toEqual([
    '20250101_one.sql',
    '20250102_two.sql',
  ])
  expect(await migrate(database.url, { directory })).toEqual(['20250101_one.sql', '20250102_two.sql'])
  expect(await migrate(database.url, { directory })).toEqual([])
  expect((await query('select two from one')).rows).toEqual([])
})

test('a migration that fails leaves nothing of itself and says which line it was', async () => {
  await put('20250102_two.sql', 'create table two (id int8);\nselect 1 from nowhere;')
  await expect(migrate(database.url, { directory })).rejects.toThrow(/20250102_two\.sql.*nowhere.*line 2/)
  expect(
    (await query(`select to_regclass('one') is not null as one, to_regclass('two') as two`)).rows,
  ).toEqual([{ one: true, two: null }])
  await put('20250102_two.sql', 'create table two (id int8)')
  expect(await migrate(database.url, { directory })).toEqual(['20250102_two.sql'])
})

test('a migration edited after it was applied is refused, other line ends are not an edit', async () => {
  await migrate(database.url, { directory })
  await put('20250101_one.sql', 'create table one (id int8);\r\n')
  expect(await migrate(database.url, { directory })).toEqual([])
  await put('20250101_one.sql', 'create table one (id int4);\n')
  await expect(migrate(database.url, { directory })).rejects.toThrow(/20250101_one\.sql was edited/)
  await expect(migrationState(database.url, directory)).rejects.toThrow(/was edited/)
})

test('processes that start together apply each migration once', async () => {
  await put('20250102_two.sql', 'create table two (id int8); select pg_sleep(0.1)')
  const done = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, { directory })))
  expect(done.flat().sort()).toEqual(['20250101_one.sql', '20250102_two.sql'])
})

test('a database newer than the program is told from one that lags behind', async () => {
  await migrate(database.url, { directory })
  await rm(path.join(directory, '20250101_one.sql'))
  await put('20250102_two.sql', 'select 1')
  expect(await migrationState(database.url, directory)).toEqual({
    pending: ['20250102_two.sql'],
    unknown: ['20250101_one.sql'],
  })
})
