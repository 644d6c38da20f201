import { type Comment, listComments } from '../../../channels/official-account/comments.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { accountClient } from '../../accounts/index.ts'
import { ingestOccurrences, type NamedOccurrence } from '../../ingest/index.ts'
import { EVENTS } from '../../ingest/schema.ts'
import { claimReading, endReading, putOffReading, type Reading } from './store.ts'

const HOUR_MS = 3_600_000
/** Hours to the next reading, by how often it was read; then daily. */
const AFTER_HOURS = [2, 3, 6, 12]
const PER_PAGE = 49
/** Bounds a round; articles with more comments than this are read up to here. */
const MOST_PAGES = 400

/**
 * Reads the comments of one mass send's articles (E11) and stores each as an event of the person who wrote it, once however often
 * it is read. Again after some hours, for a week. Whoever WeChat doesn't name is an event of nobody.
 */
export async function readComments(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const now = ctx.clock.now()
  const reading = await claimReading(ctx.db, now)
  if (reading === undefined) return 0
  try {
    const client = await accountClient(ctx, reading.accountId)
    for (const [index, article] of reading.articles.entries())
      if (article.need_open_comment === 1) await readArticle(ctx, client, { reading, index, signal })
  } catch (error) {
    if (!isWechatError(error)) throw error
    ctx.log.warn({ broadcastId: reading.broadcastId, errcode: error.errcode }, 'comments could not be read')
    // no right to comments, or the articles are gone: nothing to come back for
    if (error.kind === 'content' || error.kind === 'account') {
      await endReading(ctx.db, reading.batchId)
      return 1
    }
  }
  const dueAt = new Date(now.getTime() + (AFTER_HOURS[reading.rounds] ?? 24) * HOUR_MS)
  const open = reading.articles.some((article) => article.need_open_comment === 1)
  if (!open || dueAt > reading.lastUntil) await endReading(ctx.db, reading.batchId)
  else await putOffReading(ctx.db, reading.batchId, { dueAt, rounds: reading.rounds + 1 })
  return 1
}

type Article = { reading: Reading; index: number; signal: AbortSignal }

async function readArticle(
  ctx: Ctx,
  client: OfficialAccountClient,
  { reading, index, signal }: Article,
): Promise<void> {
  for (let page = 0; page < MOST_PAGES && !signal.aborted; page += 1) {
    const begin = page * PER_PAGE
    const { total, items } = await listComments(
      client,
      { msgDataId: reading.msgDataId, index },
      { begin, count: PER_PAGE },
    )
    await ingestOccurrences(
      ctx,
      reading.accountId,
      items.map((comment) => occurrenceOf(comment, reading, index)),
    )
    if (items.length === 0 || begin + items.length >= total) return
  }
}

const occurrenceOf = (comment: Comment, reading: Reading, index: number): NamedOccurrence => ({
  key: `comment:${reading.msgDataId}:${index}:${comment.user_comment_id}`,
  name: EVENTS.comment,
  at: new Date(comment.create_time * 1000),
  properties: {
    account: reading.accountName,
    title: reading.articles[index]?.title ?? '',
    text: comment.content,
    send: reading.broadcastId,
    arm: reading.arm,
    article: index + 1,
  },
  person: comment.openid === undefined ? null : { openid: comment.openid, effect: 'contact' },
})
