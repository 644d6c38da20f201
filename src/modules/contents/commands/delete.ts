import { deleteDraft } from '../../../channels/official-account/drafts.ts'
import { deletePermanent } from '../../../channels/official-account/material.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { explained } from '../../runs/index.ts'
import { markMediaGone, selectAsset } from '../media-store.ts'
import { isPublishing } from '../publish/store.ts'
import { getStoredSet } from '../reads.ts'
import type { MaterialRef } from '../schema.ts'
import { markGone } from '../store.ts'
import { selectUses } from '../uses/store.ts'

type Options = { force: boolean }
/** WeChat has none of that id. */
const NO_MEDIA = 40007

/**
 * Deletes an image, voice or video at WeChat; what was sent stays. Refused as `material_in_use` with what names it unless forced,
 * and by WeChat (48005) while its own replies or the menus that it shows name it.
 */
export async function deleteMedia(
  ctx: Ctx,
  accountId: string,
  { mediaAssetId: id, force }: Options & { mediaAssetId: string },
): Promise<void> {
  const found = await selectAsset(ctx.db, accountId, id)
  if (found === undefined) throw notFound('media')
  const { kind, name, mediaId } = found.asset
  const uses = await freed(ctx, { accountId, material: 'media', id, force })
  await atWechat(ctx, accountId, (client) => deletePermanent(client, mediaId))
  await inTransaction(ctx.db, async (trx) => {
    await markMediaGone(trx, id, ctx.clock.now())
    await audit(ctx, trx, {
      action: 'media.deleted',
      accountId,
      subject: { kind: 'media', id },
      detail: { kind, name, uses },
    })
  })
}

/** Deletes a draft at WeChat. Published articles are taken offline there. Refused as {@link deleteMedia} is, and while it is being published. */
export async function deleteArticleSet(
  ctx: Ctx,
  accountId: string,
  { articleSetId: id, force }: Options & { articleSetId: string },
): Promise<void> {
  const { kind, goneAt, wechatId, title } = await getStoredSet(ctx, accountId, id)
  if (kind !== 'draft') throw conflict('articles_not_a_draft', 'only drafts are deleted from here')
  if (goneAt !== null) throw conflict('articles_gone', 'WeChat has no such draft any more')
  if (await isPublishing(ctx.db, id)) throw conflict('articles_publishing', 'the draft is being published')
  const uses = await freed(ctx, { accountId, material: 'article-set', id, force })
  await atWechat(ctx, accountId, (client) => deleteDraft(client, wechatId))
  await inTransaction(ctx.db, async (trx) => {
    await markGone(trx, id, ctx.clock.now())
    await audit(ctx, trx, {
      action: 'article.deleted',
      accountId,
      subject: { kind: 'article-set', id },
      detail: { title, uses },
    })
  })
}

/** How many uses it has, that somebody has seen. */
async function freed(
  ctx: Ctx,
  { force, ...of }: Options & MaterialRef & { accountId: string },
): Promise<number> {
  const uses = await selectUses(ctx.db, of)
  if (uses.length > 0 && !force)
    throw conflict('material_in_use', 'something names it', { uses, count: uses.length })
  return uses.length
}

/** What is gone there already is what was wanted: also a deletion whose answer was lost. */
async function atWechat(
  ctx: Ctx,
  accountId: string,
  call: (client: OfficialAccountClient) => Promise<void>,
): Promise<void> {
  const client = await accountClient(ctx, accountId)
  await explained(
    call(client).catch((error: unknown) => {
      if (!isWechatError(error) || error.errcode !== NO_MEDIA) throw error
    }),
  )
}
