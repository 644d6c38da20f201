import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { type IdentityPlan, planIdentities } from './rules.ts'

type Told = { fanId: string; contactId: string; unionid: string }

/**
 * Brings fans to the contact of their unionid: contacts learn it, merge or fans move, each kind in one statement.
 * No contact is deleted; a merged one leaves an alias that readers of old events resolve. The caller holds the
 * unionid lock.
 */
export async function settleIdentities(
  trx: Executor,
  { fans, now }: { fans: readonly Told[]; now: Date },
): Promise<void> {
  if (fans.length === 0) return
  const { rows } = await sql<{ id: string; unionid: string | null }>`
    select id, unionid from contacts
    where id = any(${fans.map((fan) => fan.contactId)}::bigint[])
      or unionid = any(${fans.map((fan) => fan.unionid)}::text[])`.execute(trx)
  const unionidOf = new Map(rows.map((row) => [row.id, row.unionid]))
  const holderOf = new Map(rows.map((row) => [row.unionid, row.id]))
  const plan = planIdentities(
    fans.map((fan) => ({
      ...fan,
      contactUnionid: unionidOf.get(fan.contactId) ?? null,
      holderId: holderOf.get(fan.unionid) ?? null,
    })),
  )
  await adopt(trx, plan.adopt)
  await merge(trx, plan.merge, now)
  await moveFans(trx, [...plan.move, ...(await findContacts(trx, plan.found, now))])
}

/** The contact of each unionid, made where there is none. The caller holds the unionid lock. */
export async function contactsByUnionid(
  trx: Executor,
  unionids: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  if (unionids.length === 0) return new Map()
  const wanted = [...new Set(unionids)]
  const { rows } = await sql<{ id: string; unionid: string }>`
    with found as (select id, unionid from contacts where unionid = any(${wanted}::text[])),
    made as (
      insert into contacts (unionid, created_at)
      select w.unionid, ${now}::timestamptz from unnest(${wanted}::text[]) as w (unionid)
      where not exists (select from found f where f.unionid = w.unionid)
      returning id, unionid)
    select id, unionid from found union all select id, unionid from made`.execute(trx)
  return new Map(rows.map((row) => [row.unionid, row.id]))
}

async function adopt(trx: Executor, adopted: IdentityPlan['adopt']): Promise<void> {
  if (adopted.length === 0) return
  await sql`
    update contacts c set unionid = i.unionid
    from unnest(${adopted.map((one) => one.contactId)}::bigint[], ${adopted.map((one) => one.unionid)}::text[])
      as i (contact_id, unionid)
    where c.id = i.contact_id`.execute(trx)
}

async function merge(trx: Executor, merges: IdentityPlan['merge'], now: Date): Promise<void> {
  if (merges.length === 0) return
  const from = merges.map((one) => one.from)
  const into = merges.map((one) => one.into)
  await sql`
    with pairs as (select * from unnest(${from}::bigint[], ${into}::bigint[]) as p (source, target)),
    moved as (update fans f set contact_id = p.target from pairs p where f.contact_id = p.source),
    chained as (
      update contact_aliases a set merged_into = p.target from pairs p where a.merged_into = p.source)
    insert into contact_aliases (contact_id, merged_into, merged_at, cause)
    select source, target, ${now}::timestamptz, 'unionid' from pairs
    on conflict (contact_id) do update set merged_into = excluded.merged_into`.execute(trx)
}

async function findContacts(
  trx: Executor,
  found: IdentityPlan['found'],
  now: Date,
): Promise<IdentityPlan['move']> {
  const contacts = await contactsByUnionid(
    trx,
    found.map((one) => one.unionid),
    now,
  )
  return found.map((one) => ({ fanId: one.fanId, into: contacts.get(one.unionid) as string }))
}

async function moveFans(trx: Executor, moves: IdentityPlan['move']): Promise<void> {
  if (moves.length === 0) return
  await sql`
    update fans f set contact_id = i.target
    from unnest(${moves.map((one) => one.fanId)}::bigint[], ${moves.map((one) => one.into)}::bigint[])
      as i (fan_id, target)
    where f.id = i.fan_id`.execute(trx)
}
