import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../tests/support/index.ts'
import { createLocalFiles } from '../../infra/files/index.ts'
import { migrate, readMigrations } from '../../infra/postgres/migrate.ts'
import { listTables } from './catalog.ts'
import { holdsData, inspectBackup, otherProcesses, restoreBackup } from './restore.ts'
import { writeBackupFile } from './write.ts'

let directory: string
let source: TestDatabase
let target: TestDatabase

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'weida-backup-'))
  source = await createTestDatabase()
  target = await createTestDatabase({ empty: true })
})
afterEach(async () => {
  await Promise.all([source.drop(), target.drop()])
  await rm(directory, { recursive: true })
})

const file = () => path.join(directory, 'weida.backup')
const filesOf = (name: string) => path.join(directory, `files-${name}`)
const backUp = (url = source.url) =>
  writeBackupFile({ databaseUrl: url, filesDir: filesOf('source') }, file())
const restore = async (url = target.url) =>
  restoreBackup(file(), await inspectBackup(file()), { databaseUrl: url, filesDir: filesOf('target') })

async function using<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  return await work(client).finally(() => client.end())
}
const query = (url: string, sql: string) => using(url, async (client) => (await client.query(sql)).rows)

/** Awkward values: ids beyond 2^53, emoji, line ends, bytes, an event in a partition made later. */
async function fill(url: string): Promise<void> {
  await query(
    url,
    `insert into installation (mode) values ('sandbox');
     update business_clock set offset_ms = 5000;
     insert into operators (id, email, name, role, password_hash, created_at) overriding system value
       values (9007199254740993, 'a@example.com', E'甲\\t🙂\\n\\\\N', 'administrator', '', '2026-01-02T03:04:05.678901Z');
     insert into operator_sessions (token_hash, operator_id, expires_at)
       values ('\\x00ff0a', 9007199254740993, 'infinity');
     select setval(pg_get_serial_sequence('operators', 'id'), 9007199254740993);
     create table details.d7 (key text not null, contact_id bigint, until timestamptz not null default 'infinity',
       f1 double precision, unique (key, until), check (until > '2000-01-01'));
     create index on details.d7 (contact_id);
     insert into details.d7 values ('O1', 9007199254740993, 'infinity', 12.5);
     create table events_before_2026 partition of events for values from (minvalue) to ('2026-01-01');`,
  )
}

async function contents(url: string): Promise<Record<string, unknown[]>> {
  return await using(url, async (client) => {
    const found: Record<string, unknown[]> = {}
    for (const { name } of await listTables(client)) {
      if (name === 'public.installation' || name.startsWith('graphile_worker')) continue
      found[name] = (await client.query(`select t::text as row from ${name} t order by 1`)).rows
    }
    return found
  })
}

test('what was backed up comes back row by row, with partitions, sequences and files', async () => {
  await fill(source.url)
  const { key } = await createLocalFiles(filesOf('source')).put(Buffer.from('cover'), { maxBytes: 10 })
  await backUp()
  await restore()
  const before = await contents(source.url)
  expect(Object.keys(before)).toContain('public.events_before_2026')
  expect(await contents(target.url)).toEqual(before)
  expect(before['details.d7']).toHaveLength(1)
  const shape = `select indexdef from pg_indexes where schemaname = 'details' order by 1`
  expect(await query(target.url, shape)).toEqual(await query(source.url, shape))
  expect((await createLocalFiles(filesOf('target')).read(key, { maxBytes: 10 })).toString()).toBe('cover')
  const next = `insert into operators (email, name, role, password_hash, created_at)
    values ('b@example.com', 'b', 'analyst', '', now()) returning id`
  expect(await query(target.url, next)).toEqual([{ id: '9007199254740994' }])
})

test('a restored database has its constraints and triggers again', async () => {
  await fill(source.url)
  await backUp()
  await restore()
  const count = `select (select count(*) from pg_constraint where contype = 'f') as keys,
    (select count(*) from pg_trigger where tgenabled = 'O' and not tgisinternal) as triggers`
  expect(await query(target.url, count)).toEqual(await query(source.url, count))
  await expect(query(target.url, 'update business_clock set offset_ms = 0')).rejects.toThrow(
    /only moves forward/,
  )
})

test('after a restore all sending is paused until confirmed', async () => {
  await fill(source.url)
  await backUp()
  await restore()
  const [state] = await query(
    target.url,
    'select sending_paused, restored_at is not null as restored from installation',
  )
  expect(state).toEqual({ sending_paused: true, restored: true })
})

test('a database in use is replaced whole, and business time does not go back', async () => {
  await fill(source.url)
  await backUp()
  await query(source.url, `update business_clock set offset_ms = 9000; delete from operators`)
  expect(await holdsData(source.url)).toBe(false)
  await restore(source.url)
  expect(await holdsData(source.url)).toBe(true)
  expect(await query(source.url, 'select offset_ms from business_clock')).toEqual([{ offset_ms: '9000' }])
})

test('a backup of an earlier version is restored as it was and then migrated', async () => {
  const [first, ...later] = await readMigrations()
  const old = await createTestDatabase({ empty: true })
  await migrate(old.url, { upTo: first!.name })
  await query(old.url, `insert into installation (mode) values ('sandbox')`)
  await backUp(old.url)
  await restore()
  await old.drop()
  const applied = await query(target.url, 'select name from schema_migrations order by name')
  expect(applied).toEqual([first, ...later].map((migration) => ({ name: migration!.name })))
})

test('a backup of a later version is refused with the way out', async () => {
  await query(source.url, `insert into schema_migrations (name, checksum) values ('99999999_later.sql', '')`)
  await backUp()
  await expect(inspectBackup(file())).rejects.toThrow(/99999999_later\.sql[\s\S]*upgrade first/)
})

test('a backup cut off, damaged or of something else is refused before anything is touched', async () => {
  await fill(source.url)
  await backUp()
  const whole = await readFile(file())
  const plain = gunzipSync(whole)
  const broken = [
    whole.subarray(0, -20),
    gzipSync(plain.subarray(0, -10)),
    gzipSync(Buffer.from('else')),
    Buffer.from('x'),
  ]
  for (const bytes of broken) {
    await writeFile(file(), bytes)
    await expect(inspectBackup(file())).rejects.toThrow(/not a whole Weida backup/)
  }
  await expect(inspectBackup(path.join(directory, 'missing'))).rejects.toThrow(/not a whole Weida backup/)
})

test('a backup is for its owner only', async () => {
  await backUp()
  expect((await stat(file())).mode & 0o777).toBe(0o600)
})

test('a running Weida is noticed before its database is replaced', async () => {
  expect(await otherProcesses(source.url)).toBe(0)
  const client = new pg.Client({ connectionString: source.url, application_name: 'weida' })
  await client.connect()
  expect(await otherProcesses(source.url)).toBe(1)
  await client.end()
})
