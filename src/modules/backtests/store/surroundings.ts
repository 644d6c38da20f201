import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { DeliveryChannel } from '../../deliveries/index.ts'

/** How many fans an account has, and between which ids their people lie. */
export async function countFans(
  db: Executor,
  accountId: string,
): Promise<{ n: number; first: number; last: number }> {
  const { rows } = await sql<{ n: string; first: string | null; last: string | null }>`
    select count(*) as n, min(contact_id) as first, max(contact_id) as last from fans
    where account_id = ${accountId}::bigint`.execute(db)
  return { n: Number(rows[0]?.n ?? 0), first: Number(rows[0]?.first ?? 0), last: Number(rows[0]?.last ?? 0) }
}

type Named = { kind: 'campaign' | 'recall' | 'broadcast'; id: string }

/** By `kind:id`, what operators call them. */
export async function namesOf(db: Executor, named: readonly Named[]): Promise<Map<string, string>> {
  const ids = (wanted: Named['kind']) => named.filter(({ kind }) => kind === wanted).map(({ id }) => id)
  const { rows } = await sql<{ key: string; name: string }>`
    select 'campaign:' || id as key, name from campaigns where id = any(${ids('campaign')}::bigint[])
    union all select 'recall:' || id, name from recall_rules where id = any(${ids('recall')}::bigint[])
    union all select 'broadcast:' || id, name from broadcasts where id = any(${ids('broadcast')}::bigint[])`.execute(
    db,
  )
  return new Map(rows.map(({ key, name }) => [key, name]))
}

type Calls = {
  accountId: string
  channel: DeliveryChannel
  from: Date
  to: Date
  kind: string
  subjectId: string | null
}

/** Messages that were really sent through the interface, by Beijing day, those of the subject left out. */
export async function callsByDay(db: Executor, asked: Calls): Promise<Map<string, number>> {
  const { accountId, channel, from, to, kind, subjectId } = asked
  const { rows } = await sql<{ day: string; n: string }>`
    select beijing_day(d.intent_at)::text as day, count(*) as n from deliveries d join sends w on w.id = d.send_id
    where d.account_id = ${accountId}::bigint and w.channel = ${channel} and d.intent_at >= ${from} and d.intent_at <= ${to}
      and d.state in ('sending', 'accepted', 'delivered', 'unknown', 'failed')
      and not (w.owner_kind = ${kind} and w.owner_id is not distinct from ${subjectId}::bigint)
    group by 1`.execute(db)
  return new Map(rows.map(({ day, n }) => [day, Number(n)]))
}

/** Whether the account has it; what is over may be asked about all the same. */
export async function findSubject(
  db: Executor,
  { accountId, kind, id }: { accountId: string; kind: 'recall' | 'campaign'; id: string },
): Promise<boolean> {
  const table = sql.table(kind === 'recall' ? 'recall_rules' : 'campaigns')
  const { rows } = await sql`select from ${table}
    where id = ${id}::bigint and account_id = ${accountId}::bigint`.execute(db)
  return rows.length > 0
}
