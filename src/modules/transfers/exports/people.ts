import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { countPeople, type PersonRow, peopleWhere, withinScope } from '../../contacts/index.ts'
import { forAudience, segmentPeople } from '../../segments/index.ts'
import type { ExportedPeople } from './schema.ts'

type Whom = { whom: ExportedPeople; accounts: readonly string[] | null }

/** A SELECT of `id`: people within the scope, each once under the id they have now. */
async function relationOf(
  ctx: Ctx,
  trx: Executor,
  { whom, accounts }: Whom,
): Promise<RawBuilder<{ id: string }>> {
  if (whom.kind === 'filter') {
    return sql<{
      id: string
    }>`select c.id from contacts c where ${await peopleWhere(trx, accounts, whom.filter)}`
  }
  const asked =
    whom.kind === 'segment'
      ? (await segmentPeople(ctx, whom.segmentId, { db: trx })).relation
      : sql`select unnest(${whom.contactIds}::bigint[]) as contact_id`
  return sql<{ id: string }>`
    select distinct c.id from (${asked}) m
    left join contact_aliases became on became.contact_id = m.contact_id
    join contacts c on c.id = coalesce(became.merged_into, m.contact_id)
    where ${withinScope(accounts, sql`c.id`)}`
}

/** Not exact beyond the bound of counting a filter. */
export async function countWhom(ctx: Ctx, asked: Whom): Promise<{ people: number; exact: boolean }> {
  if (asked.whom.kind === 'filter') {
    const { count, exact } = await countPeople(ctx.db, asked.accounts, asked.whom.filter)
    return { people: count, exact }
  }
  return inTransaction(ctx.db, async (trx) => {
    await forAudience(trx)
    const { rows } = await sql<{ n: string }>`
      select count(*) as n from (${await relationOf(ctx, trx, asked)}) everyone`.execute(trx)
    return { people: Number(rows[0]?.n ?? 0), exact: true }
  })
}

/** Sets down who they are in a table of this transaction, to be paged through; returns how many. */
export async function holdPeople(ctx: Ctx, trx: Executor, asked: Whom): Promise<number> {
  await forAudience(trx)
  await sql`create temporary table exported_people on commit drop as ${await relationOf(ctx, trx, asked)}`.execute(
    trx,
  )
  await sql`create unique index on exported_people (id)`.execute(trx)
  await sql`analyze exported_people`.execute(trx)
  const { rows } = await sql<{ n: string }>`select count(*) as n from exported_people`.execute(trx)
  return Number(rows[0]?.n ?? 0)
}

/** Newest first, those with an id before `before`. */
export async function pageOfHeld(trx: Executor, before: string | null, limit: number): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select c.id, c.name, c.unionid, c.created_at from exported_people e join contacts c on c.id = e.id
    ${before === null ? sql`` : sql`where e.id < ${before}::bigint`}
    order by e.id desc limit ${limit}`.execute(trx)
  return rows
}
