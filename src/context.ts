import type { Pool } from 'pg'
import { type Channels, createChannels } from './channels/port.ts'
import type { Config } from './config.ts'
import { CLOCK_TOPIC, type Clock, createSharedClock, type SharedClock } from './infra/clock.ts'
import { createLocalFiles, type Files } from './infra/files/index.ts'
import { createLog, type Log } from './infra/log.ts'
import { createPool } from './infra/postgres/connect.ts'
import { createQueue, type Queue } from './infra/queue.ts'
import { createRates, type Rates } from './infra/rates.ts'
import { createSecrets, loadSecretsKey, type Secrets } from './infra/secrets.ts'
import { createDb, type Db } from './infra/transaction.ts'
import { createWake, type Wake } from './infra/wake.ts'
import { unavailable } from './kernel/errors.ts'

export type Role = 'administrator' | 'operator' | 'approver' | 'analyst'

/** Who acts. Commands check and audit it; `accounts` is null for those who see every account. */
export type Actor =
  | { kind: 'system'; name: string }
  | {
      kind: 'operator' | 'api-key'
      /** Operator id, also for an API key: a key acts as the person who made it. */
      id: string
      name: string
      role: Role
      accounts: string[] | null
      locale: 'zh-CN' | 'en'
    }

export type Mode = 'sandbox' | 'production'

/** What a command gets. There are no globals: everything that reads or changes the world comes through here. */
export type Ctx = {
  config: Config
  mode: Mode
  pool: Pool
  /** For pushes alone: whoever waits 5 s for an answer never waits behind anybody's long query. */
  ingestPool: Pool
  db: Db
  clock: Clock
  log: Log
  queue: Queue
  wake: Wake
  channels: Channels
  secrets: Secrets
  files: Files
  rates: Rates
  actor: Actor
}

export const systemActor = (name: string): Actor => ({ kind: 'system', name })

export const withActor = (ctx: Ctx, actor: Actor): Ctx => ({ ...ctx, actor })

/** The language of whoever acts. */
export const localeOf = ({ actor }: Pick<Ctx, 'actor'>): 'zh-CN' | 'en' =>
  actor.kind === 'system' ? 'zh-CN' : actor.locale

export type OwnedCtx = Ctx & {
  /** Re-reads the shared clock and keeps it in step until closed. */
  clock: SharedClock
  close(): Promise<void>
}

type ContextOptions = {
  databaseUrl: string
  actor?: Actor
  /** Where the log goes, if not to standard output. */
  log?: Log
  /** Connections, where the settings' number is not right. */
  poolSize?: number
}

/**
 * Opens everything a process needs on a migrated database and reads what the database was made for. Production
 * refuses to start when machine and database clocks differ by more than two seconds.
 */
export async function createContext(config: Config, options: ContextOptions): Promise<OwnedCtx> {
  const log = options.log ?? createLog(config.logLevel)
  const pool = createPool({
    databaseUrl: options.databaseUrl,
    max: options.poolSize ?? config.poolSize,
    onError: (error) => log.warn({ err: error.message }, 'database connection lost'),
  })
  const db = createDb(pool)
  // opens nothing until the first push
  const ingestPool = createPool({
    databaseUrl: options.databaseUrl,
    max: INGEST_CONNECTIONS,
    name: 'weida-ingest',
    onError: (error) => log.warn({ err: error.message }, 'database connection of ingest lost'),
  })
  const installation = await db.selectFrom('installation').select('mode').executeTakeFirst()
  if (installation === undefined) {
    await pool.end()
    throw unavailable('not_installed', 'the database is not made yet: run `weida migrate`')
  }
  const mode = installation.mode as Mode
  if (mode === 'production') await refuseClockDrift(pool)
  const clock = await createSharedClock(pool, log)
  const wake = await createWake(pool, log)
  const offClock = wake.on(CLOCK_TOPIC, () => void clock.refresh().catch(() => undefined))
  const ticker = setInterval(() => void clock.refresh().catch(() => undefined), 1_000)
  ticker.unref()
  const queue = await createQueue(pool, log)
  const channels = createChannels({ mode, simulatorUrl: config.simulator.url })
  return {
    config,
    mode,
    pool,
    ingestPool,
    db,
    clock,
    log,
    queue,
    wake,
    channels,
    secrets: createSecrets(loadSecretsKey(config.secretsKey, config.dataDir)),
    files: createLocalFiles(config.filesDir),
    rates: createRates(pool),
    actor: options.actor ?? systemActor('system'),
    async close() {
      clearInterval(ticker)
      offClock()
      await queue.close()
      await wake.close()
      await channels.close()
      await ingestPool.end()
      await pool.end()
    },
  }
}

const MAX_CLOCK_DRIFT_MS = 2_000
/** One for each commit at a time, and one for whose push it is and by what rules it is answered. */
const INGEST_CONNECTIONS = 3

async function refuseClockDrift(pool: Pool): Promise<void> {
  const before = Date.now()
  const { rows } = await pool.query<{ ms: number }>(
    'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
  )
  const drift = Math.abs((rows[0]?.ms ?? 0) - (before + Date.now()) / 2)
  if (drift > MAX_CLOCK_DRIFT_MS) {
    await pool.end()
    throw unavailable(
      'clock_drift',
      `machine and database clocks differ by ${Math.round(drift)} ms: set the time first`,
    )
  }
}
