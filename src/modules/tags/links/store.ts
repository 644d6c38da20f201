import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { TagConflict, TagLink } from '../schema.ts'

type Filter = { scope: readonly string[] | null; tagId?: string }

/** Links of the accounts in scope, with what waits and what was refused. */
export async function selectLinks(db: Executor, { scope, tagId }: Filter): Promise<TagLink[]> {
  const { rows } = await sql<LinkRow>`
    select l.id, l.tag_id, l.account_id, l.wechat_tag_id, coalesce(w.name, l.known_name) as wechat_name,
      l.compared_to, l.broken_at, coalesce(c.waiting, 0) as waiting, coalesce(c.refused, 0) as refused
    from tag_links l
    left join wechat_tags w on w.account_id = l.account_id and w.tag_id = l.wechat_tag_id
    left join lateral (select count(*) filter (where state = 'waiting')::int as waiting,
        count(*) filter (where state = 'refused')::int as refused from wechat_tag_changes c
      where c.account_id = l.account_id and c.tag_id = l.wechat_tag_id) c on true
    where ${scope === null ? sql`true` : sql`l.account_id = any(${[...scope]}::bigint[])`}
      and ${tagId === undefined ? sql`true` : sql`l.tag_id = ${tagId}::bigint`}
    order by l.id`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    tagId: row.tag_id,
    accountId: row.account_id,
    wechatTagId: row.wechat_tag_id,
    wechatName: row.wechat_name,
    state: row.broken_at !== null ? 'broken' : row.compared_to !== null ? 'comparing' : 'linked',
    waiting: row.waiting,
    refused: row.refused,
  }))
}
type LinkRow = {
  id: string
  tag_id: string
  account_id: string
  wechat_tag_id: number
  wechat_name: string
  compared_to: string | null
  broken_at: Date | null
  waiting: number
  refused: number
}

type Pair = { linkId: string; tagId: string; name: string }
/** The own tag each WeChat tag of an account is linked with. */
export async function selectPairs(db: Executor, accountId: string): Promise<Map<number, Pair>> {
  const rows = await db
    .selectFrom('tag_links as l')
    .innerJoin('tags as t', 't.id', 'l.tag_id')
    .select(['l.id', 'l.tag_id', 'l.wechat_tag_id', 't.name'])
    .where('l.account_id', '=', accountId)
    .execute()
  return new Map(
    rows.map((row) => [row.wechat_tag_id, { linkId: row.id, tagId: row.tag_id, name: row.name }]),
  )
}

export type OpenLink = { id: string; tagId: string; accountId: string; wechatTagId: number; after: string }

/** A link whose two sides are still to be compared, in this transaction's hands. */
export async function takeComparing(trx: Executor): Promise<OpenLink | undefined> {
  const { rows } = await sql<{
    id: string
    tag_id: string
    account_id: string
    wechat_tag_id: number
    compared_to: string
  }>`select id, tag_id, account_id, wechat_tag_id, compared_to from tag_links
    where compared_to is not null and broken_at is null order by id limit 1 for update skip locked`.execute(
    trx,
  )
  const [row] = rows
  return (
    row && {
      id: row.id,
      tagId: row.tag_id,
      accountId: row.account_id,
      wechatTagId: row.wechat_tag_id,
      after: row.compared_to,
    }
  )
}

export type Compared = { fan_id: string; contact_id: string; has: boolean; own: boolean }

/** A page of the account's fans where one side has the tag and the other has not; `last` is null after the end. */
export async function selectDiffering(
  trx: Executor,
  link: OpenLink,
  most: number,
): Promise<{ last: string | null; rows: Compared[] }> {
  const { rows } = await sql<{
    id: string
    contact_id: string
    following: boolean
    has: boolean
    own: boolean
  }>`
    select f.id, f.contact_id, f.following, f.tag_ids @> array[${link.wechatTagId}::int] as has,
      exists (select from contact_tags c where c.tag_id = ${link.tagId}::bigint and c.contact_id = f.contact_id
        and c.until = 'infinity') as own
    from fans f where f.account_id = ${link.accountId}::bigint and f.id > ${link.after}::bigint
    order by f.id limit ${most}`.execute(trx)
  const differing = rows.filter((row) => row.following && row.has !== row.own)
  return {
    last: rows.length < most ? null : (rows.at(-1)?.id ?? null),
    rows: differing.map((row) => ({
      fan_id: row.id,
      contact_id: row.contact_id,
      has: row.has,
      own: row.own,
    })),
  }
}

/** Wishes for WeChat where following fans of these people differ from an own tag of theirs. */
export const wishLinked = (trx: Executor, pairs: readonly { tagId: string; contactId: string }[]) =>
  sql`select wish_linked_tags(${pairs.map((pair) => pair.tagId)}::bigint[],
    ${pairs.map((pair) => pair.contactId)}::bigint[])`.execute(trx)

export type Look = {
  link_id: string
  fan_id: string
  tag_id: string
  contact_id: string
  /** What was seen; null: the fan is to be compared. */
  seen: boolean | null
  has: boolean
  own: boolean
  /** WeChat is being told something else. */
  wished: boolean
}

/** Looks in this transaction's hands. Those that would take an own tag only of accounts just asked (`checked`). */
export async function takeLooks(trx: Executor, checked: readonly string[], most: number): Promise<Look[]> {
  const { rows } = await sql<Look>`
    with mine as (
      select k.link_id, k.fan_id, k.has as seen from tag_link_looks k
      join tag_links l on l.id = k.link_id and l.broken_at is null
      where k.free_at <= clock_timestamp() and (k.has is distinct from false
        or l.account_id = any(${[...checked]}::bigint[]) or not ${OWN})
      order by k.fan_id, k.link_id limit ${most} for update of k skip locked),
    gone as (delete from tag_link_looks k using mine m where k.link_id = m.link_id and k.fan_id = m.fan_id)
    select m.link_id, m.fan_id, l.tag_id, f.contact_id, m.seen, f.following and f.tag_ids @> array[l.wechat_tag_id] as has,
      exists (select from contact_tags c where c.tag_id = l.tag_id and c.contact_id = f.contact_id
        and c.until = 'infinity') as own,
      exists (select from wechat_tag_changes w where w.account_id = l.account_id and w.tag_id = l.wechat_tag_id
        and w.fan_id = f.id and w.state = 'waiting') as wished
    from mine m join tag_links l on l.id = m.link_id join fans f on f.id = m.fan_id
    where f.following`.execute(trx)
  return rows
}

const OWN = sql`exists (select from contact_tags c join fans f on f.contact_id = c.contact_id
  where f.id = k.fan_id and c.tag_id = l.tag_id and c.until = 'infinity')`

/** Accounts where a tag went that its person still has: before that goes too, WeChat is asked whether the tag exists. */
export async function selectAccountsToAsk(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ account_id: string }>`
    select distinct l.account_id from tag_link_looks k join tag_links l on l.id = k.link_id and l.broken_at is null
    where k.has is false and k.free_at <= clock_timestamp() and ${OWN} limit 5`.execute(db)
  return rows.map((row) => row.account_id)
}

/** Leaves what would take own tags alone for `seconds` of real time. */
export const postponeLooks = (db: Executor, accountId: string, seconds: number) =>
  sql`update tag_link_looks k set free_at = clock_timestamp() + ${seconds}::float8 * interval '1 second'
    from tag_links l where l.id = k.link_id and l.account_id = ${accountId}::bigint and k.has is false
      and k.free_at <= clock_timestamp()`.execute(db)

/** Whether the links still have something to do that no refusal stopped. */
export async function hasOpenWork(db: Executor): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (select from wechat_tag_changes where run_id is null and state = 'waiting'
        and free_at <= clock_timestamp() + interval '5 seconds')
      or exists (select from tag_link_looks where free_at <= clock_timestamp() + interval '5 seconds')
      or exists (select from tag_links where compared_to is not null and broken_at is null) as open`.execute(
    db,
  )
  return rows[0]?.open ?? false
}

/** What differs and stays so until someone decides: refused fans by reason, tags renamed or deleted at WeChat. */
export async function selectConflicts(db: Executor, accountId: string): Promise<TagConflict[]> {
  const { rows } = await sql<ConflictRow>`
    select r.reason, r.tag_id as wechat_tag_id, r.fans, r.examples, l.id as link_id, l.tag_id, t.name,
      coalesce(w.name, l.known_name) as wechat_name
    from (select c.tag_id, c.reason, count(*)::int as fans,
        (array_agg(jsonb_build_object('fanId', c.fan_id::text, 'contactId', f.contact_id::text, 'give', c.give)
          order by c.id))[1:5] as examples
      from wechat_tag_changes c join fans f on f.id = c.fan_id
      where c.account_id = ${accountId}::bigint and c.state = 'refused' group by c.tag_id, c.reason) r
    left join tag_links l on l.account_id = ${accountId}::bigint and l.wechat_tag_id = r.tag_id
    left join tags t on t.id = l.tag_id
    left join wechat_tags w on w.account_id = ${accountId}::bigint and w.tag_id = r.tag_id
    union all
    select case when l.broken_at is null then 'renamed' else 'deleted' end, l.wechat_tag_id, 0, '{}', l.id, l.tag_id,
      t.name, coalesce(w.name, l.known_name)
    from tag_links l join tags t on t.id = l.tag_id
    left join wechat_tags w on w.account_id = l.account_id and w.tag_id = l.wechat_tag_id
    where l.account_id = ${accountId}::bigint and (l.broken_at is not null or w.name <> l.known_name)
    order by wechat_tag_id, reason`.execute(db)
  return rows.map((row) => ({
    reason: row.reason as TagConflict['reason'],
    link:
      row.link_id === null
        ? null
        : { linkId: row.link_id, tagId: row.tag_id as string, name: row.name as string },
    wechatTagId: row.wechat_tag_id,
    wechatName: row.wechat_name,
    fans: row.fans,
    examples: row.examples as TagConflict['examples'],
  }))
}
type ConflictRow = {
  reason: string
  wechat_tag_id: number
  fans: number
  examples: unknown[]
  link_id: string | null
  tag_id: string | null
  name: string | null
  wechat_name: string | null
}
