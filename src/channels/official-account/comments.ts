import * as api from '../../wechat/payloads/comments.ts'
import type { OfficialAccountClient } from './client.ts'

export type { Comment } from '../../wechat/payloads/comments.ts'

/** One article of a mass send; `index` counts from 0. */
export type CommentedArticle = { readonly msgDataId: string; readonly index: number }
export type CommentRef = CommentedArticle & { readonly commentId: string }

const kinds = { all: 0, ordinary: 1, elected: 2 } as const

export async function openComments(client: OfficialAccountClient, article: CommentedArticle): Promise<void> {
  await client.call(api.openComments, articleOf(article))
}

export async function closeComments(client: OfficialAccountClient, article: CommentedArticle): Promise<void> {
  await client.call(api.closeComments, articleOf(article))
}

/** 1 to 49 a page. */
export async function listComments(
  client: OfficialAccountClient,
  article: CommentedArticle,
  { begin, count, kind = 'all' }: { begin: number; count: number; kind?: keyof typeof kinds },
): Promise<{ total: number; items: api.Comment[] }> {
  const reply = await client.call(api.listComments, {
    ...articleOf(article),
    begin,
    count,
    type: kinds[kind],
  })
  return { total: reply.total, items: reply.comment }
}

/** 精选: only elected comments are seen by everybody. */
export async function electComment(client: OfficialAccountClient, comment: CommentRef): Promise<void> {
  await client.call(api.electComment, commentOf(comment))
}

export async function unelectComment(client: OfficialAccountClient, comment: CommentRef): Promise<void> {
  await client.call(api.unelectComment, commentOf(comment))
}

export async function deleteComment(client: OfficialAccountClient, comment: CommentRef): Promise<void> {
  await client.call(api.deleteComment, commentOf(comment))
}

export async function replyToComment(
  client: OfficialAccountClient,
  comment: CommentRef,
  content: string,
): Promise<void> {
  await client.call(api.replyToComment, { ...commentOf(comment), content })
}

export async function deleteCommentReply(client: OfficialAccountClient, comment: CommentRef): Promise<void> {
  await client.call(api.deleteCommentReply, commentOf(comment))
}

const articleOf = ({ msgDataId, index }: CommentedArticle) => ({ msg_data_id: msgDataId, index })
const commentOf = (comment: CommentRef) => ({ ...articleOf(comment), user_comment_id: comment.commentId })
