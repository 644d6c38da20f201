import type { PoolClient } from 'pg'
import { prepared } from '../../infra/postgres/connect.ts'
import type { FanRef } from './incoming.ts'
import type { FanNews } from './rules.ts'

/**
 * The fans that a batch is about, by `account:openid`, with what happened to them stored: made where they are new (and
 * followers), each with a contact of its own until a unionid tells more. An older fact that arrives late never
 * overwrites a newer one. Locks the fans until the end of the transaction.
 */
export async function findOrMakeFans(
  client: PoolClient,
  news: readonly FanNews[],
  receivedAt: Date,
): Promise<Map<string, FanRef>> {
  if (news.length === 0) return new Map()
  const found = await lockFans(client, news)
  const isNew = (one: FanNews) => one.make && !found.has(keyOf(one))
  const changed = news.filter((one) => found.has(keyOf(one)) && tellsSomething(one))
  await updateFans(client, changed, found)
  const missing = news.filter(isNew)
  if (missing.length === 0) return found
  for (const [key, fan] of await makeFans(client, missing, receivedAt)) found.set(key, fan)
  const lost = missing.filter(isNew)
  if (lost.length === 0) return found
  // Made by another process in the same instant, and committed by now.
  for (const [key, fan] of await lockFans(client, lost)) found.set(key, fan)
  await updateFans(client, lost.filter(tellsSomething), found)
  return found
}

const keyOf = (fan: { accountId: string; openid: string }): string => `${fan.accountId}:${fan.openid}`
const tellsSomething = (one: FanNews): boolean =>
  (one.followedAt ?? one.unfollowedAt ?? one.interactedAt) !== null

const LOCK_FANS = `
  select f.account_id, f.openid, f.id, f.contact_id
  from fans f join unnest($1::bigint[], $2::text[]) as i (account_id, openid)
    on f.account_id = i.account_id and f.openid = i.openid
  order by f.account_id, f.openid
  for no key update of f`

type FanRow = { account_id: string; openid: string; id: string; contact_id: string }

async function lockFans(client: PoolClient, news: readonly FanNews[]): Promise<Map<string, FanRef>> {
  const { rows } = await client.query<FanRow>(
    prepared(LOCK_FANS, [news.map((one) => one.accountId), news.map((one) => one.openid)]),
  )
  return refsOf(rows)
}

const refsOf = (rows: readonly FanRow[]): Map<string, FanRef> =>
  new Map(
    rows.map((row) => [
      keyOf({ accountId: row.account_id, openid: row.openid }),
      { id: row.id, contactId: row.contact_id },
    ]),
  )

/** The second since which we know whether the fan follows. */
const STATE_AT = `coalesce(greatest(f.followed_at, f.unfollowed_at), '-infinity')`
const UPDATE_FANS = `
  update fans f set
    following = case
      when greatest(i.followed_at, i.unfollowed_at) >= ${STATE_AT} then i.following
      when i.interacted_at > ${STATE_AT} then true
      else f.following end,
    followed_at = greatest(f.followed_at, i.followed_at),
    unfollowed_at = greatest(f.unfollowed_at, i.unfollowed_at),
    last_interaction_at = greatest(f.last_interaction_at, i.interacted_at),
    detail_due_at = case
      when i.followed_at >= ${STATE_AT} and i.following then clock_timestamp() else f.detail_due_at end
  from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::bool[])
    as i (id, followed_at, unfollowed_at, interacted_at, following)
  where f.id = i.id`

async function updateFans(
  client: PoolClient,
  news: readonly FanNews[],
  found: ReadonlyMap<string, FanRef>,
): Promise<void> {
  if (news.length === 0) return
  await client.query(
    prepared(UPDATE_FANS, [
      news.map((one) => found.get(keyOf(one))?.id),
      news.map((one) => one.followedAt),
      news.map((one) => one.unfollowedAt),
      news.map((one) => one.interactedAt),
      news.map((one) => one.following),
    ]),
  )
}

const INSERT_CONTACTS = `
  insert into contacts (created_at) select $2::timestamptz from generate_series(1, $1::int) returning id`

const INSERT_FANS = `
  insert into fans (account_id, contact_id, openid, following, followed_at, unfollowed_at, last_interaction_at,
    detail_due_at)
  select i.account_id, i.contact_id, i.openid, i.following, i.followed_at, i.unfollowed_at, i.interacted_at,
    case when i.following then clock_timestamp() end
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bool[], $5::timestamptz[], $6::timestamptz[],
    $7::timestamptz[]) as i (account_id, contact_id, openid, following, followed_at, unfollowed_at, interacted_at)
  order by i.account_id, i.openid
  on conflict do nothing
  returning account_id, openid, id, contact_id`

async function makeFans(
  client: PoolClient,
  news: readonly FanNews[],
  receivedAt: Date,
): Promise<Map<string, FanRef>> {
  const contacts = await client.query<{ id: string }>(prepared(INSERT_CONTACTS, [news.length, receivedAt]))
  const contactIds = contacts.rows.map((row) => row.id)
  const { rows } = await client.query<FanRow>(
    prepared(INSERT_FANS, [
      news.map((one) => one.accountId),
      contactIds,
      news.map((one) => one.openid),
      news.map((one) => one.following),
      news.map((one) => one.followedAt),
      news.map((one) => one.unfollowedAt),
      news.map((one) => one.interactedAt),
    ]),
  )
  if (rows.length < news.length) {
    const used = new Set(rows.map((row) => row.contact_id))
    const orphans = contactIds.filter((id) => !used.has(id))
    await client.query('delete from contacts where id = any($1::bigint[])', [orphans])
  }
  return refsOf(rows)
}
