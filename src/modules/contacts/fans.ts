import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { listAccounts } from '../accounts/index.ts'
import { countFans, selectFanPage } from './listing.ts'
import { canSeePersons, shortenId } from './rules.ts'
import type { Fan, FanDetail, FanFilter, SiblingFan } from './schema.ts'
import * as store from './store.ts'

export type { FanRow } from './store.ts'

/** A fan of this account; `not_found` for anyone else's. */
export async function getFan(ctx: Ctx, accountId: string, fanId: string): Promise<store.FanRow> {
  const [row] = await store.selectFansById(ctx.db, accountId, [fanId])
  if (row === undefined) throw notFound('fan')
  return row
}

/** Fans of this account by openid, in no particular order; openids nobody has are left out. */
export const findFansByOpenid = (
  ctx: Ctx,
  accountId: string,
  openids: readonly string[],
): Promise<store.FanRow[]> => store.selectFansByOpenid(ctx.db, accountId, openids)

export async function listFans(
  ctx: Ctx,
  accountId: string,
  filter: FanFilter & { cursor?: string | undefined; limit: number },
): Promise<Page<Fan>> {
  const rows = await selectFanPage(ctx.db, accountId, filter)
  return toPage(
    rows.map((row) => presentFan(ctx, row)),
    filter.limit,
    (fan) => fan.id,
  )
}

export const countFansBy = (ctx: Ctx, accountId: string, filter: FanFilter) =>
  countFans(ctx.db, accountId, filter)

/** A fan with the same person in other accounts, as far as the caller may see those. */
export async function getFanDetail(ctx: Ctx, accountId: string, fanId: string): Promise<FanDetail> {
  const row = await getFan(ctx, accountId, fanId)
  const [accounts, siblings, contact] = await Promise.all([
    listAccounts(ctx),
    store.selectFansOfContact(ctx.db, row.contact_id),
    store.selectContact(ctx.db, row.contact_id),
  ])
  const names = new Map(accounts.map((account) => [account.id, account.name]))
  const otherAccounts = siblings.flatMap((sibling): SiblingFan[] => {
    const accountName = names.get(sibling.account_id)
    if (accountName === undefined || sibling.id === fanId) return []
    const { id, openid, following } = presentFan(ctx, sibling)
    return [{ id, accountId: sibling.account_id, openid, following, accountName }]
  })
  const unionid = row.unionid ?? contact.unionid
  return {
    ...presentFan(ctx, row),
    unionid: unionid && (canSeePersons(ctx.actor) ? unionid : shortenId(unionid)),
    contactSince: contact.created_at.toISOString(),
    otherAccounts,
  }
}

/** A fan as the caller may see it. */
export const presentFan = (ctx: Ctx, row: store.FanRow): Fan => ({
  id: row.id,
  accountId: row.account_id,
  contactId: row.contact_id,
  openid: canSeePersons(ctx.actor) ? row.openid : shortenId(row.openid),
  following: row.following,
  detailed: row.detailed,
  followedAt: row.followed_at?.toISOString() ?? null,
  unfollowedAt: row.unfollowed_at?.toISOString() ?? null,
  lastInteractionAt: row.last_interaction_at?.toISOString() ?? null,
  tagIds: row.tag_ids,
  subscribeScene: row.subscribe_scene,
  qrScene: row.qr_scene,
  remark: row.remark,
})
