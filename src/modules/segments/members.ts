import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { peopleOf } from './ask/people.ts'
import { findSegment, type SegmentRow } from './store/segments.ts'
import { findUnusable } from './store/uses.ts'

export type SegmentPeople = {
  /** A SELECT of `contact_id`: canonical people, each once. */
  relation: RawBuilder<{ contact_id: string }>
  /** Null for a live segment. */
  snapshotId: string | null
  version: number
  name: string
  /** The instant the rule was asked about. */
  asOf: Date
}

/** People of a snapshot as they are known today: merged ones once, under their own id. */
export const snapshotPeople = (snapshotId: string): RawBuilder<{ contact_id: string }> =>
  sql<{ contact_id: string }>`
    select distinct coalesce(became.merged_into, m) as contact_id from segment_member_ids(${snapshotId}::bigint) m
    left join contact_aliases became on became.contact_id = m`

/**
 * Refuses to ask segments of which one can't answer, also where it is asked by a live one among them:
 * `segment_not_computed` before its first time, `segment_refresh_failed` where its policy is not to be used then.
 */
export async function requireUsable(db: Executor, ids: readonly string[]): Promise<void> {
  const unusable = await findUnusable(db, ids)
  if (unusable === undefined) return
  const { id: segmentId, name, failed, why } = unusable
  if (failed)
    throw conflict('segment_refresh_failed', 'the newest computation failed, and it is not to be used then', {
      segmentId,
      name,
      why,
    })
  throw conflict('segment_not_computed', 'it has not been computed yet', { segmentId, name })
}

/**
 * Whom a segment means to those who use it: a live one is asked now, any other answers with what was last computed.
 * `segment_not_computed` before the first time; `segment_refresh_failed` where the newest computation failed and its
 * policy is not to send, unless not `strict`. With `at`, as of an earlier instant. Not scoped: the user of a segment was
 * checked when it named it.
 */
export async function segmentPeople(
  ctx: Ctx,
  segmentId: string,
  { at, db = ctx.db, strict = true }: { at?: Date; db?: Executor; strict?: boolean } = {},
): Promise<SegmentPeople> {
  const segment = await findSegment(db, segmentId, { scope: null })
  if (segment === undefined) throw notFound('segment')
  return peopleOfRow(ctx, segment, { at, db, strict })
}

/** The same for a segment already read. `strict` is false where somebody only looks. */
export async function peopleOfRow(
  ctx: Ctx,
  segment: SegmentRow,
  { at, db, strict = true }: { at?: Date | undefined; db: Executor; strict?: boolean },
): Promise<SegmentPeople> {
  const { name, version } = segment
  if (strict) await requireUsable(db, [segment.id])
  if (segment.update_kind === 'live' && segment.rule !== null) {
    const asOf = at ?? ctx.clock.now()
    const asked = { rule: segment.rule, accountId: segment.account_id, at: asOf }
    return { relation: await peopleOf(ctx, asked, db), snapshotId: null, version, name, asOf }
  }
  const earlier = at === undefined ? undefined : await snapshotAt(db, segment.id, at)
  const snapshotId = earlier?.id ?? segment.current_snapshot_id
  const asOf = earlier?.at ?? segment.computed_at
  if (snapshotId === null || asOf === null)
    throw conflict('segment_not_computed', 'it has not been computed yet', { segmentId: segment.id, name })
  const computed = earlier?.version ?? segment.computed_version ?? version
  return { relation: snapshotPeople(snapshotId), snapshotId, version: computed, name, asOf }
}

async function snapshotAt(db: Executor, segmentId: string, at: Date) {
  const { rows } = await sql<{ id: string; version: number; at: Date }>`
    select id, version, at from segment_snapshots
    where segment_id = ${segmentId}::bigint and state = 'ready' and at <= ${at.toISOString()}::timestamptz
    order by at desc, id desc limit 1`.execute(db)
  return rows[0]
}
