import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { WINDOW_EVENTS } from '../../deliveries/index.ts'
import { TOLD_BY_MS } from '../rules/index.ts'
import type { RecallRow } from './rules.ts'

/**
 * Up to which instant all acts are known: what fans did is read from the log by a reaction, and whether somebody was silent is
 * judged only as far as it has come. Null: all is read.
 */
export async function readUpTo(db: Executor): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`${prepare}
    select e.received_at as at from events e
    where e.id > (select place from reaction_places where name = 'deliveries.windows')
      and e.name = any(${[...WINDOW_EVENTS]}::text[]) order by e.id limit 1`.execute(db)
  const at = rows[0]?.at
  return at === undefined ? null : new Date(at.getTime() - TOLD_BY_MS)
}

/** Rules that are on and have somebody to look at, the one that is most behind first. */
export async function rulesWithDue(
  db: Executor,
  { now, readTo }: { now: Date; readTo: Date | null },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${prepare}
    select r.id from recall_rules r
    where r.state = 'on' and r.archived_at is null and exists (
      select from fan_last_acts l where l.account_id = r.account_id and l.at > r.looked_to
        and l.at <= least(${now}::timestamptz - greatest(r.offset_ms, ${TOLD_BY_MS}::int) * interval '1 millisecond',
          ${readTo}::timestamptz - r.offset_ms * interval '1 millisecond'))
    order by r.looked_to + r.offset_ms * interval '1 millisecond', r.id`.execute(db)
  return rows.map(({ id }) => id)
}

/** Up to which last act the moments of a rule have come, and all that was done since is known. */
export function lookTo({ now, readTo }: { now: Date; readTo: Date | null }, offsetMs: number): Date {
  const come = now.getTime() - Math.max(offsetMs, TOLD_BY_MS)
  return new Date(readTo === null ? come : Math.min(come, readTo.getTime() - offsetMs))
}

export type DueFan = {
  fanId: string
  lastAct: Date
  following: boolean
  /** Null where the person was deleted meanwhile. */
  contactId: string | null
  windows: { expiresAt: Date; left: number }[]
}
type Stored = Omit<DueFan, 'windows'> & { ends: Date[] | null; lefts: number[] | null }

/** Whose moment has come, the longest silent first; never a part of those of one instant. */
export async function dueFans(
  db: Executor,
  { accountId, lookedTo }: Pick<RecallRow, 'accountId' | 'lookedTo'>,
  { to, most }: { to: Date; most: number },
): Promise<DueFan[]> {
  const { rows } = await sql<Stored>`${prepare}
    with due as materialized (
      select l.fan_id, l.at from fan_last_acts l
      where l.account_id = ${accountId}::bigint and l.at > ${lookedTo} and l.at <= ${to}
      order by l.at fetch first (${most}::int) rows with ties)
    select d.fan_id as "fanId", d.at as "lastAct", coalesce(f.following, false) as following, f.contact_id as "contactId",
      w.ends, w.lefts
    from due d
    cross join lateral (select array_agg(s.expires_at) as ends, array_agg(s.allowance - s.used) as lefts
      from service_windows s where s.fan_id = d.fan_id) w
    left join lateral (select following, contact_id from fans where id = d.fan_id offset 0) f on true
    order by d.at, d.fan_id`.execute(db)
  return rows.map(({ ends, lefts, ...row }) => ({
    ...row,
    windows: (ends ?? []).map((expiresAt, index) => ({ expiresAt, left: lefts?.[index] ?? 0 })),
  }))
}

export async function addPasses(
  trx: Executor,
  { ruleId, day, counts }: { ruleId: string; day: string; counts: ReadonlyMap<string, number> },
): Promise<void> {
  if (counts.size === 0) return
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  await sql`${prepare}insert into recall_passes as p (rule_id, day, outcome, n)
    select ${ruleId}::bigint, ${day}::date, u.outcome, u.n
    from unnest(${rows.map(([outcome]) => outcome)}::text[], ${rows.map(([, n]) => n)}::bigint[]) as u (outcome, n)
    on conflict (rule_id, day, outcome) do update set n = p.n + excluded.n`.execute(trx)
}

export const moveLookedTo = (trx: Executor, ruleId: string, to: Date) =>
  sql`${prepare}update recall_rules set looked_to = greatest(looked_to, ${to}::timestamptz) where id = ${ruleId}::bigint`.execute(
    trx,
  )

/** The first act to come of each rule that is on, by which its next moment can be told. */
export async function nextActs(db: Executor): Promise<{ offsetMs: number; at: Date }[]> {
  const { rows } = await sql<{ offset_ms: string; at: Date }>`
    select r.offset_ms, l.at from recall_rules r
    cross join lateral (select l.at from fan_last_acts l
      where l.account_id = r.account_id and l.at > r.looked_to order by l.at limit 1) l
    where r.state = 'on' and r.archived_at is null`.execute(db)
  return rows.map((row) => ({ offsetMs: Number(row.offset_ms), at: row.at }))
}
