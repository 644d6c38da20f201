import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { tableName } from '../datasets/index.ts'
import type { Subject } from './places.ts'

/** Rows and lines of detail data that came with a person, of all times. */
export async function countDetails(db: Executor, { contactIds }: Subject): Promise<number> {
  const datasets = await sql<{ id: number; lines: boolean }>`
    select id, line_fields is not null as lines from datasets order by id`.execute(db)
  const tables = datasets.rows.flatMap(({ id, lines }) => [
    tableName(id),
    ...(lines ? [tableName(id, 'line')] : []),
  ])
  let total = 0
  for (const table of tables) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from ${sql.raw(table)} where contact_id = any(${contactIds}::bigint[])`.execute(
      db,
    )
    total += rows[0]?.n ?? 0
  }
  return total
}
