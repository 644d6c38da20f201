import type { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { createMemoryLog } from '../../tests/security/world.ts'
import { createTestDatabase, type TestDatabase, until } from '../../tests/support/index.ts'
import { run } from '../../tests/support/postgres.ts'
import { createPool } from './postgres/connect.ts'
import { createWake, type Wake } from './wake.ts'

let database: TestDatabase
let pools: Pool[]
const wakes: Wake[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  // the small one is one process: it listens and has one connection left
  pools = [2, 5].map((max) => createPool({ databaseUrl: database.url, max, onError: () => undefined }))
})
afterEach(async () => {
  for (const wake of wakes.splice(0)) await wake.close()
})
afterAll(async () => {
  for (const pool of pools) await pool.end()
  await database.drop()
})

async function open(at: 0 | 1) {
  const { log, lines } = createMemoryLog()
  const wake = await createWake(pools[at] as Pool, log)
  wakes.push(wake)
  return { wake, lines }
}
const listeners = () =>
  pools[1]!.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query = 'listen weida_wake'`,
  )

test('a hint reaches every process that listens to its topic, and nobody else', async () => {
  const [one, two] = [await open(0), await open(1)]
  const heard: string[] = []
  one.wake.on('broadcasts', () => heard.push('one'))
  const off = two.wake.on('broadcasts', () => heard.push('two'))
  two.wake.on('clock', () => heard.push('other topic'))
  await one.wake.notify('broadcasts')
  await until(() => heard.length === 2)
  expect(heard.toSorted()).toEqual(['one', 'two'])
  off()
  await two.wake.notify('broadcasts')
  await until(() => heard.length === 3)
  expect(heard[2]).toBe('one')
})

test('a lost connection is opened again; whoever waited looks once, for hints were lost', async () => {
  const { wake, lines } = await open(0)
  let heard = 0
  wake.on('broadcasts', () => {
    heard += 1
  })
  const [before] = (await listeners()).rows
  await pools[1]!.query('select pg_terminate_backend($1)', [before?.pid])
  await until(() => heard === 1, { what: 'a look after the connection is back' })
  const after = (await listeners()).rows
  expect(after).toHaveLength(1)
  expect(after[0]?.pid).not.toBe(before?.pid)
  await wake.notify('broadcasts')
  await until(() => heard === 2)
  expect(lines.join('')).toContain('wake connection lost')
})

test('where the database stays away for longer, it is tried until it is back', async () => {
  const { wake, lines } = await open(0)
  let heard = 0
  wake.on('x', () => {
    heard += 1
  })
  const name = new URL(database.url).pathname.slice(1)
  const { adminUrl } = inject('testServer')
  await run(adminUrl, `alter database ${name} allow_connections false`)
  try {
    // its idle connections too: it must open a new one
    await run(adminUrl, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await until(() => lines.filter((line) => line.includes('not back yet')).length >= 2, {
      what: 'two tries in vain',
    })
    expect(heard).toBe(0)
  } finally {
    await run(adminUrl, `alter database ${name} allow_connections true`)
  }
  await until(() => heard === 1, { what: 'the third' })
  await wake.notify('x')
  await until(() => heard === 2)
})

test('closed, it gives its connection back and never listens again', async () => {
  const { wake } = await open(0)
  expect((await listeners()).rows).toHaveLength(1)
  await wake.close()
  await until(async () => (await listeners()).rows.length === 0)
})
