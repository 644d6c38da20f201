import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { audit } from '../audit/index.ts'
import { askingIn, type Identity, lockContacts, lockIdentities, tombstoneOf } from '../contacts/index.ts'
import { eraseDetails } from '../datasets/index.ts'
import { voidExports } from '../transfers/index.ts'
import { keepTombstones } from './keep.ts'
import { eventsOf, PLACES, type Subject } from './places.ts'
import type { Counts, ErasedKind } from './schema.ts'
import * as store from './store.ts'
import { eraseRecipients, eraseRejections, eraseSegmentMembers, eraseTraces } from './traces.ts'

const EVENTS_PER_CHUNK = 5_000

/**
 * One bounded piece of an erasure that was asked for: events in chunks, then all the rest at once, with hashes of the
 * identities in its place. A worker that dies leaves it to the next. Returns 0 when there is nothing to erase.
 */
export function eraseNext(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const erasure = await store.claimErasure(trx)
    if (erasure === undefined) return 0
    const subject = await store.findSubject(trx, erasure.contactId)
    const events = await eraseEvents(trx, subject, EVENTS_PER_CHUNK)
    const counts = added(erasure.counts, 'events', events)
    if (events === EVENTS_PER_CHUNK) {
      await store.writeErasure(trx, { id: erasure.id, counts, finishedAt: null })
      return events
    }
    if (!(await holdAll(trx, erasure.contactId, subject))) {
      // someone became a part of this person meanwhile: the next look sees them
      await store.writeErasure(trx, { id: erasure.id, counts, finishedAt: null })
      return 1
    }
    await eraseRest(ctx, trx, { erasureId: erasure.id, subject, counts })
    const finishedAt = ctx.clock.now()
    await store.writeErasure(trx, { id: erasure.id, counts, finishedAt })
    await audit(ctx, trx, {
      action: 'privacy.erased',
      subject: { kind: 'contact', id: erasure.contactId },
      detail: { erasureId: erasure.id },
    })
    return 1
  })
}

const added = (counts: Counts, kind: ErasedKind, number: number): Counts => {
  counts[kind] = (counts[kind] ?? 0) + number
  return counts
}

type Rest = { erasureId: string; subject: Subject; counts: Counts }

/**
 * Holds the person: whoever writes about them right now is waited for. False where they are more than the subject says
 * by then: a merge or a new fan was being written.
 */
async function holdAll(trx: Executor, contactId: string, subject: Subject): Promise<boolean> {
  const ask = askingIn(trx)
  await lockIdentities(ask, await selectIdentities(trx, subject))
  await lockContacts(ask, subject.contactIds)
  await sql`select from fans where id = any(${subject.fanIds}::bigint[]) order by account_id, openid for update`.execute(
    trx,
  )
  const now = await store.findSubject(trx, contactId)
  const same = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && new Set([...a, ...b]).size === a.length
  return same(now.contactIds, subject.contactIds) && same(now.fanIds, subject.fanIds)
}

/** Of a person that is held, so that what was just written about them goes too. */
async function eraseRest(ctx: Ctx, trx: Executor, { erasureId, subject, counts }: Rest): Promise<void> {
  const identities = await selectIdentities(trx, subject)
  const hashes = identities.map((identity) => tombstoneOf(ctx, identity).toString('hex'))
  // before the commit: a file that says too much is harmless, one that says too little is not
  await keepTombstones(ctx, hashes)
  await store.insertTombstones(trx, { hashes, erasureId, at: ctx.clock.now() })
  added(counts, 'events', await eraseEvents(trx, subject, null))
  const details = await eraseDetails(trx, subject.contactIds)
  added(counts, 'details', details.rows + details.lines)
  added(counts, 'recipients', await eraseRecipients(trx, subject, erasureId))
  const erasure = { erasureId, now: ctx.clock.now() }
  added(counts, 'recipients', await eraseTraces(trx, subject, erasure))
  added(counts, 'segmentMembers', await eraseSegmentMembers(trx, subject))
  added(counts, 'rejections', await eraseRejections(trx, identities))
  added(counts, 'exports', await voidExports(trx))
  for (const { kind, table, where } of PLACES) {
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${where(subject)}`.execute(
      trx,
    )
    added(counts, kind, Number(numAffectedRows ?? 0))
  }
  const { fanIds, contactIds } = subject
  added(counts, 'fans', await removed(trx, sql`delete from fans where id = any(${fanIds}::bigint[])`))
  await sql`delete from contact_aliases
    where contact_id = any(${contactIds}::bigint[]) or merged_into = any(${contactIds}::bigint[])`.execute(
    trx,
  )
  added(
    counts,
    'contacts',
    await removed(trx, sql`delete from contacts where id = any(${contactIds}::bigint[])`),
  )
}

const removed = async (trx: Executor, statement: ReturnType<typeof sql>): Promise<number> =>
  Number((await statement.execute(trx)).numAffectedRows ?? 0)

/** At most `limit` of a person's events; all of them where it is null. */
function eraseEvents(trx: Executor, subject: Subject, limit: number | null): Promise<number> {
  return removed(
    trx,
    sql`delete from events e using (
        select id, at from events where ${eventsOf(subject)} ${limit === null ? sql`` : sql`limit ${limit}`}) some_of
      where e.id = some_of.id and e.at = some_of.at`,
  )
}

/** Every identity of a person, by which a copy of the data could bring them back. */
export async function selectIdentities(db: Executor, { contactIds }: Subject): Promise<Identity[]> {
  const { rows } = await sql<Identity>`
    select kind, value from contact_identities where contact_id = any(${contactIds}::bigint[])
    union all select 'unionid', unionid from contacts
      where id = any(${contactIds}::bigint[]) and unionid is not null
    union all select 'unionid', unionid from fans
      where contact_id = any(${contactIds}::bigint[]) and unionid is not null
    union all select 'openid', account_id || ':' || openid from fans
      where contact_id = any(${contactIds}::bigint[])`.execute(db)
  return rows
}
