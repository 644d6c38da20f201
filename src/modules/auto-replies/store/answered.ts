import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { ResolvedAnswer } from '../resolve.ts'

export type VersionKey = { ruleId: string; accountId: string; version: number }
export const versionName = ({ ruleId, accountId, version }: VersionKey) => `${ruleId}:${accountId}:${version}`

/** Answers never change, so those used lately stay in memory. */
export type KeptAnswers = Map<string, ResolvedAnswer>
const MOST_KEPT = 5_000

/** What was answered under these versions. */
export async function answersOf(
  db: Executor,
  keys: readonly VersionKey[],
  kept: KeptAnswers,
): Promise<KeptAnswers> {
  const wanted = new Map(keys.map((key) => [versionName(key), key]))
  const found = new Map<string, ResolvedAnswer>()
  const missing: VersionKey[] = []
  for (const [name, key] of wanted) {
    const answer = kept.get(name)
    if (answer === undefined) missing.push(key)
    else found.set(name, answer)
  }
  if (missing.length === 0) return found
  const { rows } = await sql<VersionKey & { answer: ResolvedAnswer }>`
    select v.rule_id as "ruleId", v.account_id as "accountId", v.version, v.answer
    from unnest(${missing.map((key) => key.ruleId)}::bigint[], ${missing.map((key) => key.accountId)}::bigint[],
      ${missing.map((key) => key.version)}::int[]) as k (rule_id, account_id, version)
    join reply_versions v on v.rule_id = k.rule_id and v.account_id = k.account_id and v.version = k.version`.execute(
    db,
  )
  if (kept.size + rows.length > MOST_KEPT) kept.clear()
  for (const { answer, ...key } of rows) {
    kept.set(versionName(key), answer)
    found.set(versionName(key), answer)
  }
  return found
}

export type Sum = {
  ruleId: string
  accountId: string
  day: string
  /** Place of the word that matched; -1 where none did. */
  keyword: number
  hits: number
  passive: number
  muted: number
}

const SLOTS = 8
let turn = 0

/** Adds to what rules have done on a day. */
export async function addDays(trx: Executor, sums: readonly Sum[]): Promise<void> {
  if (sums.length === 0) return
  turn = (turn + 1) % SLOTS
  const rows = sums.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const column = <T>(pick: (row: Sum) => T) => rows.map(pick)
  await sql`${prepare}insert into reply_days as d (rule_id, account_id, day, keyword, slot, hits, passive, muted)
    select u.rule_id, u.account_id, u.day, u.keyword, ${turn}::smallint, u.hits, u.passive, u.muted
    from unnest(${column((row) => row.ruleId)}::bigint[], ${column((row) => row.accountId)}::bigint[],
      ${column((row) => row.day)}::date[], ${column((row) => row.keyword)}::smallint[],
      ${column((row) => row.hits)}::int[], ${column((row) => row.passive)}::int[], ${column((row) => row.muted)}::int[])
      as u (rule_id, account_id, day, keyword, hits, passive, muted)
    join reply_rules r on r.id = u.rule_id join accounts a on a.id = u.account_id
    on conflict (rule_id, account_id, day, keyword, slot) do update
      set hits = d.hits + excluded.hits, passive = d.passive + excluded.passive, muted = d.muted + excluded.muted`.execute(
    trx,
  )
}

const orderOf = ({ ruleId, accountId, day, keyword }: Sum) => `${ruleId}:${accountId}:${day}:${keyword}`

export type PersonHit = { ruleId: string; fanId: string; hits: number; firstAt: Date; lastAt: Date }

/** Whom rules have answered, and how often. */
export async function addPeople(trx: Executor, hits: readonly PersonHit[]): Promise<void> {
  if (hits.length === 0) return
  const column = <T>(pick: (row: PersonHit) => T) => hits.map(pick)
  await sql`${prepare}insert into reply_people as p (rule_id, fan_id, hits, first_at, last_at)
    select u.rule_id, u.fan_id, u.hits, u.first_at, u.last_at
    from unnest(${column((row) => row.ruleId)}::bigint[], ${column((row) => row.fanId)}::bigint[],
      ${column((row) => row.hits)}::int[], ${column((row) => row.firstAt.toISOString())}::timestamptz[],
      ${column((row) => row.lastAt.toISOString())}::timestamptz[]) as u (rule_id, fan_id, hits, first_at, last_at)
    join reply_rules r on r.id = u.rule_id join fans f on f.id = u.fan_id
    order by u.rule_id, u.fan_id
    on conflict (rule_id, fan_id) do update set hits = p.hits + excluded.hits,
      first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at)`.execute(
    trx,
  )
}
