import type { z } from 'zod'
import { findShop, openShop, steerShop } from '../shop/books.ts'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'
import { ControlError } from './errors.ts'
import type { shopInput, shopPatch } from './schema.ts'

/** The shop as it is, without its key; `{shop: null}` where none was opened. */
export async function showShop({ db }: World): Promise<object> {
  const shop = await findShop(db)
  if (shop === undefined) return { shop: null }
  return {
    shop: {
      isOpen: shop.isOpen,
      url: shop.url,
      visitsPerHour: shop.visitsPerHour,
      ordersDataset: shop.ordersDataset,
      openedAt: shop.openedAt,
      history: { days: shop.historyDays, done: shop.historyDone, total: shop.historyTotal },
      toldUntil: shop.toldUntil,
      visits: Number(shop.visits),
      events: Number(shop.events),
      orders: Number(shop.orders),
      clicks: Number(shop.clicks),
      problem: shop.problem,
    },
  }
}

export async function putShop(world: World, input: z.output<typeof shopInput>): Promise<object> {
  const account = await accountOf(world, input.appid)
  await openShop(world.db, { ...input, accountId: account.id, at: world.clock.now() })
  return showShop(world)
}

export async function patchShop(world: World, patch: z.output<typeof shopPatch>): Promise<object> {
  if ((await findShop(world.db)) === undefined) throw new ControlError(404, 'there is no shop')
  await steerShop(world.db, { ...patch, now: world.clock.now() })
  return showShop(world)
}
