import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { eventsOf, PLACES, type Subject } from './places.ts'
import type { Counts } from './schema.ts'

/** How many rows are about a person, by kind, in one statement. */
export async function countRows(db: Executor, subject: Subject): Promise<Counts> {
  const parts = [
    ...PLACES.map(
      ({ kind, table, where }) =>
        sql`select ${kind} as kind, count(*)::int as n from ${sql.table(table)} where ${where(subject)}`,
    ),
    sql`select 'events', count(*)::int from events where ${eventsOf(subject)}`,
    sql`select 'recipients', count(*)::int from unnest(${subject.fanIds}::bigint[]) as f
      join broadcasts b on true join broadcast_recipients r on r.broadcast_id = b.id and r.fan_id = f`,
  ]
  const { rows } = await sql<{ kind: keyof Counts; n: number }>`${sql.join(parts, sql` union all `)}`.execute(
    db,
  )
  const counts: Counts = { contacts: subject.contactIds.length, fans: subject.fanIds.length }
  for (const { kind, n } of rows) counts[kind] = (counts[kind] ?? 0) + n
  return counts
}
