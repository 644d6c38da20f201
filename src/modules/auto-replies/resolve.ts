import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { invalid } from '../../kernel/errors.ts'
import { findMediaAsset, getArticleSet, mediaMaterial, usableIn } from '../contents/index.ts'
import { resolveContent } from '../messages/index.ts'
import { channelOf, type MessageContent, type ResolvedContent } from '../messages/schema.ts'
import type { Answer, Effects } from './schema.ts'

/** One reply with every id of WeChat's that it needs. */
export type ResolvedReply = {
  content: ResolvedContent
  weight: number
  /** The version of the account's send that is this content. */
  sendVersion: number
  /** How an article is shown where it can't be given by its id. */
  card: { title: string; description: string; url: string; picurl: string } | null
  /** A picture that moves is no passive reply. */
  animated: boolean
}
export type ResolvedAnswer = {
  mode: Answer['mode']
  replies: ResolvedReply[]
  effects: Effects
  followToo?: boolean | undefined
}

/** Contents of an answer as an account gives them. Refused as `message_invalid`, with the place of the reply. */
export async function resolveReplies(
  ctx: Ctx,
  trx: Executor,
  accountId: string,
  answer: Answer,
): Promise<Omit<ResolvedReply, 'sendVersion'>[]> {
  const resolved: Omit<ResolvedReply, 'sendVersion'>[] = []
  for (const { content, weight } of answer.replies) {
    if (channelOf(content.kind) !== 'customer-service')
      throw invalid('reply_needs_customer_service', 'templates and subscription notifications answer nobody')
    resolved.push({
      content: await resolveContent(ctx, trx, accountId, content, { hasEvent: true, place: 'reply' }),
      weight,
      card: await cardOf(ctx, accountId, content),
      animated: await isAnimated(trx, accountId, content),
    })
  }
  return resolved
}

async function cardOf(ctx: Ctx, accountId: string, content: MessageContent): Promise<ResolvedReply['card']> {
  if (content.kind !== 'article' || content.articleSetId === null) return null
  const article = (await getArticleSet(ctx, accountId, content.articleSetId)).articles[content.index]
  if (article === undefined || article.url === null) return null
  const { title, digest: description, url, thumbUrl } = article
  return { title, description, url, picurl: thumbUrl ?? '' }
}

async function isAnimated(trx: Executor, accountId: string, content: MessageContent): Promise<boolean> {
  if (content.kind !== 'image' || content.mediaAssetId === null) return false
  const asset = await findMediaAsset(trx, accountId, content.mediaAssetId)
  if (asset === undefined) return false
  const usable = usableIn(mediaMaterial(asset), 'reply')
  return usable.can && usable.but === 'not_passive'
}
