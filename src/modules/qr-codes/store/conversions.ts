import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { isEvent } from '../../segments/index.ts'
import type { EventMatch } from '../../segments/schema.ts'
import type { How } from '../rules.ts'

const DAY_MS = 86_400_000
export type Converted = { how: How; people: number; converted: number; events: number }

/**
 * What those who scanned a code did within so many days after their first scan of it: each person once, by every id they
 * have or had, as what they were at their earliest scan. Of at most `most` people, the latest who came.
 */
export async function selectConversions(
  db: Executor,
  codeId: string,
  asked: { event: EventMatch; days: number; now: Date; most: number },
): Promise<Converted[]> {
  const { rows } = await sql<{ how: How } & Record<'people' | 'converted' | 'events', string>>`
    with scanned as materialized (
      select s.how, s.first_at, f.contact_id from qr_scans s join fans f on f.id = s.fan_id
      where s.code_id = ${codeId}::bigint order by s.first_at desc, s.fan_id limit ${asked.most}),
    person as materialized (
      select distinct on (contact_id) contact_id, how, first_at from scanned order by contact_id, first_at)
    select p.how, count(*) as people, count(*) filter (where d.n > 0) as converted, coalesce(sum(d.n), 0) as events
    from person p cross join lateral (
      select count(*) as n
      from (select p.contact_id as id
        union all select a.contact_id from contact_aliases a where a.merged_into = p.contact_id) i
      join events s on s.contact_id = i.id and s.at >= p.first_at
        and s.at < p.first_at + ${asked.days * DAY_MS} * interval '1 millisecond'
      where ${isEvent(asked.event, sql<Date>`${asked.now}::timestamptz`)}) d
    group by p.how`.execute(db)
  return rows.map((row) => ({
    how: row.how,
    people: Number(row.people),
    converted: Number(row.converted),
    events: Number(row.events),
  }))
}
