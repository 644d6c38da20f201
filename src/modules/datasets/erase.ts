import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { selectDatasets } from './store.ts'
import { table } from './tables.ts'

/**
 * Deletes all rows, of all times, that came with these people or with those merged into them. For erasing a person;
 * returns how many versions of rows and lines went.
 */
export async function eraseDetails(
  trx: Executor,
  contactIds: readonly string[],
): Promise<{ rows: number; lines: number }> {
  const erased = { rows: 0, lines: 0 }
  const people = sql`contact_id = any(array(
    select unnest(${[...contactIds]}::bigint[])
    union select a.contact_id from contact_aliases a where a.merged_into = any(${[...contactIds]}::bigint[])))`
  for (const { id, hasLines } of await selectDatasets(trx)) {
    if (hasLines) {
      const { numAffectedRows } = await sql`delete from ${table(id, 'line')} where ${people}`.execute(trx)
      erased.lines += Number(numAffectedRows ?? 0)
    }
    const { numAffectedRows } = await sql`delete from ${table(id)} where ${people}`.execute(trx)
    erased.rows += Number(numAffectedRows ?? 0)
  }
  return erased
}

const CHUNK = 2_000
/** Real time between two looks for rows past their retention. */
const TIDY_EVERY_MINUTES = 10

/**
 * One chunk of rows that happened longer ago than their dataset keeps them, all versions; how many. The dataset looked
 * after longest ago comes first.
 */
export function tidyRows(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const due = await sql<{ id: number; days: number; has_lines: boolean }>`
      select id, retention_days as days, line_fields is not null as has_lines from datasets
      where retention_days is not null and (tidied_at is null
        or tidied_at < clock_timestamp() - ${TIDY_EVERY_MINUTES} * interval '1 minute')
      order by tidied_at nulls first, id limit 1 for update skip locked`.execute(trx)
    const [dataset] = due.rows
    if (dataset === undefined) return 0
    const before = new Date(ctx.clock.now().getTime() - dataset.days * 86_400_000)
    const gone = await deleteBefore(trx, { ...dataset, before })
    if (gone < CHUNK)
      await sql`update datasets set tidied_at = clock_timestamp() where id = ${dataset.id}`.execute(trx)
    return gone
  })
}

async function deleteBefore(
  trx: Executor,
  { id, has_lines: hasLines, before }: { id: number; has_lines: boolean; before: Date },
): Promise<number> {
  const { rows } = await sql<{ key: string; until: string }>`
    with old as (
      select key, until from ${table(id)} where at < ${before}::timestamptz order by at, key limit ${CHUNK} for update skip locked)
    delete from ${table(id)} r using old where r.key = old.key and r.until = old.until
    returning r.key, r.until::text as until`.execute(trx)
  if (hasLines && rows.length > 0)
    await sql`
      delete from ${table(id, 'line')} l using unnest(${rows.map(({ key }) => key)}::text[],
        ${rows.map(({ until }) => until)}::timestamptz[]) as gone (key, until)
      where l.key = gone.key and l.until = gone.until`.execute(trx)
  return rows.length
}
