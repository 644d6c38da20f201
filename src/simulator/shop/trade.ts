import { getAccountById } from '../official-account/account.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
import { beginPeriod, endPeriod, findShop, keepHistory, type Shop } from './books.ts'
import { clicksOf } from './clicks.ts'
import { type Customer, customerOf } from './customers.ts'
import { booked, identified, type Message, reviewed, visited } from './messages.ts'
import { randomOf } from './random.ts'
import { report } from './report.ts'
import { keepReviews, reviewsOf } from './reviews.ts'
import { LONGEST_VISIT_MS, pastVisits, reviewOf, type Visit, visitOf } from './visits.ts'

const HOUR = 3_600_000
/** Fans whose past is told together. */
const FANS_PER_STEP = 600
/** However far the clock jumps, so many come in one period at most. */
const MOST_VISITS = 300

/** Tells the next part of the past, or else what happened since it last told; false when there is nothing to tell. */
export async function trade(world: World): Promise<boolean> {
  const shop = await findShop(world.db)
  if (shop === undefined || (!shop.isOpen && shop.tellingUntil === null)) return false
  return (await tellPast(world, shop)) || (await tellNews(world, shop))
}

async function tellPast({ db }: World, shop: Shop): Promise<boolean> {
  const customers = await customersAfter(db, shop)
  const last = customers.at(-1)
  if (last === undefined) return false
  const past = { until: shop.openedAt, days: shop.historyDays }
  const joined = new Date(past.until.getTime() - past.days * 24 * HOUR)
  const visits = customers.flatMap((customer) => pastVisits(shop.seed, customer, past))
  const introduced = customers.map((customer) => identified(customer, joined))
  const reviews = visits.flatMap((visit) => {
    const review = reviewOf(shop.seed, visit)
    return review && review.at <= past.until ? [reviewed(visit.customer, review)] : []
  })
  const told = await tell(shop, visits, { introduced, reviews })
  await keepHistory(db, shop, {
    ...told,
    fan: String(fanIdOf(shop, last.number)),
    fans: customers.length,
  })
  return true
}

/** A period is written down before it is told: whoever goes on after a kill tells the very same. */
async function tellNews({ db, clock }: World, shop: Shop): Promise<boolean> {
  if (shop.tellingUntil === null) {
    const now = clock.now()
    return visitsWithin(shop, now) >= 1 && (await beginPeriod(db, shop, now))
  }
  const until = shop.tellingUntil
  const visits = await newVisits(db, shop, until)
  const account = await getAccountById(db, shop.accountId)
  const clicks = await clicksOf(db, shop, { account, from: shop.toldUntil, to: until })
  await keepReviews(db, shop, visits)
  const reviews = await reviewsOf(db, { from: shop.toldUntil, to: until })
  const introduced = visits.map(({ customer }) => identified(customer, shop.openedAt))
  const told = await tell(shop, visits, { introduced: [...introduced, ...clicks], reviews })
  await endPeriod(db, shop, { ...told, clicks: clicks.length })
  return true
}

type More = { introduced: readonly Message[]; reviews: readonly Message[] }

async function tell(shop: Shop, visits: readonly Visit[], { introduced, reviews }: More) {
  const acts = [...visits.flatMap(visited), ...reviews]
  const orders = visits.flatMap(({ customer, order }) => (order ? [booked({ customer, order })] : []))
  await report(shop, { messages: [...introduced, ...acts], orders })
  return { visits: visits.length, events: acts.length, orders: orders.length, clicks: 0 }
}

const visitsWithin = (shop: Shop, until: Date): number =>
  Math.min(
    MOST_VISITS,
    Math.floor(((until.getTime() - shop.toldUntil.getTime()) / HOUR) * shop.visitsPerHour),
  )

/** Who came in a period: spread over it, drawn from the keener half of the fans. */
async function newVisits(db: Queries, shop: Shop, until: Date): Promise<Visit[]> {
  const count = visitsWithin(shop, until)
  const from = shop.toldUntil.getTime()
  const step = (until.getTime() - from) / Math.max(1, count)
  const key = `live-${from}`
  const random = randomOf(shop.seed, key, 'who')
  const people = await countPeople(db, shop)
  const numbers = Array.from({ length: count }, () => 1 + Math.floor(random() * people))
  const customers = new Map((await customersBy(db, shop, numbers)).map((one) => [one.number, one]))
  return numbers.flatMap((number, index) => {
    const customer = customers.get(number)
    if (customer === undefined) return []
    const at = new Date(from + Math.floor((index + 1) * step) - LONGEST_VISIT_MS)
    return [visitOf(shop.seed, `${key}-${index}`, { customer, at })]
  })
}

const FANS_PER_ACCOUNT = 100_000_000n
const fanIdOf = (shop: Shop, number: number): bigint =>
  BigInt(shop.accountId) * FANS_PER_ACCOUNT + BigInt(number)

type Row = { number: number; openid: string }
const asCustomers = (shop: Shop, rows: readonly Row[]): Customer[] =>
  rows.map(({ number, openid }) => customerOf(shop.seed, number, openid))

async function customersAfter(db: Queries, shop: Shop): Promise<Customer[]> {
  const after = BigInt(shop.historyFan) || fanIdOf(shop, 0)
  const rows = await db.rows<Row>(
    `select (id % 100000000)::int as number, openid from fan where id > $1 and id < $2 and following order by id limit $3`,
    [after, fanIdOf(shop, 0) + FANS_PER_ACCOUNT, FANS_PER_STEP],
  )
  return asCustomers(shop, rows)
}

async function customersBy(db: Queries, shop: Shop, numbers: readonly number[]): Promise<Customer[]> {
  const rows = await db.rows<Row>(
    'select (id % 100000000)::int as number, openid from fan where id = any($1::bigint[]) and following',
    [numbers.map((number) => fanIdOf(shop, number))],
  )
  return asCustomers(shop, rows)
}

async function countPeople(db: Queries, shop: Shop): Promise<number> {
  const row = await db.row<{ last: number }>(
    'select (coalesce(max(id), 0) % 100000000)::int as last from fan where account_id = $1',
    [shop.accountId],
  )
  return row?.last ?? 0
}
