import { sql } from 'kysely'
import { addTag, getTags, removeTag, renameTag } from '../../../channels/official-account/tags.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { SYSTEM_TAGS } from '../../../wechat/rules/tag-limits.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { pausing } from '../../contacts/index.ts'
import { explained } from '../../runs/index.ts'
import { replaceTags, selectTags } from '../store.ts'

type Named = { tagId: number; name: string }

/** Makes a tag at WeChat. Where no answer came, the account's tags are read to see whether it was made. */
export async function createWechatTag(ctx: Ctx, accountId: string, name: string): Promise<number> {
  const client = await accountClient(ctx, accountId)
  const made = await explained(
    pausing(
      ctx,
      accountId,
      addTag(client, name).catch(async (error) => {
        if (!isWechatError(error) || !error.ambiguous) throw error
        const found = (await getTags(client)).find((tag) => tag.name === name)
        if (found === undefined) throw error
        return found
      }),
    ),
  )
  await inTransaction(ctx.db, async (trx) => {
    await sql`
      insert into wechat_tags (account_id, tag_id, name, platform_count, synced_at)
      values (${accountId}::bigint, ${made.id}, ${made.name}, 0, ${ctx.clock.now()}::timestamptz)
      on conflict (account_id, tag_id) do update set name = excluded.name`.execute(trx)
    await audit(ctx, trx, {
      action: 'wechat_tags.created',
      accountId,
      detail: { tagId: made.id, name: made.name },
    })
  })
  return made.id
}

export async function renameWechatTag(ctx: Ctx, accountId: string, { tagId, name }: Named): Promise<void> {
  const before = await getWechatTag(ctx, accountId, tagId)
  const client = await accountClient(ctx, accountId)
  await explained(pausing(ctx, accountId, renameTag(client, tagId, name)))
  await inTransaction(ctx.db, async (trx) => {
    await trx
      .updateTable('wechat_tags')
      .set({ name })
      .where('account_id', '=', accountId)
      .where('tag_id', '=', tagId)
      .execute()
    await trx
      .updateTable('tag_links')
      .set({ known_name: name })
      .where('account_id', '=', accountId)
      .where('wechat_tag_id', '=', tagId)
      .execute()
    await audit(ctx, trx, {
      action: 'wechat_tags.renamed',
      accountId,
      detail: { tagId, name, before: before.name },
    })
  })
}

/** Deletes a tag at WeChat and takes it from everyone here. A linked one stays: own tags must not go with it unasked. */
export async function deleteWechatTag(ctx: Ctx, accountId: string, tagId: number): Promise<void> {
  const { name } = await getWechatTag(ctx, accountId, tagId)
  const linked = await ctx.db
    .selectFrom('tag_links')
    .select('id')
    .where('account_id', '=', accountId)
    .where('wechat_tag_id', '=', tagId)
    .executeTakeFirst()
  if (linked !== undefined) throw conflict('wechat_tag_linked', 'the tag is linked with an own tag', { name })
  const client = await accountClient(ctx, accountId)
  await explained(pausing(ctx, accountId, removeTag(client, tagId)))
  await inTransaction(ctx.db, async (trx) => {
    const left = (await selectTags(trx, accountId)).filter((tag) => tag.tagId !== tagId)
    await replaceTags(trx, accountId, {
      tags: left.map((tag) => ({ id: tag.tagId, name: tag.name, count: tag.platformCount })),
      at: ctx.clock.now(),
    })
    await audit(ctx, trx, { action: 'wechat_tags.deleted', accountId, detail: { tagId, name } })
  })
}

async function getWechatTag(ctx: Ctx, accountId: string, tagId: number): Promise<Named> {
  const tag = (await selectTags(ctx.db, accountId)).find((one) => one.tagId === tagId)
  if (tag === undefined) throw notFound('tag')
  if (SYSTEM_TAGS.includes(tagId)) throw conflict('wechat_system_tag', 'the tag is WeChat’s own', { tagId })
  return tag
}
