import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

export type Held = { given: number; taken: number; people: number }
type Change = { contactIds: readonly string[]; give: readonly string[]; take: readonly string[] }

/**
 * Gives and takes own tags of people, from `now` on, in the caller's transaction; what is so already is not written.
 * Merged people are resolved, and nobody merges them until the transaction ends. Linked WeChat tags follow by themselves.
 */
export async function holdTags(trx: Executor, { contactIds, give, take }: Change, now: Date): Promise<Held> {
  const people = await holdPeople(trx, contactIds)
  const given = give.length === 0 ? 0 : await open(trx, { people, tagIds: give, now })
  const taken = take.length === 0 ? 0 : await close(trx, { people, tagIds: take, now })
  return { given, taken, people: people.length }
}

/** Whom these ids stand for now, locked in the order of their ids. */
async function holdPeople(trx: Executor, ids: readonly string[]): Promise<string[]> {
  let people = await resolve(trx, ids)
  // whoever was merged before the lock was ours is somebody else now; three times in a row is nobody's luck
  for (let look = 0; look < 3; look += 1) {
    await sql`select id from contacts where id = any(${people}::bigint[]) order by id for no key update`.execute(
      trx,
    )
    const again = await resolve(trx, people)
    if (again.length === people.length && again.every((id, index) => id === people[index])) return again
    people = again
  }
  return people
}

async function resolve(trx: Executor, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct c.id from unnest(${[...ids]}::bigint[]) as i (id)
    left join contact_aliases a on a.contact_id = i.id
    join contacts c on c.id = coalesce(a.merged_into, i.id) order by c.id`.execute(trx)
  return rows.map((row) => row.id)
}

type Spans = { people: readonly string[]; tagIds: readonly string[]; now: Date }

async function open(trx: Executor, { people, tagIds, now }: Spans): Promise<number> {
  const written = await sql`
    insert into contact_tags (tag_id, contact_id, since)
    select t.id, c.id, ${now}::timestamptz
    from unnest(${[...people]}::bigint[]) as c (id) cross join unnest(${[...tagIds]}::bigint[]) as t (id)
    order by c.id, t.id
    on conflict (tag_id, contact_id, until) do nothing`.execute(trx)
  return Number(written.numAffectedRows ?? 0n)
}

/** A span that began at this very instant never was. */
async function close(trx: Executor, { people, tagIds, now }: Spans): Promise<number> {
  const spans = sql`tag_id = any(${[...tagIds]}::bigint[]) and contact_id = any(${[...people]}::bigint[])
    and until = 'infinity'`
  const gone = await sql`delete from contact_tags where ${spans} and since >= ${now}::timestamptz`.execute(
    trx,
  )
  const closed = await sql`update contact_tags set until = ${now}::timestamptz where ${spans}`.execute(trx)
  return Number(gone.numAffectedRows ?? 0n) + Number(closed.numAffectedRows ?? 0n)
}
