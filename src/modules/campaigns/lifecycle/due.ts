import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { isMissed } from '../../../kernel/missed.ts'
import type { Due } from '../../manifest.ts'
import { calendarOf, nextRuns, runsBetween } from '../rules/schedule.ts'
import { GRACE_MS } from '../rules/state.ts'
import type { Missed, OnceTrigger, RepeatTrigger } from '../schema/plan.ts'
import { type CampaignRow, type Changes, changeCampaign, lockCampaign } from '../store/campaigns.ts'
import { insertRuns, type NewRun } from '../store/runs.ts'
import { prepareRun } from './prepare.ts'

/** Said when a campaign or a run of one has something to do at once. */
export const CAMPAIGNS_TOPIC = 'campaigns'
/** Missed runs written down at a time. */
const MOST_MISSED = 500

/**
 * Does what the clock asks of one campaign: opens its start, its next run, its end. Two processes on one due campaign take turns;
 * the second finds it done.
 */
export async function openDue(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const did = await inTransaction(ctx.db, async (trx) => {
    const { rows } = await sql<{ id: string }>`
      select id from campaigns where due_at <= ${now}::timestamptz and state in ('scheduled', 'preparing', 'running')
      order by due_at, id limit 1 for update skip locked`.execute(trx)
    const [row] = rows
    if (row === undefined) return 0
    const campaign = await lockCampaign(trx, row.id)
    assert(campaign?.dueAt, 'a due campaign is there')
    await changeCampaign(trx, row.id, now, await openOne(ctx, trx, campaign, now))
    return 1
  })
  if (did > 0) await ctx.wake.notify(CAMPAIGNS_TOPIC)
  return did
}

async function openOne(ctx: Ctx, trx: Executor, campaign: CampaignRow, now: Date): Promise<Changes> {
  const { trigger } = campaign.plan
  switch (trigger.kind) {
    case 'once':
      return openOnce(trx, campaign, trigger, now)
    case 'repeat':
      return openRuns(ctx, trx, campaign, trigger, now)
    default:
      return openEvents(trx, campaign, now)
  }
}

type Opened = { campaign: CampaignRow; now: Date }
const keyOf = ({ campaign, now }: Opened) => ({ campaignId: campaign.id, version: campaign.version, at: now })

/** A run that comes too late because nothing ran, or because the campaign was paused, is treated as its plan says. */
const lateRun = (scheduledAt: Date, missed: Missed, now: Date): NewRun => {
  if (!isMissed(scheduledAt, now)) return { scheduledAt, state: 'due' }
  const detail = { minutesLate: Math.floor((now.getTime() - scheduledAt.getTime()) / 60_000) }
  if (missed === 'send') return { scheduledAt, state: 'due', reason: 'late', detail }
  return missed === 'skip'
    ? { scheduledAt, state: 'skipped', reason: 'missed', detail }
    : { scheduledAt, state: 'asking', reason: 'missed', detail }
}

async function openOnce(
  trx: Executor,
  campaign: CampaignRow,
  trigger: OnceTrigger,
  now: Date,
): Promise<Changes> {
  const run = lateRun(campaign.dueAt ?? now, trigger.at === 'now' ? 'send' : trigger.missed, now)
  await insertRuns(trx, keyOf({ campaign, now }), [run])
  // skipped: the sweep that ends campaigns finds no open run
  return {
    due_at: null,
    state: run.state === 'asking' ? 'scheduled' : run.state === 'due' ? 'preparing' : 'running',
  }
}

/** Of runs that came while nothing ran, only the last may still go: the others are written down as missed. */
async function openRuns(
  ctx: Ctx,
  trx: Executor,
  campaign: CampaignRow,
  trigger: RepeatTrigger,
  now: Date,
): Promise<Changes> {
  const calendar = { ...calendarOf(trigger), until: campaign.endsAt }
  const first = campaign.dueAt ?? now
  const times = [first, ...runsBetween(calendar, first, now, MOST_MISSED)]
  const last = times.at(-1) ?? first
  const runs = times.map((at): NewRun => {
    const run = lateRun(at, trigger.missed, now)
    if (at === last || run.state === 'skipped') return run
    return { scheduledAt: at, state: 'skipped', reason: isMissed(at, now) ? 'missed' : 'superseded' }
  })
  await insertRuns(trx, keyOf({ campaign, now }), runs)
  // what was prepared for the first says nothing of a later one
  if (last > first) await prepareRun(ctx, trx, campaign, last)
  const [next] = nextRuns(calendar, last, 1)
  if (next !== undefined) await prepareRun(ctx, trx, campaign, next)
  return { due_at: next ?? null, state: 'running', started_at: campaign.startedAt ?? now }
}

/** The start of A's time, or its end: what the log holds by then is still counted, also what was on its way. */
async function openEvents(trx: Executor, campaign: CampaignRow, now: Date): Promise<Changes> {
  const { endsAt } = campaign
  const closesAt = endsAt === null ? null : new Date(endsAt.getTime() + GRACE_MS)
  if (closesAt !== null && closesAt <= now) {
    const { rows } = await sql<{ last: string }>`
      select case when is_called then last_value else 0 end as last from events_id_seq`.execute(trx)
    return { due_at: null, close_after: rows[0]?.last ?? '0', state: 'running' }
  }
  return { due_at: closesAt, state: 'running', started_at: campaign.startedAt ?? now }
}

/** What a sandbox may jump to. */
export async function nextCampaignDue(ctx: Ctx): Promise<Due> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean }>`
    select least(
        (select min(due_at) from campaigns where due_at is not null and state in ('scheduled', 'preparing', 'running')),
        (select min(due_at) from campaign_waits where state = 'waiting')) as due_at,
      exists (select from campaign_runs r join campaigns c on c.id = r.campaign_id
        where r.state in ('due', 'freezing') and c.state in ('preparing', 'running'))
      or exists (select from campaigns where preflight ->> 'state' = 'running') as busy`.execute(ctx.db)
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}
