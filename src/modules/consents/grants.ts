import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { SubscriberCount } from './schema.ts'

export type GrantView = {
  /** Sends left; of a long-term template 1 while it is accepted. */
  left: number
  term: 'one-time' | 'long-term'
  /** Refused or cancelled, and nothing accepted since. */
  rejected: boolean
}

const REJECTED = sql`(g.rejected_at is not null and g.granted = 0
  and (g.accepted_at is null or g.accepted_at <= g.rejected_at))`

/** What these fans allow; who never answered is missing. */
export async function grantsOf(
  db: Executor,
  templateId: string,
  fanIds: readonly string[],
): Promise<Map<string, GrantView>> {
  const { rows } = await sql<GrantView & { fanId: string }>`
    select g.fan_id as "fanId", g.granted - g.used as left, ${REJECTED} as rejected, t.term
    from subscription_grants g join message_templates t on t.id = g.template_id
    where g.template_id = ${templateId}::bigint and g.fan_id = any(${[...fanIds]}::bigint[])`.execute(db)
  return new Map(rows.map(({ fanId, ...view }) => [fanId, view]))
}

/**
 * Takes one send of each of these fans, who is missing in the answer has none left. The number is the epoch that
 * {@link giveBackGrants} wants back. Whatever the number of processes, no more is taken than was granted: rows are locked,
 * in order of fan id, until the transaction ends. A long-term template is never spent.
 */
export async function reserveGrants(
  trx: Executor,
  templateId: string,
  fanIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ fan_id: string; epoch: number }>`
    with held as (
      select g.fan_id from subscription_grants g
      where g.template_id = ${templateId}::bigint and g.fan_id = any(${[...fanIds]}::bigint[])
      order by g.fan_id for update)
    update subscription_grants g
    set used = g.used + case when t.term = 'one-time' then 1 else 0 end
    from message_templates t
    where g.template_id = ${templateId}::bigint and t.id = g.template_id and g.granted > g.used
      and g.fan_id in (select fan_id from held)
    returning g.fan_id, g.epoch`.execute(trx)
  return new Map(rows.map(({ fan_id, epoch }) => [fan_id, epoch]))
}

/** What was reserved and definitely not sent, or failed by its receipt, can be used again; not after a refusal in between. */
export async function giveBackGrants(
  trx: Executor,
  templateId: string,
  reserved: readonly { fanId: string; epoch: number }[],
): Promise<void> {
  if (reserved.length === 0) return
  await sql`
    with back as (
      select fan_id, epoch, count(*)::int as n
      from unnest(${reserved.map(({ fanId }) => fanId)}::bigint[], ${reserved.map(({ epoch }) => epoch)}::int[]) as r(fan_id, epoch)
      group by fan_id, epoch),
    held as (
      select g.fan_id from subscription_grants g
      where g.template_id = ${templateId}::bigint and g.fan_id in (select fan_id from back)
      order by g.fan_id for update)
    update subscription_grants g set used = greatest(0, g.used - back.n)
    from back join held on held.fan_id = back.fan_id
    where g.template_id = ${templateId}::bigint and g.fan_id = back.fan_id and g.epoch = back.epoch`.execute(
    trx,
  )
}

/**
 * WeChat said 43101 to a send begun at `at`: refused or used up. Nothing is left until the person accepts again; someone
 * who had accepted before counts as having cancelled (D9). Who accepted again since then keeps one send.
 */
export async function denyGrants(
  trx: Executor,
  templateId: string,
  denied: readonly { fanId: string; at: Date }[],
): Promise<void> {
  if (denied.length === 0) return
  const latest = new Map(
    denied.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map((one) => [one.fanId, one]),
  )
  const rows = [...latest.values()]
  await sql`
    insert into subscription_grants as g (fan_id, template_id, account_id, rejected_at, epoch)
    select f.id, ${templateId}::bigint, f.account_id, d.at, 1
    from unnest(${rows.map(({ fanId }) => fanId)}::bigint[], ${rows.map(({ at }) => at.toISOString())}::timestamptz[]) as d(fan_id, at)
    join fans f on f.id = d.fan_id
    order by f.id
    on conflict (fan_id, template_id) do update set
      granted = case when g.accepted_at > excluded.rejected_at then least(g.granted, 1) else 0 end,
      used = case when g.accepted_at > excluded.rejected_at then least(g.used, 1) else 0 end,
      epoch = g.epoch + 1, rejected_at = greatest(g.rejected_at, excluded.rejected_at)`.execute(trx)
}

/** People with a send left, also those who don't follow: `select contact_id, fan_id, following`. */
export const subscribersRelation = (templateId: string): RawBuilder<unknown> => sql`
  select f.contact_id, f.id as fan_id, f.following from subscription_grants g join fans f on f.id = g.fan_id
  where g.template_id = ${templateId}::bigint and g.granted > g.used`

/** Everybody who ever answered: `select fan_id, sends_left, rejected`. */
export const grantsRelation = (templateId: string): RawBuilder<unknown> => sql`
  select g.fan_id, g.granted - g.used as sends_left, ${REJECTED} as rejected from subscription_grants g
  where g.template_id = ${templateId}::bigint`

/** Who can be reached now, by template; templates nobody answered are missing. */
export async function countSubscribers(
  db: Executor,
  templateIds: readonly string[],
): Promise<Map<string, SubscriberCount>> {
  const { rows } = await sql<SubscriberCount & { templateId: string }>`
    select g.template_id as "templateId",
      count(*) filter (where g.granted > g.used and f.following)::int as following,
      count(*) filter (where g.granted > g.used and not f.following)::int as unfollowed,
      count(*) filter (where ${REJECTED})::int as rejected,
      coalesce(sum(g.granted - g.used), 0)::int as "sendsLeft"
    from subscription_grants g join fans f on f.id = g.fan_id
    where g.template_id = any(${[...templateIds]}::bigint[])
    group by g.template_id`.execute(db)
  return new Map(rows.map(({ templateId, ...count }) => [templateId, count]))
}

export const NOBODY: SubscriberCount = { following: 0, unfollowed: 0, rejected: 0, sendsLeft: 0 }
