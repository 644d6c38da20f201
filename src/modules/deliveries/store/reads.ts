import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { DeliveryState } from '../schema.ts'

export type DeliveryRow = {
  id: string
  sendId: string
  accountId: string
  version: number
  contactId: string
  fanId: string
  occurrence: string
  runId: string | null
  state: DeliveryState
  reason: string | null
  detail: Record<string, unknown> | null
  context: Record<string, unknown> | null
  dueAt: Date
  plannedAt: Date
  attempts: number
  intentAt: Date | null
  settledAt: Date | null
  msgId: string | null
  clickedAt: Date | null
  convertedAt: Date | null
  conversionValue: string | null
}

const COLUMNS = sql`d.id, d.send_id as "sendId", d.account_id as "accountId", d.version, d.contact_id as "contactId",
  d.fan_id as "fanId", d.occurrence, d.run_id as "runId", d.state, d.reason, d.detail, d.context, d.due_at as "dueAt",
  d.planned_at as "plannedAt", d.attempts, d.intent_at as "intentAt", d.settled_at as "settledAt", d.msg_id as "msgId",
  d.clicked_at as "clickedAt", d.converted_at as "convertedAt", d.conversion_value as "conversionValue"`

export type DeliveryFilter = {
  sendId?: string | undefined
  accountId?: string | undefined
  accountIds?: readonly string[] | undefined
  runId?: string | undefined
  states?: readonly DeliveryState[] | undefined
  reason?: string | undefined
  /** Every id the person goes by. */
  contactIds?: readonly string[] | undefined
  clicked?: boolean | undefined
  converted?: boolean | undefined
  cursor?: string | undefined
  limit: number
}

/** Deliveries, newest first; name a send or a person. */
export async function listDeliveries(db: Executor, filter: DeliveryFilter): Promise<Page<DeliveryRow>> {
  const where = [
    filter.sendId !== undefined && sql`d.send_id = ${filter.sendId}::bigint`,
    filter.accountId !== undefined && sql`d.account_id = ${filter.accountId}::bigint`,
    filter.accountIds !== undefined && sql`d.account_id = any(${[...filter.accountIds]}::bigint[])`,
    filter.runId !== undefined && sql`d.run_id = ${filter.runId}::bigint`,
    filter.states !== undefined && sql`d.state = any(${[...filter.states]}::text[])`,
    filter.reason !== undefined && sql`d.reason = ${filter.reason}`,
    filter.contactIds !== undefined && sql`d.contact_id = any(${[...filter.contactIds]}::bigint[])`,
    filter.clicked !== undefined && sql`(d.clicked_at is not null) = ${filter.clicked}`,
    filter.converted !== undefined && sql`(d.converted_at is not null) = ${filter.converted}`,
    filter.cursor !== undefined && sql`d.id < ${filter.cursor}::bigint`,
  ].filter((one) => one !== false)
  const { rows } = await sql<DeliveryRow>`select ${COLUMNS} from deliveries d
    where ${where.length === 0 ? sql`true` : sql.join(where, sql` and `)}
    order by d.id desc limit ${filter.limit + 1}`.execute(db)
  return toPage(rows, filter.limit, (row) => row.id)
}

export async function getDelivery(
  db: Executor,
  key: { accountId: string; deliveryId: string },
): Promise<DeliveryRow | undefined> {
  const { rows } = await sql<DeliveryRow>`select ${COLUMNS} from deliveries d
    where d.id = ${key.deliveryId}::bigint and d.account_id = ${key.accountId}::bigint`.execute(db)
  return rows[0]
}

/** Rows of a span that are counted before its number is taken from the sums instead. */
const FEW = 5_000

/**
 * How many wait for when: `buckets` spans of equal length from `from` to `to`; those before and after fall into the ends. Mostly
 * one span holds nearly all of them: then it is what the tallies say less the others, and is not counted.
 */
export async function waitingByTime(
  db: Executor,
  sendId: string,
  { from, to, buckets, few = FEW }: { from: Date; to: Date; buckets: number; few?: number },
): Promise<{ from: Date; to: Date; n: number }[]> {
  const span = (to.getTime() - from.getTime()) / buckets
  const spans = Array.from({ length: buckets }, (_, bucket) => ({
    from: new Date(from.getTime() + bucket * span),
    to: new Date(from.getTime() + (bucket + 1) * span),
    begins: bucket === 0 ? '-infinity' : new Date(from.getTime() + bucket * span).toISOString(),
    ends: bucket === buckets - 1 ? 'infinity' : new Date(from.getTime() + (bucket + 1) * span).toISOString(),
  }))
  // one statement: rows and sums of the same moment
  const { rows } = await sql<{ bucket: number; n: string; total: string }>`
    select u.bucket, w.n, (select coalesce(sum(t.n), 0) from delivery_tallies t
      where t.send_id = ${sendId}::bigint and t.state in ('planned', 'held')) as total
    from unnest(${spans.map((_, bucket) => bucket)}::int[], ${spans.map(({ begins }) => begins)}::timestamptz[],
      ${spans.map(({ ends }) => ends)}::timestamptz[]) as u (bucket, begins, ends)
    cross join lateral (select count(*) as n from (select from deliveries d
      where d.send_id = ${sendId}::bigint and d.state in ('planned', 'held') and d.due_at >= u.begins and d.due_at < u.ends
      limit ${few}) some_of) w
    order by u.bucket`.execute(db)
  const counts = rows.map(({ n }) => Number(n))
  const many = counts.flatMap((n, bucket) => (n < few ? [] : [bucket]))
  if (many.length > 1) return waitingByTime(db, sendId, { from, to, buckets, few: Number.MAX_SAFE_INTEGER })
  const [only] = many
  if (only !== undefined && few < Number.MAX_SAFE_INTEGER)
    counts[only] = counts.reduce(
      (rest, n, bucket) => (bucket === only ? rest : rest - n),
      Number(rows[0]?.total),
    )
  return spans.flatMap(({ from: begins, to: ends }, bucket) => {
    const n = counts[bucket] ?? 0
    return n === 0 ? [] : [{ from: begins, to: ends, n }]
  })
}

export type Touch = {
  deliveryId: string
  sendId: string
  contactId: string
  intentAt: Date
  clickedAt: Date | null
}

/** What people (by every id each goes by) got since `since`, newest first: for the last touch before something they did. */
export async function lastTouches(
  db: Executor,
  contactIds: readonly string[],
  since: Date,
): Promise<Touch[]> {
  const { rows } = await sql<Touch>`
    select d.id as "deliveryId", d.send_id as "sendId", d.contact_id as "contactId", d.intent_at as "intentAt",
      d.clicked_at as "clickedAt"
    from deliveries d
    where d.contact_id = any(${[...contactIds]}::bigint[]) and d.intent_at >= ${since}
      and d.state in ('accepted', 'delivered', 'unknown')
    order by d.intent_at desc, d.id desc`.execute(db)
  return rows
}
