import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Cap, type CapTouch, type CapUse, capUse, windowStart } from '../rules/index.ts'
import { TAKEN } from './people.ts'

/** More of one person than any cap can ask for are not read. */
const MOST_TOUCHES = 1_000

/**
 * Who counts messages and then adds one takes this first, and keeps it until its transaction ends: two processes at once can't
 * both find the last free place.
 */
export const lockCaps = (trx: Executor) =>
  sql`select pg_advisory_xact_lock(hashtextextended('frequency-caps', 0))`.execute(trx)

/** How far the caps are used for each of these canonical persons. */
export async function usesOf(
  db: Executor,
  people: readonly string[],
  { caps, now }: { caps: readonly Cap[]; now: Date },
): Promise<Map<string, Record<string, CapUse>>> {
  if (caps.length === 0 || people.length === 0) return new Map()
  const since = new Date(Math.min(...caps.map((cap) => windowStart(cap, now).getTime())))
  const touches = await touchesOf(db, people, since)
  return new Map(
    people.map((person) => {
      const own = touches.get(person) ?? []
      return [person, Object.fromEntries(caps.map((cap) => [cap.id, capUse(cap, own, now)]))]
    }),
  )
}

/**
 * Messages that these persons got, or may have got, since an instant; by whatever id and in whatever account. Tests to named fans
 * and answers to what a person did are not counted.
 */
export async function touchesOf(
  db: Executor,
  people: readonly string[],
  since: Date,
): Promise<Map<string, CapTouch[]>> {
  const { rows } = await sql<CapTouch & { person: string }>`
    with ids as (
      select p as person, p as id from unnest(${[...people]}::bigint[]) p
      union all select merged_into, contact_id from contact_aliases where merged_into = any(${[...people]}::bigint[])),
    jobs as materialized (select distinct broadcast_id from mass_jobs where at >= ${since})
    select ids.person, d.at, d."accountId", d.channel, d.purpose
    from ids cross join lateral (
      select d.intent_at as at, d.account_id as "accountId", s.channel, s.purpose
      from deliveries d join sends s on s.id = d.send_id
      where d.contact_id = ids.id and d.intent_at >= ${since} and d.state in ${TAKEN} and s.owner_kind not in ('test', 'auto-reply')
      order by d.intent_at desc limit ${MOST_TOUCHES}) d
    union all
    select ids.person, m.at, m.account_id, 'mass', 'marketing'
    from ids join fans f on f.contact_id = ids.id cross join jobs
    cross join lateral (
      select t.at, t.account_id from mass_touches t
      where t.broadcast_id = jobs.broadcast_id and t.fan_id = f.id and t.at >= ${since} offset 0) m`.execute(
    db,
  )
  const touches = new Map<string, CapTouch[]>()
  for (const { person, ...touch } of rows) {
    const known = touches.get(person)
    if (known === undefined) touches.set(person, [touch])
    else known.push(touch)
  }
  return touches
}
