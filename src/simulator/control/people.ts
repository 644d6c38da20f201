import type { z } from 'zod'
import type { JsonObject } from '../json.ts'
import { leavesOf } from '../official-account/menus/check.ts'
import { menuOfFan, phoneOf, seenBy } from '../official-account/menus/store.ts'
import { articleKey } from '../official-account/publish/publications.ts'
import { findFan } from '../official-account/users/fans.ts'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'
import { ControlError } from './errors.ts'
import type { fansQuery } from './schema.ts'

/** Fans by the beginning of openid or WeChat id, or by a part of the nickname. */
export async function searchFans(world: World, query: z.output<typeof fansQuery>): Promise<object> {
  const account = await accountOf(world, query.appid)
  const items = await world.db.rows<{ id: string }>(
    `select id, openid, unionid, nickname, wechat_id as "wechatId", following, subscribed_at as "subscribedAt",
       subscribe_scene as "subscribeScene", blacklisted_at is not null as blacklisted,
       (select coalesce(array_agg(tag.name order by tag.id), '{}') from tag_member m join tag on tag.account_id = m.account_id and tag.id = m.tag_id
        where m.fan_id = fan.id) as tags
     from fan where account_id = $1 and id > $2
       and ($3 = '' or starts_with(openid, $3) or starts_with(wechat_id, $3) or position($3 in nickname) > 0)
     order by id limit $4`,
    [account.id, query.after, query.q, query.limit],
  )
  return { items, next: items.length === query.limit ? (items.at(-1)?.id ?? null) : null }
}

type Received = {
  id: string
  kind: string
  msgtype: string
  content: { articles?: object[]; draft_id?: string }
  msgDataId: string | null
  at: Date
  offline: number[] | null
}

/** One fan's chat with the account, oldest first: what came, and what the fan wrote. */
export async function readChat(world: World, appid: string, openid: string): Promise<object> {
  const account = await accountOf(world, appid)
  const fan = await findFan(world.db, account.id, openid)
  if (!fan) throw new ControlError(404, 'no such fan')
  const received = await world.db.rows<Received>(
    `select message.id, receipt.kind, msgtype, content, msg_data_id as "msgDataId", received_at as at,
       (select array_agg(idx) from article where msg_data_id = message.msg_data_id and deleted_at is not null) as offline
     from receipt join message on message.id = message_id where fan_id = $1 order by receipt.id desc limit 100`,
    [fan.id],
  )
  const written = await world.db.rows<{ id: string; content: string; at: Date; unserved: boolean }>(
    'select id, content, created_at as at, unserved from inbound where fan_id = $1 order by created_at desc limit 100',
    [fan.id],
  )
  const items = [
    ...received.map((one) => ({ from: 'account', ...one, content: withLinks(world, one) })),
    ...written.map((one) => ({ from: 'fan', ...one, msgtype: 'text', content: { content: one.content } })),
  ].sort((a, b) => a.at.getTime() - b.at.getTime())
  return {
    account: { appid, name: account.name, kind: account.kind, verified: account.verified },
    fan: { openid, nickname: fan.nickname, wechatId: fan.wechat_id, following: fan.following },
    now: world.clock.now(),
    items,
  }
}

type Shown = { thumb_media_id?: string; url?: string; Url?: string }

/** Articles get the address that opens them and their cover's. */
function withLinks(world: World, { content, msgDataId }: Received): object {
  const ownUrl = (place: number): string | undefined => {
    if (msgDataId) return `/s/${articleKey(msgDataId, place)}`
    return content.draft_id ? `/s/draft/${content.draft_id}/${place}` : undefined
  }
  const articles = (content.articles as Shown[] | undefined)?.map((article, index) => ({
    ...article,
    // cards of customer-service messages and replies bring their own
    url: ownUrl(index + 1) ?? article.url ?? article.Url ?? '',
    cover: article.thumb_media_id ? `${world.origin()}/mmbiz/${article.thumb_media_id}/0` : '',
  }))
  return articles ? { ...content, articles } : content
}

/** The menu that a fan sees, empty where there is none, and what they would have seen after each change. */
export async function readMenu(world: World, appid: string, openid: string): Promise<object> {
  const account = await accountOf(world, appid)
  const fan = await findFan(world.db, account.id, openid)
  if (!fan) throw new ControlError(404, 'no such fan')
  const seen = await menuOfFan(world.db, fan)
  return {
    menuId: seen?.menuId ?? null,
    buttons: await withPages(world, account.id, seen?.buttons ?? []),
    ...(await phoneOf(world.db, fan)),
    history: await seenBy(world.db, fan),
  }
}

/** Buttons that open an article get its address. */
async function withPages(
  world: World,
  accountId: number,
  buttons: readonly JsonObject[],
): Promise<JsonObject[]> {
  const ids = leavesOf(buttons).flatMap(({ type, article_id }) =>
    type === 'article_view_limited' && typeof article_id === 'string' ? [article_id] : [],
  )
  if (ids.length === 0) return [...buttons]
  const pages = await world.db.rows<{ id: string; key: string }>(
    `select article_id as id, key from publication join article using (msg_data_id)
     where publication.account_id = $1 and article_id = any($2) and idx = 1 and article.deleted_at is null`,
    [accountId, ids],
  )
  const pageOf = new Map(pages.map(({ id, key }) => [id, `/s/${key}`]))
  const paged = (button: JsonObject): JsonObject =>
    Array.isArray(button['sub_button']) && button['sub_button'].length > 0
      ? { ...button, sub_button: button['sub_button'].map(paged) }
      : { ...button, page: pageOf.get(String(button['article_id'])) }
  return buttons.map(paged)
}

/** The notifications a fan may be asked about, and what they said so far. */
export async function readSubscriptions(world: World, appid: string, openid: string): Promise<object> {
  const account = await accountOf(world, appid)
  const fan = await findFan(world.db, account.id, openid)
  if (!fan) throw new ControlError(404, 'no such fan')
  const items = await world.db.rows(
    `select t.id as "templateId", title, type, coalesce(c.credits, 0) as credits,
       case when c.refused then false when c.credits > 0 then true end as accepted
     from template t left join consent c on c.template_id = t.id and c.fan_id = $2
     where t.account_id = $1 and t.kind = 'subscription' and t.deleted_at is null order by t.created_at, t.id`,
    [account.id, fan.id],
  )
  return { items }
}
