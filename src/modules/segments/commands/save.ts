import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, forbidden, invalid } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import { requireSound } from '../ask/check.ts'
import { getSegmentRow, readSegment } from '../present.ts'
import { namedIn, nextDue } from '../rules.ts'
import type { Rule } from '../schema/rule.ts'
import type { Segment, SegmentFields, UpdateKind } from '../schema/segment.ts'
import * as store from '../store/segments.ts'
import { queueSnapshots } from '../store/snapshots.ts'
import * as uses from '../store/uses.ts'

const MAX_NESTED = 8

export const subjectOf = (segmentId: string) => ({ kind: 'segment', id: segmentId })

/** The account a new segment is about. Who sees some accounts only makes segments of these (`segment_account_needed`). */
export async function accountFor(ctx: Ctx, accountId: string | undefined): Promise<string | null> {
  const scope = scopeOf(ctx)
  if (accountId === undefined) {
    if (scope !== null) throw invalid('segment_account_needed', 'name the account whose fans it is about')
    return null
  }
  if (scope !== null && !scope.includes(accountId))
    throw forbidden('account_not_yours', 'the account is not one of yours')
  return (await getAccount(ctx, accountId)).id
}

type NewFields = SegmentFields & { accountId?: string | undefined }

/** Saves a rule as a segment and puts it in the lane of computations; a live one is only counted there. */
export async function createSegment(ctx: Ctx, fields: NewFields, db: Executor = ctx.db): Promise<Segment> {
  const accountId = await accountFor(ctx, fields.accountId)
  await requireSound(ctx, fields.rule, accountId)
  const segment = await inTransaction(db, async (trx) => {
    const now = ctx.clock.now()
    await checkNames(ctx, trx, { rule: fields.rule, before: [] })
    const id = await store.insertSegment(trx, {
      ...valuesOf(fields, now),
      accountId,
      origin: { kind: 'rule' },
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: now,
    })
    await uses.replaceUses(trx, { kind: 'segment', id, name: fields.name, accountId }, namedIn(fields.rule))
    await queueSnapshots(trx, [id], { cause: 'created', at: now })
    await audit(ctx, trx, {
      action: 'segment.created',
      accountId: accountId ?? undefined,
      subject: subjectOf(id),
      detail: { name: fields.name, updateKind: fields.updateKind },
    })
    return readSegment(ctx, id, trx)
  })
  await ctx.wake.notify('segments')
  return segment
}

const valuesOf = (fields: SegmentFields, now: Date): store.SegmentValues => ({
  name: fields.name,
  description: fields.description,
  updateKind: fields.updateKind,
  rule: fields.rule,
  dailyMinute: fields.updateKind === 'daily' ? fields.dailyMinute : null,
  listed: fields.listed,
  failurePolicy: fields.failurePolicy,
  dueAt: nextDue(fields.updateKind, fields.dailyMinute, now),
})

type Changes = Omit<SegmentFields, 'rule' | 'updateKind' | 'dailyMinute'> &
  Partial<{ [K in 'rule' | 'updateKind' | 'dailyMinute']: SegmentFields[K] | undefined }> & {
    version: number
  }

/**
 * Changes a segment. A changed rule is computed anew; until then the last result answers. `changed_meanwhile` when
 * someone else changed it since `version`; `segment_cycle` when it would name itself.
 */
export async function updateSegment(ctx: Ctx, segmentId: string, changes: Changes): Promise<Segment> {
  const before = await getSegmentRow(ctx, segmentId)
  if (changes.rule !== undefined) await requireSound(ctx, changes.rule, before.account_id)
  const segment = await inTransaction(ctx.db, async (trx) => {
    if (changes.rule !== undefined) await uses.lockNames(trx)
    const current = await getSegmentRow(ctx, segmentId, { db: trx, lock: true })
    if (current.archived_at !== null) throw conflict('segment_archived', 'restore it first')
    if (current.version !== changes.version)
      throw conflict('changed_meanwhile', 'someone else changed it meanwhile', { version: current.version })
    await write(ctx, trx, { current, changes })
    await audit(ctx, trx, {
      action: 'segment.updated',
      accountId: current.account_id ?? undefined,
      subject: subjectOf(segmentId),
      detail: { name: changes.name, rule: changes.rule !== undefined },
    })
    return readSegment(ctx, segmentId, trx)
  })
  await ctx.wake.notify('segments')
  return segment
}

async function write(
  ctx: Ctx,
  trx: Executor,
  { current, changes }: { current: store.SegmentRow; changes: Changes },
): Promise<void> {
  const now = ctx.clock.now()
  const { id } = current
  const next = kindAfter(current, changes)
  const rule = changes.rule ?? current.rule
  const dailyMinute = next === 'daily' ? (changes.dailyMinute ?? current.daily_minute ?? 0) : null
  const sameTimes = next === current.update_kind && dailyMinute === current.daily_minute
  if (changes.rule !== undefined)
    await checkNames(ctx, trx, { rule: changes.rule, before: namedIn(current.rule), self: current })
  await store.updateSegment(trx, id, {
    name: changes.name,
    description: changes.description,
    updateKind: next,
    rule,
    dailyMinute,
    listed: changes.listed,
    failurePolicy: changes.failurePolicy,
    dueAt: sameTimes ? current.due_at : nextDue(next, dailyMinute, now),
    at: now,
    // what a live one was counted by has no members
    forgetSnapshot: current.update_kind === 'live' && next !== 'live',
  })
  await uses.replaceUses(
    trx,
    { kind: 'segment', id, name: changes.name, accountId: current.account_id },
    namedIn(rule),
  )
  const changed = changes.rule !== undefined && JSON.stringify(changes.rule) !== JSON.stringify(current.rule)
  const liveness = (kind: UpdateKind) => kind === 'live'
  if (rule !== null && (changed || liveness(next) !== liveness(current.update_kind)))
    await queueSnapshots(trx, [id], { cause: 'manual', at: now })
}

function kindAfter(current: store.SegmentRow, changes: Changes): UpdateKind {
  const wanted = changes.updateKind ?? current.update_kind
  if (current.update_kind === 'static' && (changes.rule !== undefined || wanted !== 'static'))
    throw invalid('segment_static', 'a static segment has no rule')
  return wanted
}

/**
 * Whether a rule may name the segments it names: they are there, listed (or were named before) and don't lead back to
 * it. Names are locked from here on, so that two changes at once can't close a circle.
 */
async function checkNames(
  ctx: Ctx,
  trx: Executor,
  { rule, before, self }: { rule: Rule; before: readonly string[]; self?: store.SegmentRow },
): Promise<void> {
  const named = namedIn(rule)
  if (named.length === 0) return
  await uses.lockNames(trx)
  if (self !== undefined && named.includes(self.id)) throw cycle(self.name)
  await requirePickable(ctx, trx, { ids: named, before })
  const reached = await uses.selectReached(trx, named)
  if (self !== undefined && reached.some(({ id }) => id === self.id)) throw cycle(self.name)
  if (reached.some(({ depth }) => depth > MAX_NESTED))
    throw invalid('segment_nested_too_deep', 'segments name each other too deeply', { max: MAX_NESTED })
}

const cycle = (name: string) =>
  invalid('segment_cycle', 'the segment would name itself, directly or through others', { name })

/**
 * Refuses segments that can't be picked: outside the caller's accounts (`unknown_segment`), archived, or not in the
 * crowd list (`segment_unlisted`) unless they were named before.
 */
export async function requirePickable(
  ctx: Ctx,
  db: Executor,
  { ids, before }: { ids: readonly string[]; before: readonly string[] },
): Promise<void> {
  const rows = new Map((await store.findSegments(db, ids, scopeOf(ctx))).map((row) => [row.id, row]))
  for (const id of ids) {
    const row = rows.get(id)
    const named = before.includes(id)
    if (row === undefined) {
      if (named) continue
      throw invalid('unknown_segment', 'there is no such segment', { segmentId: id })
    }
    if (row.archived_at !== null)
      throw conflict('segment_archived', 'the segment is archived', { segmentId: id, name: row.name })
    if (!row.listed && !named)
      throw conflict('segment_unlisted', 'the segment is not in the list that others pick from', {
        segmentId: id,
        name: row.name,
      })
  }
}
