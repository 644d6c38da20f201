import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

type Reading = { accountId: string; runId: string; tagId: number }
/** Fans whose tag changed here at or after `since` know better than a reading begun then. */
const unchangedSince = (since: Date, tagId: number) => sql`not exists (
  select from fan_tags h where h.fan_id = f.id and h.tag_id = ${tagId}::int
    and (h.since >= ${since}::timestamptz or (h.until >= ${since}::timestamptz and h.until < 'infinity')))`

/** Followers with each tag of an account, as we know them now. */
export async function countTagMembers(db: Executor, accountId: string): Promise<Map<number, number>> {
  const { rows } = await sql<{ tag_id: number; members: number }>`
    select t.tag_id, count(*)::int as members
    from fans f, unnest(f.tag_ids) as t (tag_id)
    where f.account_id = ${accountId} and f.following
    group by t.tag_id`.execute(db)
  return new Map(rows.map((row) => [row.tag_id, row.members]))
}

/** Keeps a page of a tag's members until the tag is read whole. Openids nobody has are left out. */
export async function noteTagMembers(
  db: Executor,
  reading: Reading,
  openids: readonly string[],
): Promise<void> {
  await sql`
    insert into tag_member_readings (run_id, tag_id, fan_id)
    select ${reading.runId}::bigint, ${reading.tagId}::int, f.id from fans f
    where f.account_id = ${reading.accountId} and f.openid = any(${[...openids]}::text[])
    on conflict do nothing`.execute(db)
}

/**
 * Gives the tag to those who were read and takes it from the other followers; what is right already is not written.
 * Those who left keep what they had: WeChat lists followers only. So does whoever's tag changed since the reading began.
 */
export async function applyTagMembers(
  db: Executor,
  { accountId, runId, tagId, begunAt }: Reading & { begunAt: Date },
): Promise<void> {
  await sql`
    update fans f set tag_ids = f.tag_ids || ${tagId}::int
    from tag_member_readings r
    where r.run_id = ${runId} and r.tag_id = ${tagId} and f.id = r.fan_id
      and not f.tag_ids @> array[${tagId}::int] and ${unchangedSince(begunAt, tagId)}`.execute(db)
  await sql`
    update fans f set tag_ids = array_remove(f.tag_ids, ${tagId}::int)
    where f.account_id = ${accountId} and f.following and f.tag_ids @> array[${tagId}::int]
      and not exists (
        select from tag_member_readings r
        where r.run_id = ${runId} and r.tag_id = ${tagId} and r.fan_id = f.id)
      and ${unchangedSince(begunAt, tagId)}`.execute(db)
  await sql`delete from tag_member_readings where run_id = ${runId} and tag_id = ${tagId}`.execute(db)
}
