import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

export async function retentionMonths(db: Executor): Promise<number> {
  const row = await db.selectFrom('collection_settings').select('retention_months').executeTakeFirstOrThrow()
  return row.retention_months
}

export async function updateRetentionMonths(db: Executor, months: number): Promise<void> {
  await db.updateTable('collection_settings').set({ retention_months: months }).execute()
}

/** Months that have a partition of their own, `2026-11`. */
export async function selectPartitions(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events'::regclass and c.relname ~ '^events_\\d{4}_\\d{2}$' order by 1`.execute(db)
  return rows.map(({ name }) => name.slice('events_'.length).replace('_', '-'))
}

/** Months older than what has partitions, of events that came late. */
export async function selectDefaultMonths(db: Executor, most: number): Promise<string[]> {
  const { rows } = await sql<{ month: string }>`
    select distinct to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM') as month
    from (select at from events_default limit 10000) as waiting order by 1 desc limit ${most}`.execute(db)
  return rows.map((row) => row.month)
}

export async function deleteDefaultBefore(db: Executor, before: Date, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from events_default where ctid in (select ctid from events_default where at < ${before} limit ${most})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0n)
}

export async function deleteKeysBefore(db: Executor, before: Date, most: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from source_keys where (tableoid, ctid) in (
      select tableoid, ctid from source_keys where received_at < ${before} limit ${most})`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
