import pg from 'pg'
import type { Config } from '../config.ts'
import { findRunningPostgres, startEmbeddedPostgres } from '../infra/postgres/embedded.ts'
import { StartFailure } from '../infra/postgres/failures.ts'
import { migrate, migrationState } from '../infra/postgres/migrate.ts'

export type OpenDatabase = {
  url: string
  /** Where it is, for people; no password. */
  place: string
  /** Resolves when an embedded server has ended by itself. */
  failed: Promise<void>
  close(): Promise<void>
}

type Options = {
  /** Use the server that a running Weida of this data directory has, instead of refusing to start a second. */
  share?: boolean
}

const never = new Promise<void>(() => {})

/** The database of the settings: the one given by URL, or an embedded server that lives until `close`. */
export async function openDatabase(config: Config, { share = false }: Options = {}): Promise<OpenDatabase> {
  if (config.databaseUrl) {
    const { host, pathname } = new URL(config.databaseUrl)
    return { url: config.databaseUrl, place: `${host}${pathname}`, failed: never, close: async () => {} }
  }
  const running = share ? await findRunningPostgres(config.dataDir) : undefined
  if (running) return { url: running.url, place: running.directory, failed: never, close: async () => {} }
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir })
  return { url: server.url, place: server.directory, failed: server.failed, close: server.stop }
}

/**
 * Brings the database up to date and, when it is new, says for good whether it is a sandbox or for production.
 * Returns what was applied and the mode it has.
 */
export async function prepareDatabase(
  url: string,
  mode: Config['mode'],
): Promise<{ applied: string[]; mode: Config['mode']; created: boolean }> {
  await requireSupported(url)
  const applied = await migrate(url)
  return await query(url, async (client) => {
    const made = await client.query(
      `insert into installation (mode) select $1 where not exists (select from installation)
       on conflict do nothing returning mode`,
      [mode],
    )
    const { rows } = await client.query<{ mode: Config['mode'] }>('select mode from installation')
    return { applied, mode: rows[0]?.mode ?? mode, created: made.rowCount === 1 }
  })
}

/** Roles that run as processes of their own don't migrate: several of them start at once, of two versions. */
export async function requireMigrated(url: string): Promise<void> {
  const { pending } = await migrationState(url)
  if (pending.length === 0) return
  throw new StartFailure(
    `数据库还有 ${pending.length} 个迁移未应用：请先运行 weida migrate。`,
    `The database lacks ${pending.length} migrations: run weida migrate first.`,
  )
}

const OLDEST = 150_000

async function requireSupported(url: string): Promise<void> {
  const { version, encoding } = await query(url, async (client) => {
    const { rows } = await client.query<{ version: number; encoding: string }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
    )
    return rows[0] ?? { version: 0, encoding: '' }
  })
  if (version < OLDEST) {
    throw new StartFailure(
      `PostgreSQL 版本过低（${Math.floor(version / 10_000)}）：需要 15 或更新版本。`,
      `PostgreSQL ${Math.floor(version / 10_000)} is too old: 15 or newer is needed.`,
    )
  }
  if (encoding !== 'UTF8') {
    throw new StartFailure(
      `数据库编码是 ${encoding}：请用 UTF8 重建（create database … encoding 'UTF8' template template0）。`,
      `The database's encoding is ${encoding}: make it anew with UTF8 (create database … encoding 'UTF8' template template0).`,
    )
  }
}

export async function query<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'weida command',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
