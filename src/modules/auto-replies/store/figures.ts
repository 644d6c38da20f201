import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { EVENTS } from '../../ingest/schema.ts'

type Of = { accountId: string; ruleId: string }
export type DayRow = { day: string; keyword: number; hits: number; passive: number; muted: number }

export async function readDays(
  db: Executor,
  { accountId, ruleId }: Of,
  { from, to }: { from: string; to: string },
): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`
    select day::text, keyword, sum(hits)::int as hits, sum(passive)::int as passive, sum(muted)::int as muted
    from reply_days where rule_id = ${ruleId}::bigint and account_id = ${accountId}::bigint
      and day between ${from}::date and ${to}::date
    group by day, keyword order by day, keyword`.execute(db)
  return rows
}

export async function readPeople(db: Executor, { accountId, ruleId }: Of): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from reply_people p join fans f on f.id = p.fan_id
    where p.rule_id = ${ruleId}::bigint and f.account_id = ${accountId}::bigint`.execute(db)
  return rows[0]?.n ?? 0
}

export type Miss = { text: string; fanId: string; at: Date; byDefault: boolean }

/** The newest texts that were answered by no rule, or by a default one. */
export async function readMisses(
  db: Executor,
  accountId: string,
  { since, most }: { since: Date; most: number },
): Promise<Miss[]> {
  const { rows } = await sql<Miss>`
    select e.properties ->> 'content' as text, e.fan_id as "fanId", e.received_at as at,
      e.properties ? 'reply' as "byDefault"
    from (select properties, fan_id, received_at from events
      where account_id = ${accountId}::bigint and name = ${EVENTS.message} and at >= ${since}
        and properties ->> 'type' = 'text' and fan_id is not null
      order by id desc limit ${most}) e
    where not e.properties ? 'reply' or exists (
      select from reply_rules r where r.id::text = e.properties #>> '{reply,rule}' and r.kind = 'default')`.execute(
    db,
  )
  return rows
}
