import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { applyMerges } from './merges/apply.ts'
import { noteReviews } from './merges/note-reviews.ts'
import { type Ask, askingIn } from './people/ask.ts'
import type { Identity } from './people/claims.ts'
import { lockContacts } from './people/lock.ts'
import { conflictsOf, type Facts, memberOf, pairOf } from './people/plan.ts'
import { selectFacts, selectKeptApart } from './people/rows.ts'
import { type IdentityPlan, type Learned, planIdentities } from './rules.ts'

type Told = { fanId: string; contactId: string; unionid: string }

/**
 * Brings fans to the contact of their unionid: contacts learn it, merge or fans move, each kind in one statement.
 * Contacts that something else keeps apart are not merged: the fan moves alone, and the pair goes to review. No contact
 * is deleted; a merged one leaves an alias that readers of old events resolve. The caller holds the unionids
 * (`lockIdentities`).
 */
export async function settleIdentities(
  trx: Executor,
  { fans, now }: { fans: readonly Told[]; now: Date },
): Promise<void> {
  if (fans.length === 0) return
  const ask = askingIn(trx)
  const facts = await lockInvolved(ask, fans)
  const unionidOf = new Map([...facts.values()].map((one) => [one.id, one.unionid]))
  const holderOf = new Map([...facts.values()].map((one) => [one.unionid, one.id]))
  const learned = fans.map((fan) => ({
    ...fan,
    contactUnionid: unionidOf.get(fan.contactId) ?? null,
    holderId: holderOf.get(fan.unionid) ?? null,
  }))
  const doubts = await findDoubts(ask, learned, facts)
  const plan = planIdentities(learned, (a, b) => doubts.has(pairOf(a, b)))
  await adopt(trx, plan.adopt)
  const merges = plan.merge.map(({ from, into, unionid }) => ({
    sourceId: from,
    targetId: into,
    evidence: [{ kind: 'unionid', value: unionid }] satisfies Identity[],
  }))
  await applyMerges(ask, merges, { now, cause: 'unionid', by: null })
  await moveFans(trx, [...plan.move, ...(await findContacts(trx, plan.found, now))])
  await noteReviews(
    ask,
    [...doubts.values()].filter(({ conflicts }) => conflicts.length > 0),
    now,
  )
}

/** The fans' contacts and those of the unionids, which nobody changes until the end of the transaction. */
async function lockInvolved(ask: Ask, fans: readonly Told[]): Promise<Map<string, Facts>> {
  const rows = await ask<{ id: string }>(
    'select id from contacts where id = any($1::bigint[]) or unionid = any($2::text[])',
    [fans.map((fan) => fan.contactId), fans.map((fan) => fan.unionid)],
  )
  return selectFacts(ask, [
    ...(await lockContacts(
      ask,
      rows.map((row) => row.id),
    )),
  ])
}

type Doubts = Map<string, { a: string; b: string; evidence: Identity[]; conflicts: Identity['kind'][] }>

/** Pairs a unionid would make one although they differ in something else, or were decided to stay apart. */
async function findDoubts(
  ask: Ask,
  learned: readonly Learned[],
  facts: ReadonlyMap<string, Facts>,
): Promise<Doubts> {
  const doubts: Doubts = new Map()
  const pairs = learned.filter(
    ({ contactId, contactUnionid, holderId }) =>
      contactUnionid === null && holderId !== null && holderId !== contactId,
  )
  if (pairs.length === 0) return doubts
  const keptApart = await selectKeptApart(ask, [...facts.keys()])
  for (const { contactId, holderId, unionid } of pairs) {
    const [a, b] = [facts.get(contactId), facts.get(holderId as string)]
    if (a === undefined || b === undefined) continue
    const pair = pairOf(a.id, b.id)
    const kept = keptApart.has(pair)
    const conflicts = kept ? [] : conflictsOf(memberOf(a), memberOf(b))
    if (!kept && conflicts.length === 0) continue
    doubts.set(pair, { a: a.id, b: b.id, evidence: [{ kind: 'unionid', value: unionid }], conflicts })
  }
  return doubts
}

/** The contact of each unionid, made where there is none. The caller holds the unionids. */
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
