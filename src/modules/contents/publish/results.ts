import { z } from 'zod'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { audit } from '../../audit/index.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { Reaction, ReactionEvent } from '../../manifest.ts'
import { outcomeOf } from './rules.ts'
import * as store from './store.ts'

/** Notified when a publication can be gone on with. */
export const CONTENTS_TOPIC = 'contents'
/** An event that names no publication we know may be of one handed over so recently. */
const GUESS_WITHIN_MS = 3_600_000

const pushed = z.object({
  publishId: z.string().min(1),
  status: z.number().int().min(0).max(32_767),
  articleId: z.string().nullish(),
  articleUrls: z.array(z.object({ url: z.string() })).default([]),
  failedIndexes: z.array(z.number().int().min(0).max(100)).default([]),
})

/** The result of a publication, as WeChat pushes it; the same again changes nothing. */
export const publishResults: Reaction = {
  name: 'contents.publish-results',
  events: [EVENTS.publishFinished],
  async react(ctx, events, trx) {
    for (const event of events) await takePushed(ctx, trx, event)
    await ctx.wake.notify(CONTENTS_TOPIC)
  },
}

async function takePushed(ctx: Ctx, trx: Executor, event: ReactionEvent): Promise<void> {
  const parsed = pushed.safeParse(event.properties)
  if (event.accountId === null || !parsed.success) {
    ctx.log.error({ eventId: event.id }, 'a publishing result without its job or status')
    return
  }
  const { publishId, status, articleId, articleUrls, failedIndexes } = parsed.data
  const row =
    (await store.lockByPublishId(trx, event.accountId, publishId)) ??
    (outcomeOf(status).state === 'done' ? await guess(ctx, trx, event.accountId, publishId) : undefined)
  if (row === undefined) return
  await takeResult(ctx, trx, row, {
    status,
    articleId: articleId ?? null,
    urls: articleUrls.map(({ url }) => url),
    failed: failedIndexes,
  })
}

/**
 * The answer to a call was lost: a success is its own where no other waits for one, and `settle` asks the draft. A failure is
 * nobody's: it leaves the draft where it is, so nothing tells it from one of a publication made elsewhere.
 */
async function guess(
  ctx: Ctx,
  trx: Executor,
  accountId: string,
  publishId: string,
): Promise<store.PublicationRow | undefined> {
  const since = new Date(ctx.clock.now().getTime() - GUESS_WITHIN_MS)
  const [only, ...others] = await store.lockUnanswered(trx, accountId, since)
  if (only === undefined || others.length > 0) return undefined
  await trx
    .updateTable('article_publications')
    .set({ publish_id: publishId, guessed: true })
    .where('id', '=', only.id)
    .execute()
  return { ...only, publish_id: publishId, guessed: true }
}

export type PublishResult = {
  status: number
  articleId: string | null
  urls: readonly string[]
  failed: readonly number[]
}

/**
 * Writes down what WeChat says of a locked publication. A success is done only when the published articles are here, see
 * `settle`; a failure is the end. True where there was something to write.
 */
export async function takeResult(
  ctx: Ctx,
  trx: Executor,
  row: store.PublicationRow,
  { status, articleId, urls, failed }: PublishResult,
): Promise<boolean> {
  const outcome = outcomeOf(status)
  if (outcome.state === 'publishing' || row.status === status) return false
  const now = ctx.clock.now()
  const told = {
    status,
    article_id: articleId ?? row.article_id,
    failed: [...failed],
    ...(urls.length > 0 && { urls: JSON.stringify(urls) }),
  }
  if (outcome.state === 'done') {
    await store.changePublication(trx, row.id, { ...told, due_at: now })
    return true
  }
  const { state, reason } = outcome
  // what was published once took the draft with it
  const wasPublic = reason === 'deleted' || reason === 'blocked'
  await store.changePublication(trx, row.id, {
    ...told,
    state,
    reason,
    detail: JSON.stringify({ status }),
    due_at: wasPublic ? now : null,
    ended_at: now,
  })
  await audit(ctx, trx, {
    action: 'article.publish_failed',
    accountId: row.account_id,
    subject: { kind: 'article-set', id: row.article_set_id },
    detail: { publicationId: row.id, status, reason },
  })
  return true
}
