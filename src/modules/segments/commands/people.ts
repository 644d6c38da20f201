import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, notFound } from '../../../kernel/errors.ts'
import { scopeOf, withinScope } from '../../contacts/index.ts'
import { decide, forAudience } from '../ask/people.ts'
import { selectPeople } from '../ask/store.ts'
import { readCatalogue } from '../compiler/index.ts'
import { peopleOfRow } from '../members.ts'
import { getSegmentRow } from '../present.ts'
import type { SegmentMember, UpdateKind } from '../schema/segment.ts'
import * as store from '../store/members.ts'
import { type SegmentRow, selectLive } from '../store/segments.ts'

type Page = { cursor?: string | undefined; limit: number }
type Members = { items: SegmentMember[]; nextCursor: string | null; asOf: string | null }

/** A page of a segment's people; empty before its first computation. */
export async function listMembers(ctx: Ctx, segmentId: string, page: Page): Promise<Members> {
  const segment = await getSegmentRow(ctx, segmentId)
  if (segment.update_kind === 'live') return liveMembers(ctx, segment, page)
  if (segment.current_snapshot_id === null) return { items: [], nextCursor: null, asOf: null }
  const rows = await store.selectMembers(ctx.db, segment.current_snapshot_id, page)
  const shown = rows.slice(0, page.limit)
  return {
    items: await selectPeople(
      ctx,
      shown.map((row) => row.contact_id),
    ),
    nextCursor: rows.length > page.limit ? (shown.at(-1)?.stored ?? null) : null,
    asOf: segment.computed_at?.toISOString() ?? null,
  }
}

async function liveMembers(ctx: Ctx, segment: SegmentRow, page: Page): Promise<Members> {
  return inTransaction(ctx.db, async (trx) => {
    await forAudience(trx)
    const { relation, asOf } = await peopleOfRow(ctx, segment, { db: trx })
    const ids = await store.selectPage(trx, relation, page)
    const shown = ids.slice(0, page.limit)
    return {
      items: await selectPeople(ctx, shown),
      nextCursor: ids.length > page.limit ? (shown.at(-1) ?? null) : null,
      asOf: asOf.toISOString(),
    }
  })
}

type Membership = {
  id: string
  name: string
  updateKind: UpdateKind
  accountId: string | null
  asOf: string
}
/** Live segments asked about one person; newer ones first. */
const MOST_LIVE = 100

/** Segments one person is in: as last computed, live ones as of now. `not_found` outside the caller's accounts. */
export async function segmentsOfContact(ctx: Ctx, contactId: string): Promise<{ items: Membership[] }> {
  const scope = scopeOf(ctx)
  const person = await store.findPerson(ctx.db, contactId, (column) => withinScope(scope, column))
  if (person === undefined) throw notFound('contact')
  const stored = await store.selectMemberships(ctx.db, person.ids, scope)
  const live: Membership[] = []
  for (const segment of await selectLive(ctx.db, scope, MOST_LIVE))
    if (await passes(ctx, segment, person.id)) live.push(present(segment, ctx.clock.now()))
  return { items: [...live, ...stored.map((row) => present(row, row.at))] }
}

const present = (
  row: { id: string; name: string; update_kind: UpdateKind; account_id: string | null },
  asOf: Date,
): Membership => ({
  id: row.id,
  name: row.name,
  updateKind: row.update_kind,
  accountId: row.account_id,
  asOf: asOf.toISOString(),
})

async function passes(ctx: Ctx, segment: SegmentRow, contactId: string): Promise<boolean> {
  if (segment.rule === null) return false
  const at = ctx.clock.now()
  try {
    if (segment.account_id !== null && !(await isFanOf(ctx, contactId, segment.account_id))) return false
    const catalogue = await readCatalogue(ctx.db, segment.rule, at)
    const yes = await decide(ctx.db, segment.rule, [{ n: 0, contactId, at }], { catalogue })
    return yes.has(0)
  } catch (error) {
    // what its rule names may be gone since; the segment's own page says so
    if (error instanceof AppError) return false
    throw error
  }
}

async function isFanOf(ctx: Ctx, contactId: string, accountId: string): Promise<boolean> {
  const { rows } = await sql<{ fan: boolean }>`select exists (
    select from fans where contact_id = ${contactId}::bigint and account_id = ${accountId}::bigint) as fan`.execute(
    ctx.db,
  )
  return rows[0]?.fan ?? false
}
