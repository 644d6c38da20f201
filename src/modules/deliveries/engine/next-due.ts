import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { beijingDay, nextBeijingDay } from '../../../kernel/beijing.ts'
import type { Due } from '../../manifest.ts'

/**
 * What a sandbox may jump to: the next due person of a send that runs, tomorrow where today's calls are used up; busy
 * while somebody is due, in flight, or about to be told off.
 */
export async function nextDue(ctx: Ctx): Promise<Due> {
  const now = ctx.clock.now()
  const { rows } = await sql<{ due_at: Date | null; sending: boolean; leftovers: boolean }>`
    select
      (select min(case when c.exhausted then greatest(w.due_at, ${nextBeijingDay(now)}::timestamptz) else w.due_at end)
       from sends s join accounts a on a.id = s.account_id and a.state = 'active'
       left join call_days c on c.account_id = s.account_id and c.channel = s.channel and c.day = ${beijingDay(now)}::date
       cross join lateral (select d.due_at from deliveries d where d.send_id = s.id and d.state in ('planned', 'held')
         order by d.due_at limit 1) w
       where s.state = 'running' and not (select sending_paused from installation)) as due_at,
      exists (select from deliveries where state = 'sending') as sending,
      exists (select from sends where leftovers) as leftovers`.execute(ctx.db)
  const row = rows[0]
  const dueAt = row?.due_at ?? null
  return { dueAt, busy: (dueAt !== null && dueAt <= now) || row?.sending === true || row?.leftovers === true }
}
