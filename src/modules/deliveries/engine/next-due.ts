import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { beijingDay, nextBeijingDay } from '../../../kernel/beijing.ts'
import { getAccount } from '../../accounts/index.ts'
import type { Due } from '../../manifest.ts'
import { callLimit } from '../facts/index.ts'
import type { DeliveryChannel } from '../model.ts'

type Row = { accountId: string; channel: DeliveryChannel; dueAt: Date; used: number; exhausted: boolean }

/**
 * What a sandbox may jump to: the next due person of a send that runs, tomorrow where today's calls are used up; busy
 * while somebody is due, in flight, or about to be told off.
 */
export async function nextDue(ctx: Ctx): Promise<Due> {
  const now = ctx.clock.now()
  const [waiting, busy] = await Promise.all([
    sql<Row>`
      select s.account_id as "accountId", s.channel, min(w.due_at) as "dueAt", coalesce(max(c.used), 0) as used,
        coalesce(bool_or(c.exhausted), false) as exhausted
      from sends s join accounts a on a.id = s.account_id and a.state = 'active'
      left join call_days c on c.account_id = s.account_id and c.channel = s.channel and c.day = ${beijingDay(now)}::date
      cross join lateral (select d.due_at from deliveries d where d.send_id = s.id and d.state in ('planned', 'held')
        order by d.due_at limit 1) w
      where s.state = 'running' and not (select sending_paused from installation)
      group by s.account_id, s.channel`.execute(ctx.db),
    sql<{ busy: boolean }>`select exists (select from deliveries where state = 'sending')
      or exists (select from sends where leftovers) as busy`.execute(ctx.db),
  ])
  const dues: number[] = []
  for (const { accountId, channel, dueAt, used, exhausted } of waiting.rows) {
    const over = exhausted || used >= callLimit(await getAccount(ctx, accountId), channel)
    dues.push(over ? Math.max(dueAt.getTime(), nextBeijingDay(now).getTime()) : dueAt.getTime())
  }
  const dueAt = dues.length === 0 ? null : new Date(Math.min(...dues))
  return { dueAt, busy: (dueAt !== null && dueAt <= now) || busy.rows[0]?.busy === true }
}
