import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { NO_TALLY, type Tally, together } from '../rules/count.ts'

export type PersonKey = { campaignId: string; contactId: string }
export const nameOf = ({ campaignId, contactId }: PersonKey): string => `${campaignId}:${contactId}`

/**
 * What was counted for these people (canonical ids), locked to the end of the transaction. Of people who merged since, the
 * tallies are brought together under the one who stayed.
 */
export async function lockTallies(trx: Executor, keys: readonly PersonKey[]): Promise<Map<string, Tally>> {
  if (keys.length === 0) return new Map()
  const wanted = await underEveryId(trx, keys)
  await makeCanonical(trx, wanted)
  // looked up one by one (`offset 0` keeps it so): the planner knows nothing of a campaign that has just begun
  const { rows } = await sql<Tally & PersonKey & { canonical: string }>`${prepare}
    select p.campaign_id as "campaignId", p.contact_id as "contactId", w.canonical, p.seen, p.begun, p.fired
    from unnest(${wanted.map(({ campaignId }) => campaignId)}::bigint[], ${wanted.map(({ contactId }) => contactId)}::bigint[],
      ${wanted.map(({ canonical }) => canonical)}::bigint[]) as w (campaign_id, contact_id, canonical)
    cross join lateral (select * from campaign_people p
      where p.campaign_id = w.campaign_id and p.contact_id = w.contact_id offset 0 for update) p`.execute(trx)
  const tallies = new Map<string, Tally>()
  for (const { campaignId, canonical, seen, begun, fired } of rows) {
    const name = nameOf({ campaignId, contactId: canonical })
    tallies.set(name, together(tallies.get(name) ?? NO_TALLY, { seen, begun, fired }))
  }
  const merged = rows.filter((row) => row.contactId !== row.canonical)
  if (merged.length > 0) {
    await sql`delete from campaign_people p using unnest(${merged.map((row) => row.campaignId)}::bigint[],
        ${merged.map((row) => row.contactId)}::bigint[]) as m (campaign_id, contact_id)
      where p.campaign_id = m.campaign_id and p.contact_id = m.contact_id`.execute(trx)
    const stays = merged.map((row) => ({ campaignId: row.campaignId, contactId: row.canonical }))
    await writeTallies(
      trx,
      [...new Map(stays.map((key) => [nameOf(key), key]))].map(([name, key]) => ({
        ...key,
        tally: tallies.get(name) ?? NO_TALLY,
      })),
    )
  }
  return tallies
}

/** Of people who merged, the row they are brought together in is there first: who comes second waits for it, not for theirs. */
async function makeCanonical(
  trx: Executor,
  wanted: readonly (PersonKey & { canonical: string })[],
): Promise<void> {
  const merged = wanted.filter((row) => row.contactId !== row.canonical)
  if (merged.length === 0) return
  await sql`insert into campaign_people (campaign_id, contact_id)
    select distinct w.campaign_id, w.canonical
    from unnest(${merged.map((row) => row.campaignId)}::bigint[], ${merged.map((row) => row.contactId)}::bigint[],
      ${merged.map((row) => row.canonical)}::bigint[]) as w (campaign_id, contact_id, canonical)
    where exists (select from campaign_people p where p.campaign_id = w.campaign_id and p.contact_id = w.contact_id)
    order by 1, 2 on conflict do nothing`.execute(trx)
}

/** In one order for everybody, so that two who lock the same people can't wait for each other. */
async function underEveryId(
  trx: Executor,
  keys: readonly PersonKey[],
): Promise<(PersonKey & { canonical: string })[]> {
  const { rows } = await sql<{ id: string; into: string }>`${prepare}
    select contact_id as id, merged_into as into from contact_aliases
    where merged_into = any(${[...new Set(keys.map(({ contactId }) => contactId))]}::bigint[])`.execute(trx)
  const former = Map.groupBy(rows, ({ into }) => into)
  return keys
    .flatMap(({ campaignId, contactId }) => {
      const ids = [contactId, ...(former.get(contactId) ?? []).map(({ id }) => id)]
      return ids.map((id) => ({ campaignId, contactId: id, canonical: contactId }))
    })
    .sort((a, b) => compare(a.campaignId, b.campaignId) || compare(a.contactId, b.contactId))
}

const compare = (a: string, b: string): number => (a === b ? 0 : BigInt(a) < BigInt(b) ? -1 : 1)

export async function writeTallies(
  trx: Executor,
  tallies: readonly (PersonKey & { tally: Tally })[],
): Promise<void> {
  if (tallies.length === 0) return
  await sql`${prepare}insert into campaign_people as p (campaign_id, contact_id, seen, begun, fired)
    select * from unnest(${tallies.map((row) => row.campaignId)}::bigint[], ${tallies.map((row) => row.contactId)}::bigint[],
      ${tallies.map((row) => row.tally.seen)}::int[], ${tallies.map((row) => row.tally.begun)}::int[],
      ${tallies.map((row) => row.tally.fired)}::int[]) as u
    order by 1, 2
    on conflict (campaign_id, contact_id) do update
      set seen = excluded.seen, begun = excluded.begun, fired = excluded.fired`.execute(trx)
}

/** As that counted, people who did it, firings: kept summed up by the database. */
export async function sumTallies(
  db: Executor,
  campaignId: string,
): Promise<{ events: number; people: number; firings: number }> {
  const { rows } = await sql<{ events: string; people: string; firings: string }>`
    select coalesce(sum(events), 0) as events, coalesce(sum(people), 0) as people, coalesce(sum(firings), 0) as firings
    from campaign_sums where campaign_id = ${campaignId}::bigint`.execute(db)
  const [row] = rows
  return {
    events: Number(row?.events ?? 0),
    people: Number(row?.people ?? 0),
    firings: Number(row?.firings ?? 0),
  }
}

export async function findTally(
  db: Executor,
  campaignId: string,
  contactIds: readonly string[],
): Promise<Tally | undefined> {
  const { rows } = await sql<Tally>`select seen, begun, fired from campaign_people
    where campaign_id = ${campaignId}::bigint and contact_id = any(${[...contactIds]}::bigint[])`.execute(db)
  return rows.length === 0 ? undefined : rows.reduce(together, NO_TALLY)
}

/**
 * The one fan of the account each person is reached as: the one who acted, if it is of the account, else who follows
 * rather than not, and acted last. People who are no fan of it are left out.
 */
export async function fansOfPeople(
  db: Executor,
  people: readonly { accountId: string; contactId: string; fanId: string | null }[],
): Promise<Map<string, string>> {
  if (people.length === 0) return new Map()
  // from each person to their few fans (`offset 0` keeps it so), never through all of an account
  const { rows } = await sql<{ account: string; contact: string; fan: string }>`${prepare}
    select distinct on (w.account_id, w.contact_id) w.account_id as account, w.contact_id as contact, f.id as fan
    from unnest(${people.map((one) => one.accountId)}::bigint[], ${people.map((one) => one.contactId)}::bigint[],
      ${people.map((one) => one.fanId)}::bigint[]) as w (account_id, contact_id, fan_id)
    cross join lateral (select * from fans f where f.contact_id = w.contact_id offset 0) f
    where f.account_id = w.account_id
    order by w.account_id, w.contact_id, (f.id is not distinct from w.fan_id) desc, f.following desc,
      f.last_interaction_at desc nulls last, f.id`.execute(db)
  return new Map(rows.map(({ account, contact, fan }) => [`${account}:${contact}`, fan]))
}
