import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import type { ReactionEvent } from '../manifest.ts'
import { selectSettings } from './store.ts'

const FANS_PER_CHUNK = 200
const DAY_MS = 86_400_000

/**
 * Fans who left so many days ago lose what WeChat told of them, where the setting says so. 为保护用户数据隐私，开发者收到用户取消关注
 * 事件时需要删除该用户的所有信息 (接收事件推送, checked 2026-11). Returns how many, 0 when none is left.
 */
export function forgetThoseWhoLeft(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const settings = await selectSettings(trx)
    if (!settings.eraseAfterUnfollow) return 0
    const before = new Date(ctx.clock.now().getTime() - settings.unfollowDays * DAY_MS)
    const { rows } = await sql<{ id: string }>`
      select id from fans where not following and unfollowed_at <= ${before}::timestamptz
        and (unionid is not null or remark is not null or subscribe_scene is not null or qr_scene is not null
          or tag_ids <> '{}')
      order by unfollowed_at limit ${FANS_PER_CHUNK} for update skip locked`.execute(trx)
    await forgetPlatformData(
      ctx,
      trx,
      rows.map(({ id }) => id),
      'unfollow',
    )
    return rows.length
  })
}

/** 用户撤回授权、注销: WeChat asks that what it told of the person goes. */
const ASKED = ['user_authorization_revoke', 'user_authorization_cancellation']

export async function forgetOnRequest(
  ctx: Ctx,
  events: readonly ReactionEvent[],
  trx: Executor,
): Promise<void> {
  const fanIds = events
    .filter(({ properties }) => ASKED.includes(String(properties['event'])))
    .flatMap(({ fanId }) => fanId ?? [])
  await forgetPlatformData(ctx, trx, [...new Set(fanIds)].sort(), 'platform')
}

/**
 * Takes away what WeChat told of these fans: unionid, tags, remark, where they came from, and what its events said. That
 * there was a fan, and that they left, stays: sends need it. What the person told us elsewhere is not WeChat's.
 */
async function forgetPlatformData(
  ctx: Ctx,
  trx: Executor,
  fanIds: readonly string[],
  reason: 'unfollow' | 'platform',
): Promise<void> {
  if (fanIds.length === 0) return
  const fans = await sql<{ id: string; contact_id: string }>`
    update fans set unionid = null, tag_ids = '{}', remark = null, subscribe_scene = null, qr_scene = null,
      last_interaction_at = null, detailed = false, detail_due_at = null
    where id = any(${[...fanIds]}::bigint[]) returning id, contact_id`.execute(trx)
  const contactIds = [...new Set(fans.rows.map((row) => row.contact_id))]
  await sql`delete from fan_tags where fan_id = any(${[...fanIds]}::bigint[])`.execute(trx)
  // the unionid of someone who is still a fan elsewhere is still told by WeChat
  await sql`
    update contacts c set unionid = null where id = any(${contactIds}::bigint[]) and unionid is not null
      and not exists (select from fans f where f.contact_id = c.id and (f.following or f.unionid is not null))`.execute(
    trx,
  )
  await sql`
    update contact_merges set evidence = '{}' where cause = 'unionid' and target_id = any(${contactIds}::bigint[])
      and not exists (select from contacts c where c.id = target_id and c.unionid is not null)`.execute(trx)
  const events = await sql<{ fan_id: string }>`
    update events set properties = '{}' where fan_id = any(${[...fanIds]}::bigint[])
      and starts_with(name, 'wechat.') and properties <> '{}' returning fan_id`.execute(trx)
  const receipts = contactIds.map((contactId) => {
    const own = new Set(fans.rows.filter((row) => row.contact_id === contactId).map(({ id }) => id))
    return { fans: own.size, events: events.rows.filter((row) => own.has(row.fan_id)).length }
  })
  await sql`
    insert into erasures (contact_id, requested_at, reason, counts, finished_at)
    select contact_id, ${ctx.clock.now()}::timestamptz, ${reason}, counts::jsonb, ${ctx.clock.now()}::timestamptz
    from unnest(${contactIds}::bigint[], ${receipts.map((one) => JSON.stringify(one))}::text[]) as i (contact_id, counts)`.execute(
    trx,
  )
}
