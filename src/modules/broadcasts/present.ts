import type { Ctx } from '../../context.ts'
import { assert, notFound } from '../../kernel/errors.ts'
import { getArticleSet, getMediaAsset } from '../contents/index.ts'
import { confirmationsOf } from './following/confirmation.ts'
import { withdrawalsOf } from './following/withdrawals.ts'
import { sumBy } from './groups/plan.ts'
import { stoppedAtReprint } from './rules/reprint.ts'
import { letterOf } from './rules/tests.ts'
import { canWithdraw } from './rules/withdraw.ts'
import {
  armCommandsOf,
  armLabelOf,
  type BatchTally,
  canResolveBatch,
  canRetryBatch,
  commandsOf,
  labelOf,
  placeInArm,
} from './rules.ts'
import type {
  Arm,
  Batch,
  Broadcast,
  BroadcastListItem,
  BroadcastState,
  Confirmation,
  Content,
  Group,
  Originality,
} from './schema.ts'
import type { BatchRow } from './store/batches.ts'
import { armsOf, type BroadcastRow, findBroadcast } from './store/broadcasts.ts'
import type { ArmRow, GroupRow } from './store/groups.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** Only articles are tested. */
const kindOf = ({ content }: ArmRow): Content['kind'] => content?.kind ?? 'articles'

const hasWithdrawable = (row: BroadcastRow): boolean => armsOf(row).some(canWithdraw)

export async function presentListItem(ctx: Ctx, row: BroadcastRow): Promise<BroadcastListItem> {
  const [first] = row.groups
  const arm = first?.arms[0]
  assert(first && arm, 'a broadcast has a group with an arm')
  const waiting = armsOf(row).flatMap(({ state, sendAt }) =>
    sendAt !== null && (state === 'queued' || state === 'deciding' || state === 'opening')
      ? [sendAt.getTime()]
      : [],
  )
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    label: labelOf(row),
    path: first.path,
    groupCount: row.groups.length,
    contentKind: kindOf(arm),
    ...(await faceOf(ctx, row.accountId, arm.content)),
    createdByName: row.createdByName,
    createdAt: row.createdAt.toISOString(),
    confirmedAt: iso(row.confirmedAt),
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
    nextAt: waiting.length === 0 ? null : new Date(Math.min(...waiting)).toISOString(),
    confirmation: await firstConfirmation(ctx, row),
    activity: first.activity,
    totals: row.totals,
    groups: row.groups.map(({ place, name, filtered, arms }) => ({
      place,
      name,
      filtered,
      arms: arms.map((arm, index) => summaryOf(ctx, row, { arm, place: index })),
    })),
    can: commandsOf(row, hasWithdrawable(row)),
  }
}

const summaryOf = (ctx: Ctx, broadcast: BroadcastRow, { arm, place }: { arm: ArmRow; place: number }) => ({
  number: arm.number,
  kind: arm.kind,
  label: arm.kind === 'variant' ? letterOf(place) : null,
  share: arm.share,
  state: arm.state,
  listLabel: armLabelOf(broadcast.state, arm),
  sendAt: iso(arm.sendAt),
  startedAt: iso(arm.startedAt),
  endedAt: iso(arm.endedAt),
  contentKind: kindOf(arm),
  totals: arm.totals,
  can: { ...armCommandsOf(broadcast.state, arm, ctx.clock.now()), withdraw: canWithdraw(arm) },
})

/** Asked only where something is with WeChat. */
async function firstConfirmation(ctx: Ctx, { id, tally }: BroadcastRow): Promise<Confirmation | null> {
  if (tally.accepted + tally.sending === 0) return null
  const all = (await confirmationsOf(ctx.db, [id])).map(({ confirmation }) => confirmation)
  const first = all.sort((a, b) => a.until.localeCompare(b.until))[0]
  return first === undefined
    ? null
    : { batches: all.reduce((sum, { batches }) => sum + batches, 0), until: first.until }
}

/** What stands for the message in a list: a title and a cover, also when a material is gone since. */
export async function faceOf(
  ctx: Ctx,
  accountId: string,
  content: Content | null,
): Promise<{ title: string; coverUrl: string | null }> {
  if (content === null) return { title: '', coverUrl: null }
  if (content.kind === 'text')
    return { title: [...content.text.replace(/<[^>]+>/g, '')].slice(0, 40).join(''), coverUrl: null }
  try {
    if (content.kind === 'image') {
      const first = content.mediaAssetIds[0]
      const asset = first === undefined ? undefined : await getMediaAsset(ctx, accountId, first)
      return { title: asset?.name ?? '', coverUrl: asset?.url ?? null }
    }
    if (content.kind === 'voice' || content.kind === 'video') {
      const { mediaAssetId } = content
      const title = content.kind === 'video' ? content.title : ''
      if (title !== '' || mediaAssetId === null) return { title, coverUrl: null }
      return { title: (await getMediaAsset(ctx, accountId, mediaAssetId)).name, coverUrl: null }
    }
    const choice = content.articles[0]
    if (choice === undefined) return { title: '', coverUrl: null }
    const set = await getArticleSet(ctx, accountId, choice.articleSetId)
    const article = set.articles[choice.index]
    const cover = choice.cover && (await getMediaAsset(ctx, accountId, choice.cover.mediaAssetId))
    return { title: article?.title ?? '', coverUrl: cover?.url ?? article?.thumbUrl ?? null }
  } catch {
    return { title: '', coverUrl: null }
  }
}

export async function presentBroadcast(ctx: Ctx, row: BroadcastRow): Promise<Broadcast> {
  const arms = armsOf(row)
  const following = {
    withdrawals: await withdrawalsOf(ctx.db, [row.id]),
    confirmations: await confirmationsOf(ctx.db, [row.id]),
  }
  return {
    ...(await presentListItem(ctx, row)),
    accountId: row.accountId,
    timing: row.timing,
    groups: await Promise.all(row.groups.map((group) => presentGroup(ctx, row, group, following))),
    version: row.version,
    preflight: row.preflight,
    skippedByReason: sumBy(
      arms.flatMap((arm) => Object.entries(arm.skipped).map(([key, count]) => ({ key, count }))),
    ).map(({ key, count }) => ({ reason: key, count })),
    pauseReason: row.pauseReason,
    pauseDetail: row.pauseDetail,
    failureReason:
      arms.find(({ state, reason }) => reason !== null && state !== 'cancelled' && state !== 'asking')
        ?.reason ?? null,
    confirmedByName: row.confirmedByName,
    batchCount: batchCount(row.tally),
  }
}

/** What goes on with its records after they were handed over. */
type Following = {
  withdrawals: Awaited<ReturnType<typeof withdrawalsOf>>
  confirmations: Awaited<ReturnType<typeof confirmationsOf>>
}

async function presentGroup(
  ctx: Ctx,
  broadcast: BroadcastRow,
  group: GroupRow,
  { withdrawals, confirmations }: Following,
): Promise<Group> {
  const { place, name, activity, audience, basis, path, ignoreReprint, missed, holdout, test } = group
  const { total, filtered } = group
  return {
    place,
    name,
    activity,
    audience,
    basis,
    path,
    ignoreReprint,
    missed,
    holdout,
    test,
    heldOut: group.arms.reduce((sum, arm) => sum + (arm.skipped['held_out'] ?? 0), 0),
    total,
    filtered,
    arms: await Promise.all(
      group.arms.map(async (arm, place) => ({
        ...(await presentArm(ctx, broadcast, { arm, place })),
        confirmation: confirmations.find((one) => one.arm === arm.number)?.confirmation ?? null,
        withdrawals: withdrawals.filter((one) => one.arm === arm.number).map(({ withdrawal }) => withdrawal),
      })),
    ),
  }
}

async function presentArm(
  ctx: Ctx,
  broadcast: BroadcastRow,
  { arm, place }: { arm: ArmRow; place: number },
): Promise<Omit<Arm, 'confirmation' | 'withdrawals'>> {
  const needsCopies = arm.frozenContent?.kind === 'articles'
  return {
    ...summaryOf(ctx, broadcast, { arm, place }),
    reason: arm.reason,
    detail: arm.detail,
    queuedAt: iso(arm.queuedAt),
    openedAt: iso(arm.openedAt),
    content: arm.content,
    ...(await faceOf(ctx, broadcast.accountId, arm.content)),
    skippedByReason: Object.entries(arm.skipped).map(([reason, count]) => ({ reason, count })),
    batchCount: batchCount(arm.tally),
    batchesReady: needsCopies ? arm.batchesReady : batchCount(arm.tally),
    chosenArm: arm.chosenArm,
    verdict: arm.verdict,
  }
}

const batchCount = (tally: BatchTally): number => Object.values(tally).reduce((sum, count) => sum + count, 0)

export async function readBroadcast(ctx: Ctx, accountId: string, broadcastId: string): Promise<Broadcast> {
  const row = await findBroadcast(ctx.db, { accountId, broadcastId })
  if (row === undefined) throw notFound('broadcast')
  return presentBroadcast(ctx, row)
}

export function presentBatch(row: BatchRow, broadcast: BroadcastState): Batch {
  return {
    seq: row.seq,
    arm: row.arm,
    place: placeInArm(row.seq),
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    size: row.size,
    attempt: row.attempt,
    clientMsgId: row.client_msg_id,
    msgId: row.msg_id,
    dueAt: row.due_at.toISOString(),
    intentAt: iso(row.intent_at),
    acceptedAt: iso(row.accepted_at),
    finishedAt: iso(row.finished_at),
    totalCount: row.total_count,
    filterCount: row.filter_count,
    sentCount: row.sent_count,
    errorCount: row.error_count,
    originality: (row.detail?.['originality'] as Originality | undefined) ?? null,
    allowReprint: row.allow_reprint,
    canRetry: canRetryBatch(row.state, broadcast),
    canAllowReprint: canRetryBatch(row.state, broadcast) && stoppedAtReprint(row.detail),
    canResolve: canResolveBatch(row.state),
  }
}
