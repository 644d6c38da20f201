import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { createLocalFiles } from '../../infra/files/index.ts'
import { listMadeTables, listPartitions, listSequences, listTables } from './catalog.ts'
import { type Part, writeBackup } from './format.ts'

export type BackupSource = { databaseUrl: string; filesDir: string }

/**
 * Writes one instant of the database, whatever goes on meanwhile, and all uploaded files. Streams: memory does
 * not grow with the data.
 */
export async function writeBackupFile(
  source: BackupSource,
  target: string,
): Promise<{ tables: number; files: number }> {
  const client = new pg.Client({ connectionString: source.databaseUrl, application_name: 'weida backup' })
  await client.connect()
  const counts = { tables: 0, files: 0 }
  try {
    await client.query('begin isolation level repeatable read, read only')
    await writeBackup(target, parts(client, source.filesDir, counts))
    await client.query('commit')
  } finally {
    await client.end()
  }
  return counts
}

async function* parts(
  client: pg.Client,
  filesDir: string,
  counts: { tables: number; files: number },
): AsyncGenerator<Part> {
  const { rows } = await client.query<{ name: string }>('select name from schema_migrations order by name')
  const manifest = {
    format: 1 as const,
    createdAt: new Date().toISOString(),
    migrations: rows.map(({ name }) => name),
    partitions: await listPartitions(client),
    made: await listMadeTables(client),
  }
  yield { head: { kind: 'manifest', manifest }, data: nothing() }
  for (const { name, columns } of await listTables(client)) {
    counts.tables += 1
    const copy = client.query(copyTo(`copy ${name} (${columns.join(', ')}) to stdout`))
    yield { head: { kind: 'table', table: name, columns }, data: copy }
  }
  const sequences = await listSequences(client)
  // After the snapshot: every file a row names is there.
  for await (const part of files(filesDir)) {
    counts.files += 1
    yield part
  }
  yield { head: { kind: 'end', sequences, ...counts }, data: nothing() }
}

async function* files(directory: string): AsyncGenerator<Part> {
  const store = createLocalFiles(directory)
  for (const shelf of await readdir(directory)) {
    if (!/^[0-9a-f]{2}$/.test(shelf)) continue
    for (const key of await readdir(path.join(directory, shelf))) {
      if (!(await stat(path.join(directory, shelf, key)).catch(() => undefined))) continue
      const { stream, size } = await store.open(key)
      yield { head: { kind: 'file', key, size }, data: stream }
    }
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}
