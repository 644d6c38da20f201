import type { Customer } from './customers.ts'
import { choose, type Random, randomOf } from './random.ts'
import { CHANNELS, PRODUCTS, type Product } from './words.ts'

const SECOND = 1_000
const DAY = 86_400_000
/** Five acts at most follow each other within 33 seconds each. */
export const LONGEST_VISIT_MS = 200 * SECOND

export type Act = { name: string; at: Date; properties: Record<string, string | number> }
export type Order = {
  number: string
  at: Date
  amount: number
  channel: string
  lines: { sku: string; product: string; category: string; price: number; quantity: number; amount: number }[]
}
/** `id` is the same whenever the same visit is told again. */
export type Visit = { id: string; customer: Customer; acts: Act[]; order: Order | undefined }

/** What a customer did in the shop before it opened its books to us, oldest first; most did little, some nothing. */
export function pastVisits(seed: string, customer: Customer, past: { until: Date; days: number }): Visit[] {
  if (past.days === 0) return []
  const random = randomOf(seed, 'past', customer.number)
  const count = customer.keenness === 0 ? 0 : 1 + Math.floor(random() * customer.keenness * 6)
  const more = customer.lovesShoes && customer.keenness > 0.1 ? 2 + Math.floor(random() * 3) : 0
  return Array.from({ length: count + more }, (_none, index) => {
    // who loves shoes came back lately
    const age = index < count ? random() * past.days : random() * Math.min(29, past.days)
    const at = new Date(past.until.getTime() - Math.floor(age * DAY) - LONGEST_VISIT_MS)
    return visitOf(seed, `past-${index}`, { customer, at, shoes: index >= count })
  }).sort((a, b) => a.acts[0]!.at.getTime() - b.acts[0]!.at.getTime())
}

type Occasion = { customer: Customer; at: Date; shoes?: boolean }

/** One visit: looks, keeps, perhaps buys, perhaps tells a friend. */
export function visitOf(seed: string, key: string, { customer, at, shoes = false }: Occasion): Visit {
  const id = `${customer.number}-${key}`
  const random = randomOf(seed, 'visit', id)
  const channel = choose(random, CHANNELS).name
  const product = pick(random, shoes || (customer.lovesShoes && random() < 0.4))
  let moment = at.getTime()
  const acts: Act[] = []
  const act = (name: string, properties: Act['properties']) => {
    acts.push({ name, at: new Date(moment), properties: { channel, ...properties } })
    moment += Math.floor((3 + random() * 30) * SECOND)
  }
  const seen = { sku: product.sku, product: product.name, category: product.category, price: product.price }
  act('view_product', seen)
  if (random() < 0.16) act('favourite', seen)
  const buys = random() < (shoes ? 0.85 : 0.18 + customer.keenness * 0.2)
  if (buys || random() < 0.15) act('add_to_cart', { ...seen, quantity: 1 })
  if (random() < 0.08) act('share', { ...seen, to: random() < 0.7 ? '好友' : '朋友圈' })
  const order = buys ? orderOf(random, { id, at: new Date(moment), channel, product }) : undefined
  if (order !== undefined) act('order_paid', paid(order))
  return { id, customer, acts, order }
}

const REVIEWING = 0.35
const REVIEW_SOONEST_MS = 5 * 60_000
const REVIEW_LATEST_MS = 40 * 60_000

/** Some buyers say what they think of it, within the hour. */
export function reviewOf(seed: string, { id, order }: Pick<Visit, 'id' | 'order'>): Act | undefined {
  if (order === undefined) return undefined
  const random = randomOf(seed, 'review', id)
  if (random() >= REVIEWING) return undefined
  const after = REVIEW_SOONEST_MS + random() * (REVIEW_LATEST_MS - REVIEW_SOONEST_MS)
  return {
    name: 'order_reviewed',
    at: new Date(order.at.getTime() + Math.floor(after)),
    properties: { order_no: order.number, stars: 3 + Math.floor(random() * 3), channel: order.channel },
  }
}

const pick = (random: Random, shoes: boolean): Product =>
  choose(random, shoes ? PRODUCTS.filter(({ category }) => category === '鞋') : PRODUCTS)

type Cart = { id: string; at: Date; channel: string; product: Product }

function orderOf(random: Random, { id, at, channel, product }: Cart): Order {
  const products = random() < 0.2 ? [product, choose(random, PRODUCTS)] : [product]
  const lines = [...new Set(products)].map(({ sku, name, category, price }) => {
    const quantity = category === '咖啡豆' ? 1 + Math.floor(random() * 3) : 1
    return { sku, product: name, category, price, quantity, amount: price * quantity }
  })
  return { number: `XM${id}`, at, channel, lines, amount: lines.reduce((sum, line) => sum + line.amount, 0) }
}

/** The event tells of the first line, as a tracker does; the whole order goes to the books. */
function paid({ number, amount, lines }: Order): Act['properties'] {
  const { sku, product, category, price, quantity } = lines[0]!
  return { order_no: number, sku, product, category, price, quantity, amount }
}
