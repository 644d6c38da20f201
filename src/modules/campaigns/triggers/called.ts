import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { ReactionEvent } from '../../manifest.ts'
import type { CampaignState } from '../schema.ts'
import { watchers } from './live.ts'
import { countEvents } from './react.ts'

/**
 * Starts a campaign that waits to be called for the people of these events, in the caller's transaction: they count as its A, so
 * audience, count, limit and time to reach hold as ever. Returns how many were counted; of a campaign that isn't live, or waits for
 * something else, none.
 */
export async function startCalled(
  ctx: Ctx,
  trx: Executor,
  { campaignId, events }: { campaignId: string; events: readonly ReactionEvent[] },
): Promise<number> {
  const named = (await watchers(ctx, trx)).filter(
    ({ id, trigger }) => id === campaignId && trigger.event?.event === EVENTS.called,
  )
  if (named.length === 0 || events.length === 0) return 0
  const called = events.map((event) => ({ ...event, name: EVENTS.called }))
  return countEvents(ctx, trx, { watchers: named, events: called })
}

/** Campaigns of an account that wait to be called and are not over, the newest first. */
export async function listCallable(
  db: Executor,
  accountId: string,
): Promise<{ id: string; name: string; state: CampaignState }[]> {
  const { rows } = await sql<{
    id: string
    name: string
    state: CampaignState
  }>`select id, name, state from campaigns
    where account_id = ${accountId}::bigint and plan #>> '{trigger,event,event}' = ${EVENTS.called}
      and plan #>> '{trigger,kind}' in ('event', 'event-not') and state not in ('ended', 'cancelled', 'failed')
    order by id desc limit 200`.execute(db)
  return rows
}
