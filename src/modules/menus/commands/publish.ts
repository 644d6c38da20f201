import { getMenus } from '../../../channels/official-account/menus.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid } from '../../../kernel/errors.ts'
import { decideAbility } from '../../../wechat/rules/account-abilities.ts'
import { type Account, accountClient, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { pausing } from '../../contacts/index.ts'
import { explained, startRun } from '../../runs/index.ts'
import { digestOf, prepare, readMenus } from '../present.ts'
import { diffMenus } from '../rules.ts'
import type { LiveMenus, MenusView, WantedMenus } from '../schema.ts'
import * as store from '../store.ts'
import { operatorOf } from './save.ts'

export const PUBLISH_MENUS = 'menus.publish'

/** Reads the menus from WeChat now. */
export async function lookAtMenus(ctx: Ctx, accountId: string): Promise<MenusView> {
  requireAble(await getAccount(ctx, accountId))
  await readLive(ctx, accountId)
  return readMenus(ctx, accountId)
}

async function readLive(ctx: Ctx, accountId: string): Promise<LiveMenus | null> {
  const client = await accountClient(ctx, accountId)
  const live = (await explained(pausing(ctx, accountId, getMenus(client)))) ?? null
  await store.writeLive(ctx, accountId, { live, at: ctx.clock.now() })
  return live
}

function requireAble(account: Account): void {
  const can = decideAbility(account, 'menu')
  if (!can.can) throw conflict(can.reason, 'this account has no menus by calls', { advice: can.advice })
}

/**
 * Begins to make WeChat show the saved menus. Refused as `menus_changed` where they are others than those the operator saw, as
 * `menu_changed_at_wechat` with the new difference where WeChat's are, and as `menu_invalid` with every problem in the way.
 */
export async function publishMenus(
  ctx: Ctx,
  accountId: string,
  seen: { revision: number; live: string },
): Promise<MenusView> {
  requireAble(await getAccount(ctx, accountId))
  const live = await readLive(ctx, accountId)
  const set = await store.selectSet(ctx.db, accountId)
  if (set.revision !== seen.revision)
    throw conflict('menus_changed', 'the menus were saved by somebody else meanwhile', {
      by: set.updatedBy,
      revision: set.revision,
    })
  const { wanted, problems } = await prepare(ctx, accountId, { menus: set.menus, live })
  if (problems.length > 0)
    throw invalid('menu_invalid', 'the menus can’t be published as they are', { problems })
  await start(ctx, accountId, { revision: set.revision, live, wanted, seen: seen.live })
  return readMenus(ctx, accountId)
}

/** Begins to take every menu away at WeChat; what is edited here stays. */
export async function removeMenus(ctx: Ctx, accountId: string, seen: { live: string }): Promise<MenusView> {
  requireAble(await getAccount(ctx, accountId))
  const live = await readLive(ctx, accountId)
  const { revision } = await store.selectSet(ctx.db, accountId)
  await start(ctx, accountId, { revision, live, wanted: null, seen: seen.live })
  return readMenus(ctx, accountId)
}

type Wish = { revision: number; live: LiveMenus | null; wanted: WantedMenus | null; seen: string }

async function start(ctx: Ctx, accountId: string, { revision, live, wanted, seen }: Wish): Promise<void> {
  const changes = diffMenus(live, wanted)
  if (digestOf(live) !== seen)
    throw conflict('menu_changed_at_wechat', 'the menus at WeChat are others than those that were seen', {
      changes,
    })
  if (changes.length === 0) throw conflict('menu_same', 'WeChat shows these menus already')
  await inTransaction(ctx.db, async (trx) => {
    const publicationId = await store.insertPublication(trx, {
      accountId,
      revision,
      before: live,
      wanted,
      by: operatorOf(ctx),
      at: ctx.clock.now(),
    })
    const run = await startRun(ctx, { accountId, kind: PUBLISH_MENUS, payload: { publicationId } }, trx)
    if (!run.started) throw conflict('menu_publishing', 'the menus are being published already')
    await audit(ctx, trx, {
      action: wanted === null ? 'menu.removing' : 'menu.publishing',
      accountId,
      subject: { kind: 'menu', id: accountId },
      detail: { revision, publicationId, changes: changes.length },
    })
  })
}
