import { dayOf } from '../calendar.ts'
import type { Account } from '../official-account/account.ts'
import { pushEvent, pushMessage } from '../official-account/callbacks/queue.ts'
import { cdata } from '../official-account/callbacks/xml.ts'
import { closeWindows, openWindow } from '../official-account/personal/windows.ts'
import { nextId } from '../official-account/publish/publications.ts'
import type { FanRow } from '../official-account/users/fans.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'

type Who = { fanId: string; at: Date }
/** A code as it is held before a camera. */
export type ScannedCode = { scene: string; isNumber: boolean; ticket: string }

/** 统计: the user_source that a way of following is counted under. */
const SOURCES: Record<string, number> = {
  ADD_SCENE_SEARCH: 1,
  ADD_SCENE_PROFILE_CARD: 17,
  ADD_SCENE_QR_CODE: 30,
  ADD_SCENE_PROFILE_LINK: 57,
  ADD_SCENE_WECHAT_ADVERTISEMENT: 100,
  ADD_SCENE_WXA: 149,
  ADD_SCENE_REPRINT: 161,
  ADD_SCENE_CHANNELS: 200,
  ADD_SCENE_LIVESTREAM: 201,
}
export const sourceOf = (scene: string): number => SOURCES[scene] ?? 0

/** Follows (关注); false when the fan does already. */
export async function addFollower(
  world: World,
  tx: Queries,
  account: Account,
  { fanId, at, scene, code }: Who & { scene: string; code?: ScannedCode },
): Promise<boolean> {
  const fan = await tx.row<FanRow>(
    `update fan set following = true, follow_order = nextval('follow_order'), subscribed_at = $2, subscribe_scene = $3,
       qr_scene = $4, qr_scene_str = $5 where id = $1 and not following returning *`,
    [fanId, at, scene, code?.isNumber ? code.scene : 0, code && !code.isNumber ? code.scene : ''],
  )
  if (!fan) return false
  await countFan(tx, account.id, { at, source: sourceOf(scene), came: true })
  await openWindow(tx, account, { fanId, kind: 'follow', at })
  await pushEvent(world, tx, account, {
    openid: fan.openid,
    event: 'subscribe',
    at,
    fanId,
    fields: code
      ? [cdata('EventKey', `qrscene_${code.scene}`), cdata('Ticket', code.ticket)]
      : [cdata('EventKey', '')],
  })
  return true
}

/** Leaves (取消关注): tags and remark are gone with it; false when the fan didn't follow. */
export async function removeFollower(
  world: World,
  tx: Queries,
  account: Account,
  { fanId, at }: Who,
): Promise<boolean> {
  const fan = await tx.row<FanRow>(
    `update fan set following = false, remark = '' where id = $1 and following returning *`,
    [fanId],
  )
  if (!fan) return false
  await tx.run('delete from tag_member where fan_id = $1', [fanId])
  await closeWindows(tx, fanId)
  await countFan(tx, account.id, { at, source: 0, came: false })
  await pushEvent(world, tx, account, {
    openid: fan.openid,
    event: 'unsubscribe',
    at,
    fields: [cdata('EventKey', '')],
  })
  return true
}

async function countFan(
  tx: Queries,
  accountId: number,
  { at, source, came }: { at: Date; source: number; came: boolean },
): Promise<void> {
  await tx.run(
    `insert into fan_day (account_id, day, source, new_user, cancel_user) values ($1, $2, $3, $4, $5)
     on conflict (account_id, day, source) do update set
       new_user = fan_day.new_user + excluded.new_user, cancel_user = fan_day.cancel_user + excluded.cancel_user`,
    [accountId, dayOf(at), source, came ? 1 : 0, came ? 0 : 1],
  )
}

/** Types a text into the chat; the callback server is asked for a passive reply. */
export async function addText(
  world: World,
  tx: Queries,
  account: Account,
  { fanId, content, at }: Who & { content: string },
): Promise<string> {
  const id = await nextId(tx)
  await tx.run(
    `insert into inbound (id, account_id, fan_id, kind, content, created_at) values ($1, $2, $3, 'text', $4, $5)`,
    [id, account.id, fanId, content, at],
  )
  await openWindow(tx, account, { fanId, kind: 'message', at })
  const fan = await tx.row<{ openid: string }>('select openid from fan where id = $1', [fanId])
  await pushMessage(world, tx, account, {
    openid: fan?.openid ?? '',
    msgtype: 'text',
    msgId: id,
    at,
    fanId,
    fields: [cdata('Content', content)],
  })
  return id
}

export type NewComments = {
  msgDataId: string
  idx: number
  at: Date
  comments: { fanId: string; content: string }[]
}

export async function addComments(tx: Queries, accountId: number, added: NewComments): Promise<void> {
  const { msgDataId, idx, at, comments } = added
  if (comments.length === 0) return
  await tx.run(
    `insert into comment (id, account_id, msg_data_id, idx, fan_id, content, created_at)
     select nextval('platform_id'), $1, $2, $3, fan_id, content, $4 from unnest($5::bigint[], $6::text[]) as c(fan_id, content)`,
    [accountId, msgDataId, idx, at, comments.map((one) => one.fanId), comments.map((one) => one.content)],
  )
  await countArticle(tx, accountId, { msgDataId, idx, at, column: 'comment_count', by: comments.length })
}

/** What is done to an article by hand, with the column of its day that counts it. */
const COLUMN = {
  read: 'read_user',
  share: 'share_user',
  wow: 'zaikan_user',
  like: 'like_user',
  favourite: 'collection_user',
} as const
export type ArticleAction = keyof typeof COLUMN
export const isArticleAction = (action: string): action is ArticleAction => Object.hasOwn(COLUMN, action)

type ArticleAt = { msgDataId: string; idx: number; at: Date }

/** Counts a fan's action once per article, however often it is tapped. */
export async function actOnArticle(
  tx: Queries,
  accountId: number,
  { fanId, action, msgDataId, idx, at }: ArticleAt & { fanId: string; action: ArticleAction },
): Promise<void> {
  const first = await tx.run(
    'insert into article_act (msg_data_id, idx, fan_id, action, at) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [msgDataId, idx, fanId, action, at],
  )
  if (first > 0) await countArticle(tx, accountId, { msgDataId, idx, at, column: COLUMN[action], by: 1 })
}

async function countArticle(
  tx: Queries,
  accountId: number,
  { msgDataId, idx, at, column, by }: ArticleAt & { column: string; by: number },
): Promise<void> {
  await tx.run(
    `insert into article_day (msg_data_id, idx, day, account_id, ${column}) values ($1, $2, $3, $4, $5)
     on conflict (msg_data_id, idx, day) do update set ${column} = article_day.${column} + excluded.${column}`,
    [msgDataId, idx, dayOf(at), accountId, by],
  )
}
