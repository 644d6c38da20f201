import type { Queries } from '../store/database.ts'
import type { Shop } from './books.ts'
import { customerOf } from './customers.ts'
import { type Message, reviewed } from './messages.ts'
import { type Act, reviewOf, type Visit } from './visits.ts'

/** Reviews of the orders of a period, written down before it is told: they come in a later one. */
export async function keepReviews(db: Queries, shop: Shop, visits: readonly Visit[]): Promise<void> {
  const due = visits.flatMap((visit) => {
    const act = reviewOf(shop.seed, visit)
    return act ? [{ visit, act }] : []
  })
  if (due.length === 0) return
  await db.run(
    `insert into shop_review (order_no, number, openid, act, due_at)
     select * from unnest($1::text[], $2::int[], $3::text[], $4::jsonb[], $5::timestamptz[]) on conflict do nothing`,
    [
      due.map(({ visit }) => visit.order?.number),
      due.map(({ visit }) => visit.customer.number),
      due.map(({ visit }) => visit.customer.openid),
      due.map(({ act }) => JSON.stringify(act)),
      due.map(({ act }) => act.at),
    ],
  )
}

type Row = { number: number; openid: string; act: Act; due_at: Date }

/** What reviewers say in a period; the same however often it is told. */
export async function reviewsOf(db: Queries, { from, to }: { from: Date; to: Date }): Promise<Message[]> {
  const rows = await db.rows<Row>(
    'select number, openid, act, due_at from shop_review where due_at > $1 and due_at <= $2 order by due_at, order_no',
    [from, to],
  )
  return rows.map(({ number, openid, act, due_at }) =>
    reviewed(customerOf('', number, openid), { ...act, at: due_at }),
  )
}
