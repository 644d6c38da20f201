import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'

export type Migration = { name: string; checksum: string; sql: string }
export type MigrateOptions = {
  /** Where the `*.sql` files lie; the project's own when left out. */
  directory?: string
  /** The last migration to apply; all when left out. For restoring a backup of an earlier version. */
  upTo?: string
  report?: (name: string) => void
}

/** A migration can't be applied, or one that was has changed since. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationError'
  }
}

const OUR_MIGRATIONS = path.resolve(import.meta.dirname, '../../../migrations')
// Any number will do that nothing else locks: "weida" in ASCII.
const LOCK = '512970122337'

/**
 * Applies what is missing, in the order of names, each file in a transaction of its own. Processes that start
 * together wait for each other. Returns the names applied now. Forward only: an edited file is refused.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.directory)
  return await connected(databaseUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(`create table if not exists schema_migrations (
      name text primary key, checksum text not null, applied_at timestamptz not null default now())`)
    const applied = await appliedChecksums(client)
    refuseEdited(migrations, applied)
    const { upTo } = options
    const pending = migrations.filter(
      ({ name }) => !applied.has(name) && (upTo === undefined || name <= upTo),
    )
    for (const migration of pending) {
      options.report?.(migration.name)
      await apply(client, migration)
    }
    return pending.map(({ name }) => name)
  })
}

/** What `migrate` would apply, and what the database has that this program doesn't know (it is newer). */
export async function migrationState(
  databaseUrl: string,
  directory?: string,
): Promise<{ pending: string[]; unknown: string[] }> {
  const migrations = await readMigrations(directory)
  return await connected(databaseUrl, async (client) => {
    const { rows } = await client.query(`select to_regclass('schema_migrations') is not null as made`)
    const applied = rows[0]?.made ? await appliedChecksums(client) : new Map<string, string>()
    refuseEdited(migrations, applied)
    const known = new Set(migrations.map(({ name }) => name))
    return {
      pending: [...known].filter((name) => !applied.has(name)),
      unknown: [...applied.keys()].filter((name) => !known.has(name)),
    }
  })
}

/** All migrations in the order they apply. A checksum ignores how lines end. */
export async function readMigrations(directory = OUR_MIGRATIONS): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (name) => {
      const sql = (await readFile(path.join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function apply(client: pg.Client, { name, checksum, sql }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [name, checksum])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new MigrationError(`migration ${name} failed: ${(error as Error).message}${place(sql, error)}`, {
      cause: error,
    })
  }
}

function place(sql: string, error: unknown): string {
  const position = Number((error as { position?: string }).position)
  return position ? ` (line ${sql.slice(0, position).split('\n').length})` : ''
}

function refuseEdited(migrations: Migration[], applied: Map<string, string>): void {
  for (const { name, checksum } of migrations) {
    const then = applied.get(name)
    if (then === undefined || then === checksum) continue
    throw new MigrationError(
      `迁移 ${name} 在应用之后被改动过：请恢复原文件，改动写进新的迁移。\n` +
        `migration ${name} was edited after it had been applied: put the file back and write the change as a new migration`,
    )
  }
}

async function appliedChecksums(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations',
  )
  return new Map(rows.map(({ name, checksum }) => [name, checksum]))
}

async function connected<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'weida migrate' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
