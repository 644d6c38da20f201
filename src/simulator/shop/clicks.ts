import { STEPS } from '../behaviour/plan.ts'
import type { Account } from '../official-account/account.ts'
import type { Queries } from '../store/database.ts'
import type { Shop } from './books.ts'
import { customerOf } from './customers.ts'
import { clicked, type Message } from './messages.ts'

/** Of those who read an article, so many follow its link. */
const FOLLOW_LINK = 0.4
const MOST_CLICKS = 2_000
const LUCK = `(hashint8extended(fan_id, $2::bigint + 31) & 1048575)::float8 / 1048576`

type Step = { msg_id: string; step: number; due_at: Date; send: string }

/**
 * Fans who came to the shop through the link of a news card in a period: readers of a mass send whose article leads
 * to an address with `wd_send`, in the steps in which its readers read.
 */
export async function clicksOf(
  db: Queries,
  shop: Shop,
  { account, from, to }: { account: Account; from: Date; to: Date },
): Promise<Message[]> {
  const steps = await db.rows<Step>(
    `select s.msg_id, s.step, s.due_at, min(link.send) as send
     from behaviour_step s join message m on m.id = s.msg_id join article a on a.msg_data_id = m.msg_data_id,
       lateral (select substring(a.fields->>'content_source_url' from '[?&]wd_send=([0-9]{1,19})') as send) link
     where s.account_id = $1 and s.due_at > $2 and s.due_at <= $3 and a.deleted_at is null and link.send is not null
     group by s.id order by s.id limit 50`,
    [shop.accountId, from, to],
  )
  const messages: Message[] = []
  for (const { msg_id, step, due_at, send } of steps) {
    const rate = account.rates.read * FOLLOW_LINK
    const share = { from: STEPS[step - 1]?.reached ?? 0, to: STEPS[step]?.reached ?? 1 }
    const rows = await db.rows<{ number: number; openid: string }>(
      `select (fan_id % 100000000)::int as number, openid from receipt join fan on fan.id = fan_id
       where message_id = $1 and fan.following and ${LUCK} >= $3::float8 and ${LUCK} < $4::float8 order by fan_id limit $5`,
      [msg_id, account.seed, rate * share.from, rate * share.to, MOST_CLICKS],
    )
    for (const { number, openid } of rows)
      messages.push(clicked(customerOf(shop.seed, number, openid), send, due_at))
  }
  return messages
}
