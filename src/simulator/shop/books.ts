import type { Queries } from '../store/database.ts'

/** The shop as its one row has it. */
export type Shop = {
  opening: string
  accountId: number
  url: string
  writeKey: string
  ordersDataset: string | null
  seed: string
  isOpen: boolean
  visitsPerHour: number
  openedAt: Date
  historyDays: number
  historyFan: string
  historyDone: number
  historyTotal: number
  toldUntil: Date
  tellingUntil: Date | null
  visits: string
  events: string
  orders: string
  clicks: string
  problem: string | null
}

export const findShop = (db: Queries): Promise<Shop | undefined> =>
  db.row<Shop>(
    `select opening, account_id as "accountId", url, write_key as "writeKey", orders_dataset as "ordersDataset", seed,
       is_open as "isOpen", visits_per_hour as "visitsPerHour", opened_at as "openedAt", history_days as "historyDays",
       history_fan as "historyFan", history_done as "historyDone", history_total as "historyTotal",
       told_until as "toldUntil", telling_until as "tellingUntil", visits, events, orders, clicks, problem from shop`,
  )

export type Opening = {
  accountId: number
  url: string
  writeKey: string
  ordersDataset: string | null
  seed: string
  visitsPerHour: number
  historyDays: number
  at: Date
}

/** Opens the shop, or tells the one that is open where to report from now on: what it has told stays told. */
export async function openShop(tx: Queries, shop: Opening): Promise<void> {
  await tx.run(
    `insert into shop (account_id, url, write_key, orders_dataset, seed, is_open, visits_per_hour, opened_at, told_until,
       history_days, history_total)
     select $1, $2, $3, $4, $5, true, $6, $7, $7, $8, count(*) from fan where account_id = $1 and following
     on conflict (one) do update set url = excluded.url, write_key = excluded.write_key,
       orders_dataset = excluded.orders_dataset, problem = null`,
    [
      shop.accountId,
      shop.url,
      shop.writeKey,
      shop.ordersDataset,
      shop.seed,
      shop.visitsPerHour,
      shop.at,
      shop.historyDays,
    ],
  )
}

/** While it is closed nobody comes; what would have happened meanwhile does not. */
export async function steerShop(
  tx: Queries,
  { url, isOpen, visitsPerHour, now }: { url?: string; isOpen?: boolean; visitsPerHour?: number; now: Date },
): Promise<void> {
  await tx.run(
    `update shop set visits_per_hour = coalesce($2, visits_per_hour), is_open = coalesce($1, is_open), problem = null, url = coalesce($4, url),
       told_until = case when $1 and not is_open then greatest(told_until, $3) else told_until end`,
    [isOpen ?? null, visitsPerHour ?? null, now, url ?? null],
  )
}

export type Told = { visits: number; events: number; orders: number; clicks: number }

const COUNTED = `visits = visits + $2, events = events + $3, orders = orders + $4, clicks = clicks + $5, problem = null`
const counts = ({ visits, events, orders, clicks }: Told): number[] => [visits, events, orders, clicks]

/** The past of so many more fans, up to this one, has arrived. */
export const keepHistory = (db: Queries, shop: Shop, told: Told & { fan: string; fans: number }) =>
  db.run(
    `update shop set ${COUNTED}, history_fan = $6, history_done = history_done + $7
     where opening = $1 and history_fan < $6::bigint`,
    [shop.opening, ...counts(told), told.fan, told.fans],
  )

/** Says what period is told next; false when the shop is another one by now. */
export async function beginPeriod(db: Queries, shop: Shop, until: Date): Promise<boolean> {
  const changed = await db.run(
    'update shop set telling_until = $2 where opening = $1 and telling_until is null and told_until < $2 and is_open',
    [shop.opening, until],
  )
  return changed > 0
}

export const endPeriod = (db: Queries, shop: Shop, told: Told) =>
  db.run(
    `update shop set ${COUNTED}, told_until = greatest(told_until, telling_until), telling_until = null
     where opening = $1 and telling_until = $6`,
    [shop.opening, ...counts(told), shop.tellingUntil],
  )

export const noteProblem = (db: Queries, shop: Shop, problem: string) =>
  db.run('update shop set problem = $2 where opening = $1', [shop.opening, problem.slice(0, 300)])
