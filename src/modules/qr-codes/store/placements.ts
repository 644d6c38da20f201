import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { addBeijingDays, startOfDay } from '../../../kernel/beijing.ts'
import type { PlacementFigures } from '../schema.ts'

/**
 * Placements of an account side by side, and what hangs nowhere: scans and follows of the days, fans each once who scanned
 * first within them, and who of those who followed by it follows now. Archived codes with them.
 */
export async function selectPlacementFigures(
  db: Executor,
  accountId: string,
  { from, to }: { from: string; to: string },
): Promise<PlacementFigures[]> {
  const since = startOfDay(from)
  const before = startOfDay(addBeijingDays(to, 1))
  type Row = Record<Exclude<keyof PlacementFigures, 'id' | 'name'>, string> & {
    id: string | null
    name: string | null
  }
  const { rows } = await sql<Row>`
    with codes as materialized (select id, placement_id from qr_codes where account_id = ${accountId}::bigint),
    counted as (select placement_id, count(*) as codes from codes group by 1),
    days as (
      select c.placement_id, sum(d.scans) as scans, sum(d.new_follows) as new_follows, sum(d.back_follows) as back_follows
      from codes c join qr_days d on d.code_id = c.id and d.day between ${from}::date and ${to}::date group by 1),
    people as (
      select c.placement_id, count(distinct s.fan_id) as people,
        count(distinct s.fan_id) filter (where s.how <> 'fan' and f.following) as following
      from codes c join qr_scans s on s.code_id = c.id and s.first_at >= ${since} and s.first_at < ${before}
      join fans f on f.id = s.fan_id group by 1)
    select n.placement_id as id, p.name, n.codes, coalesce(d.scans, 0) as scans, coalesce(h.people, 0) as people,
      coalesce(d.new_follows, 0) as "newFollows", coalesce(d.back_follows, 0) as "backFollows",
      coalesce(h.following, 0) as "stillFollowing"
    from counted n left join qr_placements p on p.id = n.placement_id
    left join days d on d.placement_id is not distinct from n.placement_id
    left join people h on h.placement_id is not distinct from n.placement_id
    order by coalesce(d.new_follows, 0) desc, coalesce(d.scans, 0) desc, p.name`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    codes: Number(row.codes),
    scans: Number(row.scans),
    people: Number(row.people),
    newFollows: Number(row.newFollows),
    backFollows: Number(row.backFollows),
    stillFollowing: Number(row.stillFollowing),
  }))
}
