import type { Config } from '../../config.ts'
import { migrationState } from '../../infra/postgres/migrate.ts'
import { query } from '../database.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

const MAX_DRIFT_MS = 2_000

type Facts = { version: number; encoding: string; chinese: boolean; connections: number }

/** Version, encoding, and whether the database takes Chinese letters for letters: with plain C it does not. */
export async function checkServer(url: string): Promise<Finding[]> {
  const facts = await query(url, async (client) => {
    const { rows } = await client.query<Facts>(
      `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
              '微信粉丝' ~ '^[[:alpha:]]+$' and lower('É') = 'é' as chinese,
              current_setting('max_connections')::int as connections`,
    )
    return rows[0]!
  })
  const major = Math.floor(facts.version / 10_000)
  return [
    major >= 15
      ? ok(`PostgreSQL ${major}`, '')
      : wrong(`PostgreSQL ${major} 过旧`, 'too old', '升级到 15 或更新版本', 'upgrade to 15 or newer'),
    facts.encoding === 'UTF8'
      ? ok('编码 UTF8', 'encoding')
      : wrong(
          `编码 ${facts.encoding}`,
          'encoding',
          '用 encoding UTF8 重建数据库',
          'make the database anew with encoding UTF8',
        ),
    facts.chinese
      ? ok('排序规则支持中文', 'the locale knows Chinese letters')
      : wrong(
          '数据库的 locale 是 C，中文搜索会出错',
          "the database's locale is plain C, searching Chinese fails",
          "用 locale 'C.UTF-8' 重建数据库",
          "make the database anew with locale 'C.UTF-8'",
        ),
    facts.connections >= 40
      ? ok(`连接上限 ${facts.connections}`, 'connections at most')
      : note(`连接上限只有 ${facts.connections}`, 'connections at most, few processes fit'),
  ]
}

export async function checkMigrations(url: string): Promise<Finding> {
  const { pending, unknown } = await migrationState(url)
  if (pending.length > 0) {
    return wrong(
      `${pending.length} 个迁移未应用`,
      'migrations are pending',
      '运行 weida migrate',
      'run weida migrate',
    )
  }
  return unknown.length > 0
    ? note(`数据库比程序新（${unknown.at(-1)}）`, 'the database is newer than this program')
    : ok('数据库结构是最新的', 'the database is up to date')
}

/** What is due is decided by both clocks: production refuses to send when they differ. */
export async function checkClock(url: string): Promise<Finding> {
  const drift = await query(url, async (client) => {
    const before = Date.now()
    const { rows } = await client.query<{ ms: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
    )
    return Math.round((rows[0]?.ms ?? 0) - (before + Date.now()) / 2)
  })
  if (Math.abs(drift) < MAX_DRIFT_MS) return ok(`时钟相差 ${drift} ms`, 'between machine and database clocks')
  return wrong(
    `本机与数据库时钟相差 ${drift} ms`,
    'between machine and database clocks',
    '两边都开启 NTP 校时',
    'turn NTP on at both',
  )
}

export type Installed = { mode: Config['mode']; paused: boolean; encrypted: boolean }

/** What the database was made for; undefined while nothing is in it. */
export async function readInstallation(url: string): Promise<Installed | undefined> {
  return await query(url, async (client) => {
    const there = await client.query(
      `select to_regclass('installation') is not null and to_regclass('accounts') is not null as made`,
    )
    if (!there.rows[0]?.made) return undefined
    const { rows } = await client.query<Installed>(
      `select mode, sending_paused as paused, exists (select from accounts) as encrypted from installation`,
    )
    return rows[0]
  })
}
