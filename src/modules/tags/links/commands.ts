import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { SYSTEM_TAGS } from '../../../wechat/rules/tag-limits.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import { getTag } from '../own-commands.ts'
import { selectTags } from '../store.ts'
import { createWechatTag } from '../wechat/names.ts'

export const LINKS_TOPIC = 'tag_links'
type Wanted = { tagId: string; accountId: string; wechatTagId: number | null }

/** What either side would get. A WeChat tag that is still to be made is carried by nobody. */
export async function previewLink(
  ctx: Ctx,
  { tagId, accountId, wechatTagId }: Wanted,
): Promise<{ toWechat: number; toOwn: number }> {
  requireInScope(ctx, accountId)
  const { rows } = await sql<{ to_wechat: number; to_own: number }>`
    with carriers as (select contact_id from contact_tags where tag_id = ${tagId}::bigint and until = 'infinity'),
      fan as (select f.contact_id, f.tag_ids @> array[${wechatTagId ?? -1}::int] as has,
        f.contact_id in (select contact_id from carriers) as own
        from fans f where f.account_id = ${accountId}::bigint and f.following)
    select count(*) filter (where own and not has)::int as to_wechat,
      count(distinct contact_id) filter (where has and not own)::int as to_own from fan`.execute(ctx.db)
  return { toWechat: rows[0]?.to_wechat ?? 0, toOwn: rows[0]?.to_own ?? 0 }
}

/**
 * Keeps an own tag and a WeChat tag in step from now on. At first both get what either has: nobody loses a tag by a link.
 * Where no WeChat tag is named, one of the same name is used, or made.
 */
export async function linkTag(ctx: Ctx, wanted: Wanted): Promise<{ id: string; wechatTagId: number }> {
  const { tagId, accountId } = wanted
  requireInScope(ctx, accountId)
  await getAccount(ctx, accountId)
  const own = await getTag(ctx.db, tagId)
  await requireUnlinked(ctx.db, wanted)
  const wechatTagId = wanted.wechatTagId ?? (await tagOfName(ctx, accountId, own.name))
  if (SYSTEM_TAGS.includes(wechatTagId)) {
    throw invalid('wechat_system_tag', 'the tag is WeChat’s own', { tagId: wechatTagId })
  }
  const id = await inTransaction(ctx.db, async (trx) => {
    const known = (await selectTags(trx, accountId)).find((tag) => tag.tagId === wechatTagId)
    if (known === undefined) throw notFound('tag')
    await requireUnlinked(trx, { tagId, accountId, wechatTagId })
    const row = await trx
      .insertInto('tag_links')
      .values({
        tag_id: tagId,
        account_id: accountId,
        wechat_tag_id: wechatTagId,
        known_name: known.name,
        created_by: ctx.actor.kind === 'system' ? null : ctx.actor.id,
        created_at: ctx.clock.now(),
      })
      .onConflict((oc) => oc.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (row === undefined) throw linked()
    await audit(ctx, trx, {
      action: 'tag_links.created',
      accountId,
      subject: { kind: 'tag', id: tagId },
      detail: { name: own.name, wechatTagId, wechatName: known.name },
    })
    return row.id
  })
  await ctx.wake.notify(LINKS_TOPIC)
  return { id, wechatTagId }
}

/** Ends a link; who carries which tag stays as it is, what WeChat was not told yet is dropped. */
export function unlinkTag(ctx: Ctx, { tagId, linkId }: { tagId: string; linkId: string }): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const link = await trx
      .deleteFrom('tag_links')
      .where('id', '=', linkId)
      .where('tag_id', '=', tagId)
      .returning(['account_id', 'wechat_tag_id'])
      .executeTakeFirst()
    if (link === undefined || !isInScope(ctx, link.account_id)) throw notFound('tag_link')
    await trx
      .deleteFrom('wechat_tag_changes')
      .where('account_id', '=', link.account_id)
      .where('tag_id', '=', link.wechat_tag_id)
      .where((eb) => eb.or([eb('run_id', 'is', null), eb('state', '=', 'refused')]))
      .execute()
    await audit(ctx, trx, {
      action: 'tag_links.deleted',
      accountId: link.account_id,
      subject: { kind: 'tag', id: tagId },
      detail: { wechatTagId: link.wechat_tag_id },
    })
  })
}

async function tagOfName(ctx: Ctx, accountId: string, name: string): Promise<number> {
  const known = (await selectTags(ctx.db, accountId)).find((tag) => tag.name === name)
  return known?.tagId ?? (await createWechatTag(ctx, accountId, name))
}

async function requireUnlinked(db: Executor, { tagId, accountId, wechatTagId }: Wanted): Promise<void> {
  const row = await db
    .selectFrom('tag_links')
    .select('id')
    .where('account_id', '=', accountId)
    .where((eb) => eb.or([eb('tag_id', '=', tagId), eb('wechat_tag_id', '=', wechatTagId ?? -1)]))
    .executeTakeFirst()
  if (row !== undefined) throw linked()
}

const linked = () => conflict('tag_already_linked', 'one of the two tags is linked in this account already')

const isInScope = (ctx: Ctx, accountId: string): boolean => scopeOf(ctx)?.includes(accountId) ?? true
function requireInScope(ctx: Ctx, accountId: string): void {
  if (!isInScope(ctx, accountId)) throw notFound('account')
}
