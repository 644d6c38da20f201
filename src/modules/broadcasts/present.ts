import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import { getArticleSet, getMediaAsset } from '../contents/index.ts'
import { isWithdrawable } from './content.ts'
import { canResolveBatch, canRetryBatch, commandsOf, labelOf } from './rules.ts'
import type { Batch, Broadcast, BroadcastListItem, BroadcastState } from './schema.ts'
import type { BatchRow } from './store/batches.ts'
import { type BroadcastRow, findBroadcast } from './store/broadcasts.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

export async function presentListItem(ctx: Ctx, row: BroadcastRow): Promise<BroadcastListItem> {
  const face = await faceOf(ctx, row)
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    label: labelOf(row, row.tally),
    path: row.path,
    contentKind: row.content.kind,
    ...face,
    createdByName: row.createdByName,
    createdAt: row.createdAt.toISOString(),
    confirmedAt: iso(row.confirmedAt),
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
    activity: row.activity,
    totals: row.totals,
  }
}

/** What stands for the message in a list: a title and a cover, also when a material is gone since. */
async function faceOf(ctx: Ctx, row: BroadcastRow): Promise<{ title: string; coverUrl: string | null }> {
  const { content } = row
  if (content.kind === 'text')
    return { title: [...content.text.replace(/<[^>]+>/g, '')].slice(0, 40).join(''), coverUrl: null }
  try {
    if (content.kind === 'image') {
      const first = content.mediaAssetIds[0]
      const asset = first === undefined ? undefined : await getMediaAsset(ctx, row.accountId, first)
      return { title: asset?.name ?? '', coverUrl: asset?.url ?? null }
    }
    if (content.kind === 'voice' || content.kind === 'video') {
      const { mediaAssetId } = content
      const title = content.kind === 'video' ? content.title : ''
      if (title !== '' || mediaAssetId === null) return { title, coverUrl: null }
      return { title: (await getMediaAsset(ctx, row.accountId, mediaAssetId)).name, coverUrl: null }
    }
    const choice = content.articles[0]
    if (choice === undefined) return { title: '', coverUrl: null }
    const set = await getArticleSet(ctx, row.accountId, choice.articleSetId)
    const article = set.articles[choice.index]
    const cover = choice.cover && (await getMediaAsset(ctx, row.accountId, choice.cover.mediaAssetId))
    return { title: article?.title ?? '', coverUrl: cover?.url ?? article?.thumbUrl ?? null }
  } catch {
    return { title: '', coverUrl: null }
  }
}

export async function presentBroadcast(ctx: Ctx, row: BroadcastRow): Promise<Broadcast> {
  return {
    ...(await presentListItem(ctx, row)),
    accountId: row.accountId,
    audience: row.audience,
    audienceBasis: row.audienceBasis,
    content: row.content,
    ignoreReprint: row.ignoreReprint,
    version: row.version,
    preflight: row.preflight,
    skippedByReason: Object.entries(row.skipped).map(([reason, count]) => ({ reason, count })),
    pauseReason: row.pauseReason,
    pauseDetail: row.pauseDetail,
    failureReason: row.failureReason,
    confirmedByName: row.confirmedByName,
    batchCount: batchCount(row),
    can: commandsOf(row.state, row.tally, isWithdrawable(row.content)),
  }
}

const batchCount = ({ tally }: BroadcastRow): number =>
  tally.planned +
  tally.held +
  tally.skipped +
  tally.sending +
  tally.accepted +
  tally.delivered +
  tally.failed +
  tally.unknown

export async function readBroadcast(ctx: Ctx, accountId: string, broadcastId: string): Promise<Broadcast> {
  const row = await findBroadcast(ctx.db, { accountId, broadcastId })
  if (row === undefined) throw notFound('broadcast')
  return presentBroadcast(ctx, row)
}

export function presentBatch(row: BatchRow, broadcast: BroadcastState): Batch {
  return {
    seq: row.seq,
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
    canRetry: canRetryBatch(row.state, broadcast),
    canResolve: canResolveBatch(row.state),
  }
}
