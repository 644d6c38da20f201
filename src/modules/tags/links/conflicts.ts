import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { invalid, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { holdTags } from '../holding.ts'
import { changeOwnTag } from '../own-commands.ts'
import type { TagConflict } from '../schema.ts'
import { createWechatTag, renameWechatTag } from '../wechat/names.ts'
import { LINKS_TOPIC, linkTag, unlinkTag } from './commands.ts'
import { selectConflicts } from './store.ts'

type Choice = 'retry' | 'keep_wechat' | 'keep_own'
const FANS_PER_STEP = 1_000

export const listTagConflicts = (ctx: Ctx, accountId: string): Promise<TagConflict[]> =>
  selectConflicts(ctx.db, accountId)

/** Does what someone decided about a conflict; it is gone from the list, or comes back with WeChat's next refusal. */
export async function settleTagConflict(
  ctx: Ctx,
  accountId: string,
  decision: { wechatTagId: number; reason: TagConflict['reason']; choice: Choice },
): Promise<void> {
  const { wechatTagId, reason, choice } = decision
  const found = (await selectConflicts(ctx.db, accountId)).find(
    (one) => one.wechatTagId === wechatTagId && one.reason === reason,
  )
  if (found?.link == null) throw notFound('tag_conflict')
  const { link } = found
  if (reason === 'renamed') await settleName(ctx, accountId, { ...decision, ...found, link })
  else if (reason === 'deleted') await settleDeleted(ctx, accountId, { choice, link })
  else if (choice === 'retry') await retry(ctx, { accountId, wechatTagId, reason })
  else if (choice === 'keep_wechat')
    await keepWechat(ctx, { accountId, wechatTagId, reason, tagId: link.tagId })
  else throw choiceless()
  await audit(ctx, ctx.db, {
    action: 'tag_conflicts.settled',
    accountId,
    subject: { kind: 'tag', id: link.tagId },
    detail: { wechatTagId, reason, choice, fans: found.fans },
  })
}

const choiceless = () => invalid('tag_conflict_choice', 'this conflict can’t be decided this way')
type Link = NonNullable<TagConflict['link']>

async function settleName(
  ctx: Ctx,
  accountId: string,
  {
    link,
    choice,
    wechatTagId,
    wechatName,
  }: { link: Link; choice: Choice; wechatTagId: number; wechatName: string | null },
): Promise<void> {
  if (choice === 'keep_own') return renameWechatTag(ctx, accountId, { tagId: wechatTagId, name: link.name })
  if (choice !== 'keep_wechat' || wechatName === null) throw choiceless()
  await inTransaction(ctx.db, async (trx) => {
    await changeOwnTag({ ...ctx, db: trx }, link.tagId, { name: wechatName })
    await trx.updateTable('tag_links').set({ known_name: wechatName }).where('id', '=', link.linkId).execute()
  })
}

/** `keep_own` makes the tag anew at WeChat and gives it to whoever has the own tag; `keep_wechat` ends the link. */
async function settleDeleted(
  ctx: Ctx,
  accountId: string,
  { link, choice }: { link: Link; choice: Choice },
): Promise<void> {
  if (choice === 'retry') throw choiceless()
  if (choice === 'keep_wechat') return unlinkTag(ctx, { tagId: link.tagId, linkId: link.linkId })
  const wechatTagId = await createWechatTag(ctx, accountId, link.name)
  await unlinkTag(ctx, { tagId: link.tagId, linkId: link.linkId })
  await linkTag(ctx, { tagId: link.tagId, accountId, wechatTagId })
}

type Refused = { accountId: string; wechatTagId: number; reason: string }

async function retry(ctx: Ctx, { accountId, wechatTagId, reason }: Refused): Promise<void> {
  await sql`
    update wechat_tag_changes set state = 'waiting', reason = null, attempt = 0, run_id = null, free_at = clock_timestamp()
    where account_id = ${accountId}::bigint and tag_id = ${wechatTagId} and state = 'refused' and reason = ${reason}`.execute(
    ctx.db,
  )
  await ctx.wake.notify(LINKS_TOPIC)
}

/** The own tag becomes what WeChat has, a thousand people a transaction. */
async function keepWechat(ctx: Ctx, refused: Refused & { tagId: string }): Promise<void> {
  for (;;) {
    const left = await inTransaction(ctx.db, (trx) => keepSome(ctx, trx, refused))
    if (left === 0) return
  }
}

async function keepSome(
  ctx: Ctx,
  trx: Executor,
  { accountId, wechatTagId, reason, tagId }: Refused & { tagId: string },
): Promise<number> {
  const { rows } = await sql<{ contact_id: string; has: boolean }>`
    with mine as (delete from wechat_tag_changes c using (
        select id from wechat_tag_changes where account_id = ${accountId}::bigint and tag_id = ${wechatTagId}
          and state = 'refused' and reason = ${reason} order by id limit ${FANS_PER_STEP} for update) m
      where c.id = m.id returning c.fan_id)
    select f.contact_id, f.tag_ids @> array[${wechatTagId}::int] as has from mine join fans f on f.id = mine.fan_id`.execute(
    trx,
  )
  const ids = (has: boolean) => rows.filter((row) => row.has === has).map((row) => row.contact_id)
  await holdTags(trx, { contactIds: ids(true), give: [tagId], take: [] }, ctx.clock.now())
  await holdTags(trx, { contactIds: ids(false), give: [], take: [tagId] }, ctx.clock.now())
  return rows.length
}
