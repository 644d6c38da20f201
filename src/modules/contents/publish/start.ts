import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { decideAbility } from '../../../wechat/rules/account-abilities.ts'
import { type Account, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { refreshArticleSet } from '../commands/refresh.ts'
import { getStoredSet } from '../reads.ts'
import { CONTENTS_TOPIC } from './results.ts'
import type { ArticlePublication } from './schema.ts'
import * as store from './store.ts'

/**
 * Begins to publish a draft. Refused as `articles_gone` or `articles_changed` where WeChat has none or another than what was
 * shown, and as `articles_publishing` while one of it is under way; what WeChat has now is stored either way.
 */
export async function publishArticleSet(
  ctx: Ctx,
  accountId: string,
  articleSetId: string,
): Promise<ArticlePublication> {
  const set = await getStoredSet(ctx, accountId, articleSetId)
  requireAble(await getAccount(ctx, accountId))
  if (set.kind !== 'draft') throw conflict('articles_not_a_draft', 'these articles are published already')
  const seen = await refreshArticleSet(ctx, accountId, articleSetId)
  if (seen.goneAt !== null) throw conflict('articles_gone', 'WeChat has no such draft any more')
  if (seen.changed) throw conflict('articles_changed', 'the draft was changed at WeChat since it was synced')
  const id = await inTransaction(ctx.db, async (trx) => {
    const made = await store.insertPublication(trx, {
      accountId,
      articleSetId,
      by: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: ctx.clock.now(),
    })
    if (made === undefined) throw conflict('articles_publishing', 'the draft is being published')
    await audit(ctx, trx, {
      action: 'article.publishing',
      accountId,
      subject: { kind: 'article-set', id: articleSetId },
      detail: { publicationId: made, title: set.title, articles: set.articles.length },
    })
    return made
  })
  await ctx.wake.notify(CONTENTS_TOPIC)
  return store.selectPublication(ctx.db, id)
}

function requireAble(account: Account): void {
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  if (account.state !== 'active') throw conflict('account_paused', 'the account is paused')
  const can = decideAbility(account, 'publish')
  if (!can.can) throw conflict(can.reason, 'this account can’t publish by calls', { advice: can.advice })
}
