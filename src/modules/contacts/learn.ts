import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { contactsByUnionid, settleIdentities } from './identities.ts'
import { askingIn } from './people/ask.ts'
import { keyOf } from './people/claims.ts'
import { lockIdentities } from './people/lock.ts'
import { erasedAmong } from './people/tombstones.ts'
import { wholeSecond } from './rules.ts'

/** What the platform tells of one fan. Null: not told, what is known stays. */
export type FanFact = {
  openid: string
  unionid: string | null
  following: boolean
  followedAt: Date | null
  tagIds: readonly number[] | null
  subscribeScene: string | null
  qrScene: string | null
  remark: string | null
}

/**
 * Makes or updates the fans of one account from what the platform told at `observedAt` (business time), with their
 * contacts: fans of accounts under one open platform become one contact by unionid. A fact older than one that a
 * callback brought does not overwrite it. Safe to repeat; a few statements whatever the number of facts (≤ 1,000).
 */
export async function learnFans(
  ctx: Ctx,
  db: Executor,
  learned: { accountId: string; facts: readonly FanFact[]; observedAt: Date; runId?: string },
): Promise<void> {
  const facts = await withoutErased(ctx, db, learned)
  if (facts.length === 0) return
  facts.sort((a, b) => (a.openid < b.openid ? -1 : 1))
  const now = ctx.clock.now()
  await inTransaction(db, async (trx) => {
    const told = facts.filter((fact) => fact.unionid !== null)
    // Two accounts' syncs, or a source, may meet the same person at the same time.
    await lockIdentities(
      askingIn(trx),
      told.map((fact) => ({ kind: 'unionid', value: fact.unionid as string })),
    )
    const contacts = await contactsFor(trx, learned.accountId, { facts, now })
    const rows = await upsertFans(trx, { ...learned, facts, contacts: contacts.byOpenid })
    await dropOrphans(
      trx,
      contacts.made,
      rows.map((row) => row.contact_id),
    )
    if (told.length === 0) return
    const unionids = new Map(told.map((fact) => [fact.openid, fact.unionid as string]))
    const changed = rows.filter(
      (row) => unionids.has(row.openid) && row.contact_id !== contacts.settled.get(row.openid),
    )
    await settleIdentities(trx, {
      fans: changed.map((row) => ({
        fanId: row.id,
        contactId: row.contact_id,
        unionid: unionids.get(row.openid) as string,
      })),
      now,
    })
  })
}

/** Each fan once; not those erased on request, unless they came back by themselves. */
async function withoutErased(
  ctx: Ctx,
  db: Executor,
  { accountId, facts }: { accountId: string; facts: readonly FanFact[] },
): Promise<FanFact[]> {
  const all = [...new Map(facts.map((fact) => [fact.openid, fact])).values()]
  const identityOf = ({ openid }: FanFact) => ({ kind: 'openid' as const, value: `${accountId}:${openid}` })
  const erased = await erasedAmong(ctx, db, all.map(identityOf))
  if (erased.size === 0) return all
  const { rows } = await sql<{ openid: string }>`
    select openid from fans where account_id = ${accountId}
      and openid = any(${all.map((fact) => fact.openid)}::text[])`.execute(db)
  const there = new Set(rows.map((row) => row.openid))
  return all.filter((fact) => there.has(fact.openid) || !erased.has(keyOf(identityOf(fact))))
}

type Contacts = {
  /** For fans who may be new: whom to give them. */
  byOpenid: Map<string, string>
  /** Fans whose contact is known to fit their unionid. */
  settled: Map<string, string>
  made: string[]
}

/** Contacts for the fans we don't have yet: by unionid where there is one, else each its own. */
async function contactsFor(
  trx: Executor,
  accountId: string,
  { facts, now }: { facts: readonly FanFact[]; now: Date },
): Promise<Contacts> {
  const known = await sql<{ openid: string; contact_id: string; unionid: string | null }>`
    select openid, contact_id, unionid from fans
    where account_id = ${accountId} and openid = any(${facts.map((fact) => fact.openid)}::text[])`.execute(
    trx,
  )
  const before = new Map(known.rows.map((row) => [row.openid, row]))
  const settled = new Map<string, string>()
  for (const fact of facts) {
    const row = before.get(fact.openid)
    if (row !== undefined && row.unionid === fact.unionid) settled.set(fact.openid, row.contact_id)
  }
  const fresh = facts.filter((fact) => !before.has(fact.openid))
  const byUnionid = await contactsByUnionid(
    trx,
    fresh.flatMap((fact) => fact.unionid ?? []),
    now,
  )
  const nameless = fresh.filter((fact) => fact.unionid === null)
  const made = await insertContacts(trx, nameless.length, now)
  const byOpenid = new Map(known.rows.map((row) => [row.openid, row.contact_id]))
  for (const [index, fact] of nameless.entries()) byOpenid.set(fact.openid, made[index] as string)
  for (const fact of fresh) {
    if (fact.unionid === null) continue
    const contactId = byUnionid.get(fact.unionid) as string
    byOpenid.set(fact.openid, contactId)
    settled.set(fact.openid, contactId)
  }
  return { byOpenid, settled, made }
}

async function insertContacts(trx: Executor, count: number, now: Date): Promise<string[]> {
  if (count === 0) return []
  const { rows } = await sql<{ id: string }>`
    insert into contacts (created_at) select ${now}::timestamptz from generate_series(1, ${count}::int) returning id`.execute(
    trx,
  )
  return rows.map((row) => row.id)
}

/** A fan made by someone else in the same instant keeps that contact; ours would belong to nobody. */
async function dropOrphans(trx: Executor, made: readonly string[], used: readonly string[]): Promise<void> {
  const taken = new Set(used)
  const orphans = made.filter((id) => !taken.has(id))
  if (orphans.length > 0) await sql`delete from contacts where id = any(${orphans}::bigint[])`.execute(trx)
}

type Upsert = {
  accountId: string
  facts: readonly FanFact[]
  contacts: ReadonlyMap<string, string>
  observedAt: Date
  runId?: string
}

async function upsertFans(trx: Executor, { accountId, facts, contacts, observedAt, runId }: Upsert) {
  const seen = wholeSecond(observedAt)
  const column = <T>(read: (fact: FanFact) => T): T[] => facts.map(read)
  const { rows } = await sql<{ id: string; openid: string; contact_id: string }>`
    insert into fans as f (account_id, contact_id, following, detailed, openid, unionid, followed_at, unfollowed_at,
      tag_ids, subscribe_scene, qr_scene, remark, seen_in_run)
    select ${accountId}::bigint, i.contact_id, i.following, true, i.openid, i.unionid, i.followed_at,
      case when not i.following then ${seen}::timestamptz end, coalesce(i.tag_ids::int[], '{}'), i.subscribe_scene,
      i.qr_scene, i.remark, ${runId ?? null}::bigint
    from unnest(${column((fact) => contacts.get(fact.openid) as string)}::bigint[],
      ${column((fact) => fact.following)}::bool[], ${column((fact) => fact.openid)}::text[],
      ${column((fact) => fact.unionid)}::text[],
      ${column((fact) => (fact.following ? (fact.followedAt ?? seen) : fact.followedAt))}::timestamptz[],
      ${column((fact) => fact.tagIds && `{${fact.tagIds.join(',')}}`)}::text[],
      ${column((fact) => fact.subscribeScene)}::text[], ${column((fact) => fact.qrScene)}::text[],
      ${column((fact) => fact.remark)}::text[]
    ) as i (contact_id, following, openid, unionid, followed_at, tag_ids, subscribe_scene, qr_scene, remark)
    order by i.openid
    on conflict (account_id, openid) do update set ${NEWER_WINS},
      detailed = true,
      detail_due_at = null,
      unionid = coalesce(excluded.unionid, f.unionid),
      tag_ids = case when excluded.following then excluded.tag_ids else f.tag_ids end,
      subscribe_scene = coalesce(excluded.subscribe_scene, f.subscribe_scene),
      qr_scene = coalesce(excluded.qr_scene, f.qr_scene),
      remark = case when excluded.following then excluded.remark else f.remark end,
      seen_in_run = coalesce(excluded.seen_in_run, f.seen_in_run)
    returning id, openid, contact_id`.execute(trx)
  return rows
}

/** A follow counts from its own second; what we merely observe can't contradict a later callback. */
const NEWER_WINS: RawBuilder<unknown> = sql`
  following = case
    when excluded.following then f.following or excluded.followed_at >= coalesce(f.unfollowed_at, '-infinity')
    else f.following and coalesce(f.followed_at > excluded.unfollowed_at, false) end,
  followed_at = case when excluded.following then greatest(f.followed_at, excluded.followed_at) else f.followed_at end,
  unfollowed_at = case
    when excluded.following or (not f.following and f.unfollowed_at is not null)
      or f.followed_at > excluded.unfollowed_at then f.unfollowed_at
    else excluded.unfollowed_at end`
