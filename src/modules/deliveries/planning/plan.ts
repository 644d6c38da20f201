import { type RawBuilder, sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { TallyBook } from '../store/tallies.ts'

export type PlanRow = {
  contactId: string
  fanId: string
  /** `0` for once in a send; the run's or the event's id where a person may get several. */
  occurrence: string
  runId?: string | null
  dueAt: Date
  /** What the event that fired said, for variables. */
  context?: Record<string, unknown> | null
  version: number
  /** The last instant this one may still go. */
  notAfter?: Date | null
  /** It went already, as the answer to a push, and is only written down. */
  passiveAt?: Date | null
}

/** Planning waits while the send is being ended, and plans nobody into one that has ended. */
const openSend = (sendId: string) =>
  sql`select s.id, s.account_id from sends s where s.id = ${sendId}::bigint and s.state <> 'ended' for share of s`

/**
 * Plans messages to these people, whoever is not planned already for the same send and occurrence; returns how many
 * are new. Call `wakeDeliveries` after the commit.
 */
export async function planDeliveries(
  trx: Executor,
  sendId: string,
  rows: readonly PlanRow[],
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0
  const column = <T>(pick: (row: PlanRow) => T) => rows.map(pick)
  const { rows: made } = await sql<{ run_id: string | null; state: 'planned' | 'accepted' }>`${prepare}
    with send as (${openSend(sendId)})
    insert into deliveries (send_id, account_id, version, contact_id, fan_id, occurrence, run_id, context, due_at, planned_at,
      not_after, state, detail, intent_at, settled_at)
    select send.id, send.account_id, u.version, u.contact_id, u.fan_id, u.occurrence, u.run_id, u.context, u.due_at,
      ${now}::timestamptz, u.not_after, case when u.passive_at is null then 'planned' else 'accepted' end,
      case when u.passive_at is not null then '{"passive": true}'::jsonb end, u.passive_at, u.passive_at
    from send, unnest(${column((row) => row.contactId)}::bigint[], ${column((row) => row.fanId)}::bigint[],
      ${column((row) => row.occurrence)}::bigint[], ${column((row) => row.runId ?? null)}::bigint[],
      ${column((row) => row.dueAt.toISOString())}::timestamptz[], ${column((row) => row.version)}::int[],
      ${column((row) => (row.context ? JSON.stringify(row.context) : null))}::jsonb[],
      ${column((row) => row.notAfter?.toISOString() ?? null)}::timestamptz[],
      ${column((row) => row.passiveAt?.toISOString() ?? null)}::timestamptz[])
      as u (contact_id, fan_id, occurrence, run_id, due_at, version, context, not_after, passive_at)
    order by u.contact_id
    on conflict (send_id, contact_id, occurrence) do nothing
    returning run_id, state`.execute(trx)
  const tallies = new TallyBook()
  for (const { run_id: runId, state } of made) tallies.add({ sendId, runId, state, reason: null }, 1)
  await tallies.write(trx)
  return made.length
}

/**
 * Those who are still to be sent to go on under other versions of their send, by the old number; for owners whose changes hold for
 * everybody who waits.
 */
export async function moveToVersions(
  trx: Executor,
  sendId: string,
  next: ReadonlyMap<number, number>,
): Promise<void> {
  await sql`update deliveries d set version = u.next
    from unnest(${[...next.keys()]}::int[], ${[...next.values()]}::int[]) as u (version, next)
    where d.send_id = ${sendId}::bigint and d.state in ('planned', 'held') and d.version = u.version`.execute(
    trx,
  )
}

export type AudiencePlan = {
  /** A SELECT with `contact_id`, canonical. */
  people: RawBuilder<unknown>
  occurrence: string
  runId: string | null
  dueAt: Date
  version: number
  /** Whether who doesn't follow may be messaged all the same; else they are skipped at once. */
  includeUnfollowed: boolean
  now: Date
}
export type Planned = {
  planned: number
  /** Written as skipped, `not_following`. */
  skipped: number
  /** People who are no fan of this account: nobody to write down. */
  unreachable: number
}

/**
 * Freezes an audience: one row per person with their one fan of the account, who follows rather than not, and acted
 * last. A million in seconds, in one statement; people planned already are left as they are.
 */
export async function planAudience(trx: Executor, sendId: string, plan: AudiencePlan): Promise<Planned> {
  await sql`select set_config('work_mem', '96MB', true)`.execute(trx)
  const { rows } = await sql<{ state: 'planned' | 'skipped'; n: string }>`
    with send as materialized (${openSend(sendId)}),
      people as materialized (select distinct p.contact_id from (${plan.people}) p),
      chosen as (
        select distinct on (p.contact_id) p.contact_id, f.id as fan_id, f.following
        from people p join fans f on f.contact_id = p.contact_id and f.account_id = (select account_id from send)
        order by p.contact_id, f.following desc, f.last_interaction_at desc nulls last, f.id),
      made as (
        insert into deliveries (send_id, account_id, version, contact_id, fan_id, occurrence, run_id, state, reason, due_at,
          planned_at, settled_at)
        select send.id, send.account_id, ${plan.version}::int, c.contact_id, c.fan_id, ${plan.occurrence}::bigint,
          ${plan.runId}::bigint, case when ok then 'planned' else 'skipped' end, case when not ok then 'not_following' end,
          ${plan.dueAt}, ${plan.now}, case when not ok then ${plan.now}::timestamptz end
        from send, chosen c, lateral (select c.following or ${plan.includeUnfollowed}::boolean as ok) o
        on conflict (send_id, contact_id, occurrence) do nothing
        returning state)
    select state, count(*) as n from made group by state
    union all
    select 'unreachable', (select count(*) from people) - (select count(*) from chosen)`.execute(trx)
  const count = (state: string) => Number(rows.find((row) => row.state === state)?.n ?? 0)
  const planned = count('planned')
  const skipped = count('skipped')
  const tallies = new TallyBook()
  tallies.add({ sendId, runId: plan.runId, state: 'planned', reason: null }, planned)
  tallies.add({ sendId, runId: plan.runId, state: 'skipped', reason: 'not_following' }, skipped)
  await tallies.write(trx)
  return { planned, skipped, unreachable: count('unreachable') }
}
