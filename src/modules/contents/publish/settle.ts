import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { fetchArticles, look } from '../commands/refresh.ts'
import { keepFolder } from '../folders/store.ts'
import { getStoredSet } from '../reads.ts'
import * as sets from '../store.ts'
import { UNKNOWN_AFTER_MS } from './rules.ts'
import * as store from './store.ts'

/** Looks at the draft, which publishing takes away, and at what was published, and ends a success with it. */
export async function settle(ctx: Ctx, row: store.PublicationRow): Promise<void> {
  const { account_id: accountId, article_set_id: articleSetId, article_id: articleId } = row
  const client = await accountClient(ctx, accountId)
  const draft = { id: articleSetId, kind: 'draft' as const, wechatId: row.media_id }
  await look(ctx, { client, accountId, set: draft })
  if (row.guessed && (await getStoredSet(ctx, accountId, articleSetId)).goneAt === null)
    return letGo(ctx, row)
  const articles =
    articleId === null ? undefined : await fetchArticles(client, { kind: 'published', wechatId: articleId })
  const at = ctx.clock.now()
  await inTransaction(ctx.db, async (trx) => {
    const locked = await store.lockPublication(trx, row.id)
    if (locked === undefined) return
    if (articleId !== null && articles !== undefined)
      await sets.upsertSets(trx, accountId, {
        kind: 'published',
        sets: [{ wechatId: articleId, articles, updatedAt: at }],
        at,
      })
    const publishedSetId =
      articleId === null ? undefined : await sets.findSetId(trx, accountId, 'published', articleId)
    if (publishedSetId !== undefined) await keepFolder(trx, { from: articleSetId, to: publishedSetId })
    // told something newer meanwhile: that is looked at next
    if (locked.status !== row.status) return store.changePublication(trx, row.id, {})
    const ended = { due_at: null, published_set_id: publishedSetId ?? null }
    if (row.status !== 0) return store.changePublication(trx, row.id, ended)
    await store.changePublication(trx, row.id, {
      ...ended,
      state: 'done',
      reason: null,
      detail: null,
      ended_at: at,
    })
    await audit(ctx, trx, {
      action: 'article.published',
      accountId,
      subject: { kind: 'article-set', id: publishedSetId ?? articleSetId },
      detail: { publicationId: row.id },
    })
  })
}

/** The draft is still there: the event told of another publication, and this one waits on as before. */
async function letGo(ctx: Ctx, { id, called_at: calledAt }: store.PublicationRow): Promise<void> {
  await store.changePublication(ctx.db, id, {
    publish_id: null,
    guessed: false,
    status: null,
    article_id: null,
    urls: '[]',
    due_at: new Date((calledAt ?? ctx.clock.now()).getTime() + UNKNOWN_AFTER_MS),
  })
}
