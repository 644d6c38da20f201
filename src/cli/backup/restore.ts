import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeWorkerUtils } from 'graphile-worker'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { createLocalFiles } from '../../infra/files/index.ts'
import { StartFailure } from '../../infra/postgres/failures.ts'
import { migrate, readMigrations } from '../../infra/postgres/migrate.ts'
import { listForeignKeys, listPartitions, listTables } from './catalog.ts'
import { type Head, type Manifest, readBackup } from './format.ts'

export type RestoreTarget = { databaseUrl: string; filesDir: string }

const MAX_FILE_BYTES = 8 * 1024 ** 3

/** Reads a backup through to its end; throws when it is not whole or this program is too old for it. */
export async function inspectBackup(file: string): Promise<Manifest> {
  let manifest: Manifest | undefined
  for await (const { head } of readBackup(file)) if (head.kind === 'manifest') manifest = head.manifest
  const known = new Set((await readMigrations()).map(({ name }) => name))
  const missing = manifest?.migrations.filter((name) => !known.has(name)) ?? []
  if (manifest && missing.length === 0) return manifest
  throw new StartFailure(
    `备份来自更新版本的微达（${missing.at(-1) ?? '未知'}）：请先升级再恢复。`,
    `The backup was made by a newer Weida (${missing.at(-1) ?? 'unknown'}): upgrade first, then restore.`,
  )
}

/**
 * Replaces the database by the backup: its schema as it was then, its rows, then the migrations since. All
 * sending is paused until an operator confirms: a backup must not send yesterday's messages again. The
 * business clock of a sandbox doesn't go back behind what the simulated WeChat has seen.
 */
export async function restoreBackup(file: string, manifest: Manifest, target: RestoreTarget): Promise<void> {
  await withClient(target.databaseUrl, async (client) => {
    const offset = await clockOffset(client)
    await client.query(
      `drop schema if exists graphile_worker cascade; drop schema if exists details cascade;
       drop schema public cascade; create schema public`,
    )
    await migrate(target.databaseUrl, { upTo: manifest.migrations.at(-1) ?? '' })
    await makeJobTables(target.databaseUrl)
    for (const statement of manifest.made ?? []) await client.query(statement)
    await makePartitions(client, manifest)
    await load(client, file, target.filesDir)
    await migrate(target.databaseUrl)
    await client.query(`update business_clock set offset_ms = $1 where offset_ms < $1`, [offset])
    await markRestored(client)
  })
}

/** From now on nothing is sent until an operator has looked at what became due since the backup. */
export async function markRestored(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  await client.query('update installation set restored_at = clock_timestamp(), sending_paused = true')
}

/** Rows of the tables that tell whether anyone has worked with this database. */
export async function holdsData(databaseUrl: string): Promise<boolean> {
  return await withClient(databaseUrl, async (client) => {
    for (const table of ['operators', 'accounts']) {
      const { rows } = await client.query('select to_regclass($1) is not null as there', [`public.${table}`])
      if (rows[0]?.there && (await client.query(`select from ${table} limit 1`)).rowCount) return true
    }
    return false
  })
}

/** Other processes of ours that use the database: they must end before it is replaced. */
export async function otherProcesses(databaseUrl: string): Promise<number> {
  return await withClient(databaseUrl, async (client) => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
       and application_name like 'weida%'`,
    )
    return rowCount ?? 0
  })
}

/** One transaction: a restore that fails leaves empty tables, never half of the rows. */
async function load(client: pg.Client, file: string, filesDir: string): Promise<void> {
  const foreignKeys = await listForeignKeys(client)
  const tables = (await listTables(client)).map(({ name }) => name)
  await client.query('begin')
  for (const { drop } of foreignKeys) await client.query(drop)
  for (const table of tables) await client.query(`alter table ${table} disable trigger user`)
  await client.query(`truncate ${tables.join(', ')}`)
  const files = createLocalFiles(filesDir)
  for await (const { head, data } of readBackup(file)) {
    if (head.kind === 'table') {
      const sink = client.query(copyFrom(`copy ${head.table} (${head.columns.join(', ')}) from stdin`))
      await pipeline(Readable.from(data), sink)
    } else if (head.kind === 'file') {
      await files.put(data, { maxBytes: MAX_FILE_BYTES })
    } else if (head.kind === 'end') {
      await setSequences(client, head)
    }
  }
  for (const table of tables) await client.query(`alter table ${table} enable trigger user`)
  for (const { make } of foreignKeys) await client.query(make)
  // Whoever held a job when the backup was made is gone.
  await client.query('update graphile_worker._private_jobs set locked_at = null, locked_by = null')
  await client.query('update graphile_worker._private_job_queues set locked_at = null, locked_by = null')
  await client.query('commit')
}

async function setSequences(client: pg.Client, { sequences }: Extract<Head, { kind: 'end' }>): Promise<void> {
  for (const { name, value, called } of sequences) {
    await client.query('select setval($1::regclass, $2, $3)', [name, value, called])
  }
}

async function makePartitions(client: pg.Client, { partitions }: Manifest): Promise<void> {
  const there = new Set((await listPartitions(client)).map(({ name }) => name))
  for (const { name, parent, bound, key } of partitions) {
    if (there.has(name)) continue
    await client.query(
      `create table ${name} partition of ${parent} ${bound}${key ? ` partition by ${key}` : ''}`,
    )
  }
}

async function makeJobTables(databaseUrl: string): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, maxPoolSize: 2 })
  await utils.migrate()
  await utils.release()
}

async function clockOffset(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.business_clock') is not null as there`,
  )
  if (!rows[0]?.there) return '0'
  const found = await client.query<{ offset_ms: string }>('select offset_ms from business_clock')
  return found.rows[0]?.offset_ms ?? '0'
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'weida restore' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
