import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { endSend, isDrained, isDrainedSql } from '../../deliveries/index.ts'
import { isEventKind } from '../rules/state.ts'
import { type CampaignRow, changeCampaign, lockCampaign } from '../store/campaigns.ts'
import * as runs from '../store/runs.ts'
import { hasWaits } from '../store/waits.ts'
import { releaseCampaign } from './release.ts'

const AT_ONCE = 100

/** Brings runs and campaigns to their end once nothing of them is on its way, and follows sends that were paused. */
export async function settleCampaigns(ctx: Ctx): Promise<number> {
  return (await endRuns(ctx)) + (await endCampaigns(ctx)) + (await followPauses(ctx))
}

async function endRuns(ctx: Ctx): Promise<number> {
  const drained = await runs.listDrained(ctx.db, AT_ONCE)
  for (const runId of drained)
    await runs.changeRun(ctx.db, runId, { state: 'done', finished_at: ctx.clock.now() })
  return drained.length
}

/**
 * Candidates only: whether one has really ended is asked under its lock. Those that wait for their firings or their messages are
 * none: however many there are, nobody who has ended stands behind them.
 */
async function endCampaigns(ctx: Ctx): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from campaigns c
    where c.state in ('scheduled', 'preparing', 'running') and c.due_at is null and c.send_id is not null
      and ((c.close_after is not null and ${isDrainedSql(sql`c.send_id`)}
          and not exists (select from campaign_waits w where w.campaign_id = c.id and w.state = 'waiting'))
        or (c.plan #>> '{trigger,kind}' in ('once', 'repeat')
        and not exists (select from campaign_runs r
          where r.campaign_id = c.id and r.state in ('due', 'asking', 'freezing', 'running'))))
    order by c.id limit ${AT_ONCE}`.execute(ctx.db)
  let did = 0
  for (const { id } of rows) did += await endOne(ctx, id)
  return did
}

function endOne(ctx: Ctx, id: string): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const campaign = await lockCampaign(trx, id)
    const live =
      campaign?.state === 'running' || campaign?.state === 'preparing' || campaign?.state === 'scheduled'
    if (!live || campaign.sendId === null || campaign.dueAt !== null) return 0
    if (!(await isOver(trx, campaign))) return 0
    const now = ctx.clock.now()
    await endSend(ctx, trx, campaign.sendId)
    await releaseCampaign(trx, campaign)
    await changeCampaign(trx, id, now, { state: 'ended', ended_at: now })
    return 1
  })
}

async function isOver(trx: Executor, { id, sendId, plan }: CampaignRow): Promise<boolean> {
  if (sendId === null) return false
  if (!isEventKind(plan.trigger.kind)) return !(await runs.hasOpenRuns(trx, id))
  return (await isCounted(trx, id)) && !(await hasWaits(trx, id)) && isDrained(trx, sendId)
}

/** Whether everything that was in the log at its end has been looked at. */
async function isCounted(trx: Executor, id: string): Promise<boolean> {
  const { rows } = await sql<{ counted: boolean }>`
    select p.place >= c.close_after as counted from campaigns c join reaction_places p on p.name = 'campaigns.triggers'
    where c.id = ${id}::bigint`.execute(trx)
  return rows[0]?.counted ?? false
}

/** The engine pauses a send by itself where going on would do harm: its campaign says so. */
async function followPauses(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const { numAffectedRows } = await sql`
    update campaigns c set state = 'paused', pause_reason = s.pause_reason, pause_detail = case c.state
        when 'preparing' then coalesce(s.pause_detail, '{}') || '{"was": "preparing"}' else s.pause_detail end,
      updated_at = ${now}::timestamptz
    from sends s where s.id = c.send_id and s.state = 'paused' and s.pause_reason is not null
      and c.state in ('preparing', 'running')`.execute(ctx.db)
  return Number(numAffectedRows ?? 0)
}
