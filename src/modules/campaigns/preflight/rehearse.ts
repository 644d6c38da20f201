import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { forAudience, isEvent } from '../../segments/index.ts'
import { durationMs, type EventMatch } from '../../segments/schema.ts'
import type { EventTrigger } from '../schema/plan.ts'
import type { PreflightResult } from '../schema/shapes.ts'
import type { CampaignRow } from '../store/campaigns.ts'

const DAYS = 7
const TIMEOUT_MS = 20_000
const CANCELLED = '57014'

/**
 * How often an event trigger would have fired for the audience as it is now, over the last seven days of which the outcome is
 * known. Null for other triggers, and where the log is too large to be asked in time.
 */
export async function rehearse(
  ctx: Ctx,
  { accountId, plan }: CampaignRow,
  people: RawBuilder<unknown>,
  now: Date,
): Promise<PreflightResult['rehearsal']> {
  const { trigger } = plan
  if ((trigger.kind !== 'event' && trigger.kind !== 'event-not') || trigger.event === null) return null
  const asked = { accountId, trigger, event: trigger.event, people, now }
  try {
    return await inTransaction(ctx.db, async (trx) => {
      await forAudience(trx, { timeoutMs: TIMEOUT_MS })
      const { rows } = await sql<{
        events: string
        people: string
        firings: string
      }>`${question(asked)}`.execute(trx)
      const [row] = rows
      return {
        days: DAYS,
        events: Number(row?.events ?? 0),
        people: Number(row?.people ?? 0),
        firings: Number(row?.firings ?? 0),
      }
    })
  } catch (error) {
    if ((error as { code?: string }).code === CANCELLED) return null
    throw error
  }
}

type Asked = {
  accountId: string
  trigger: EventTrigger
  event: EventMatch
  people: RawBuilder<unknown>
  now: Date
}

function question({ accountId, trigger, event, people, now }: Asked): RawBuilder<unknown> {
  const at = sql<Date>`${now.toISOString()}::timestamptz`
  const within = trigger.kind === 'event-not' ? durationMs(trigger.within) : 0
  const to = new Date(now.getTime() - within)
  const from = new Date(to.getTime() - DAYS * 86_400_000)
  const { mode, n } = trigger.count
  const here =
    event.accountId === undefined
      ? sql`and (s.account_id is null or s.account_id = ${accountId}::bigint)`
      : sql``
  const reached = mode === 'after' ? sql`a.nth = ${n}::int` : sql`a.nth % ${n}::int = 0`
  return sql`
    with did as (
      select coalesce(m.merged_into, s.contact_id) as person, s.id, s.at
      from events s left join contact_aliases m on m.contact_id = s.contact_id
      where ${isEvent(event, at)} ${here} and s.contact_id is not null
        and s.at > ${from.toISOString()}::timestamptz and s.at <= ${to.toISOString()}::timestamptz),
    a as (
      select d.person, d.id, d.at, row_number() over (partition by d.person order by d.id) as nth
      from did d where d.person in (select p.contact_id from (${people}) p)
        and exists (select from fans f where f.contact_id = d.person and f.account_id = ${accountId}::bigint)),
    fired as (
      select a.person, row_number() over (partition by a.person order by a.id) as turn
      from a where ${reached} ${notFollowed(trigger, within, at)})
    select (select count(*) from a) as events, (select count(distinct person) from a) as people,
      (select count(*) from fired where ${trigger.perPerson}::int is null or turn <= ${trigger.perPerson}::int) as firings`
}

const notFollowed = (trigger: EventTrigger, within: number, at: RawBuilder<Date>): RawBuilder<unknown> =>
  trigger.kind !== 'event-not' || trigger.without === null
    ? sql``
    : sql`and not exists (
        select from (select a.person as id union all
          select b.contact_id from contact_aliases b where b.merged_into = a.person) i
        join events s on s.contact_id = i.id
        where ${isEvent(trigger.without, at)} and s.id <> a.id and s.at >= a.at
          and s.at <= a.at + make_interval(secs => ${within / 1_000}::double precision))`
