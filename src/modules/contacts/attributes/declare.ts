import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import type { AttributeType } from './values.ts'
import { MAX_ATTRIBUTES } from './write.ts'

/** The types of the attributes of these keys; unknown ones are left out. */
export async function typesOfAttributes(
  db: Executor,
  keys: readonly string[],
): Promise<Map<string, AttributeType>> {
  const { rows } = await sql<{ key: string; type: AttributeType }>`
    select key, type from attributes where key = any(${[...keys]}::text[])`.execute(db)
  return new Map(rows.map(({ key, type }) => [key, type]))
}

/** Declares attributes; those there are stay as they are. Throws `too_many_attributes` beyond 500 in all. */
export async function declareAttributes(
  trx: Executor,
  attributes: readonly { key: string; type: AttributeType }[],
  now: Date,
): Promise<void> {
  if (attributes.length === 0) return
  await sql`
    insert into attributes (key, type, origin, created_at)
    select i.key, i.type, 'declared', ${now}::timestamptz
    from unnest(${attributes.map(({ key }) => key)}::text[], ${attributes.map(({ type }) => type)}::text[]) as i (key, type)
    order by i.key on conflict (key) do nothing`.execute(trx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from attributes`.execute(trx)
  if ((rows[0]?.count ?? 0) > MAX_ATTRIBUTES)
    throw invalid('too_many_attributes', 'there are too many attributes', { max: MAX_ATTRIBUTES })
}
