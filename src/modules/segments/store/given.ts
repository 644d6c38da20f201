import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { IdKind } from '../schema/segment.ts'

/** A table of this transaction that given ids are gathered in before they are resolved in one statement. */
export async function createGiven(trx: Executor): Promise<void> {
  await sql`create temporary table segment_given (
    place int generated always as identity, value text not null) on commit drop`.execute(trx)
}

export async function insertGiven(trx: Executor, values: readonly string[]): Promise<void> {
  await sql`insert into segment_given (value) select v from unnest(${[...values]}::text[]) with ordinality as g (v, n)
    order by n`.execute(trx)
}

/** Matches each given value (`g.value`) with the contact that has it; openids in one account only. */
function ownersOf(idKind: IdKind, accountId: string | null): RawBuilder<unknown> {
  if (idKind === 'openid')
    return sql`select f.contact_id, g.value from segment_given g
      join fans f on f.openid = g.value and f.account_id = ${accountId}::bigint`
  return sql`select i.contact_id, g.value from segment_given g
    join contact_identities i on i.kind = ${idKind}::text and i.value = g.value
    where ${accountId}::bigint is null or exists (
      select from fans f where f.contact_id = i.contact_id and f.account_id = ${accountId}::bigint)`
}

export type GivenCounts = { given: number; repeated: number; unknown: number }

/** The people of the given ids, each once, as a relation. */
export const givenPeople = (idKind: IdKind, accountId: string | null): RawBuilder<{ contact_id: string }> =>
  sql<{ contact_id: string }>`select distinct o.contact_id from (${ownersOf(idKind, accountId)}) o`

/** Keeps the ids that nobody has, and counts what became of all. */
export async function keepUnknown(
  trx: Executor,
  { segmentId, idKind, accountId }: { segmentId: string; idKind: IdKind; accountId: string | null },
): Promise<GivenCounts> {
  const kept = await sql`
    insert into segment_unknown_ids (segment_id, place, value)
    select ${segmentId}::bigint, min(g.place), g.value from segment_given g
    where not exists (select from (${ownersOf(idKind, accountId)}) o where o.value = g.value)
    group by g.value`.execute(trx)
  const { rows } = await sql<{ given: string; different: string }>`
    select count(*) as given, count(distinct value) as different from segment_given`.execute(trx)
  const given = Number(rows[0]?.given ?? 0)
  return {
    given,
    repeated: given - Number(rows[0]?.different ?? 0),
    unknown: Number(kept.numAffectedRows ?? 0),
  }
}

export async function setOrigin(trx: Executor, segmentId: string, origin: object): Promise<void> {
  await trx
    .updateTable('segments')
    .set({ origin: JSON.stringify(origin) })
    .where('id', '=', segmentId)
    .execute()
}

/** A portion of the unknown ids of an upload, in the order of the file. */
export async function selectUnknown(
  db: Executor,
  segmentId: string,
  { after, limit }: { after: number; limit: number },
): Promise<{ place: number; value: string }[]> {
  return db
    .selectFrom('segment_unknown_ids')
    .select(['place', 'value'])
    .where('segment_id', '=', segmentId)
    .where('place', '>', after)
    .orderBy('place')
    .limit(limit)
    .execute()
}
