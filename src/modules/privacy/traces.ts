import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { Identity } from '../contacts/index.ts'
import { countDeliveriesOf, eraseDeliveries } from '../deliveries/index.ts'
import type { Subject } from './places.ts'

const WAITING = sql`('planned', 'held')`

/**
 * Takes a person out of the sends: who was to be sent to is not any more, and of what was sent only the number stays.
 * Returns how many records lost their person.
 */
export async function eraseRecipients(
  trx: Executor,
  { fanIds }: Subject,
  erasureId: string,
): Promise<number> {
  const waiting = await sql<{ broadcast_id: string; fan_id: string }>`
    select r.broadcast_id, r.fan_id from broadcast_batches b
    join broadcast_recipients r on r.broadcast_id = b.broadcast_id and r.batch_seq = b.seq
    where r.fan_id = any(${fanIds}::bigint[]) and b.state in ${WAITING}
    order by b.id for update of b`.execute(trx)
  for (const { broadcast_id: broadcastId, fan_id: fanId } of waiting.rows) {
    await sql`
      with left_out as (
        update broadcast_recipients r set batch_seq = null, reason = 'erased'
        from broadcast_recipients o
        where r.broadcast_id = ${broadcastId}::bigint and r.fan_id = ${fanId}::bigint
          and o.broadcast_id = r.broadcast_id and o.fan_id = r.fan_id
        returning o.batch_seq, o.arm),
      smaller as (
        update broadcast_batches b set size = b.size - 1 from left_out l
        where b.broadcast_id = ${broadcastId}::bigint and b.seq = l.batch_seq)
      update broadcast_arms a set planned = a.planned - 1, skipped =
        jsonb_set(a.skipped, '{erased}', to_jsonb(coalesce((a.skipped->>'erased')::int, 0) + 1))
      from left_out l where a.broadcast_id = ${broadcastId}::bigint and a.number = l.arm`.execute(trx)
  }
  // a number of its own in each send: rows are counted, and name nobody
  const { numAffectedRows } = await sql`
    update broadcast_recipients r set fan_id = -(${erasureId}::bigint * 1000 + i.place)
    from unnest(${fanIds}::bigint[]) with ordinality as i (fan_id, place) where r.fan_id = i.fan_id`.execute(
    trx,
  )
  return Number(numAffectedRows ?? 0)
}

/** What was done with messages: who did it goes, that it was done stays. Tables and what else of a row tells of a person. */
const TRACES = [
  { table: 'link_clicks', further: sql`` },
  { table: 'conversions', further: sql`` },
  { table: 'recall_returns', further: sql`, fan_id = -1` },
  {
    table: 'campaign_waits',
    further: sql`, fan_id = -1, context = null,
      state = case when t.state = 'waiting' then 'cancelled' else t.state end`,
  },
] as const

/** Deliveries, clicks, conversions and waits of a person. */
export async function countTraces(db: Executor, { contactIds }: Subject): Promise<number> {
  const parts = TRACES.map(
    ({ table }) =>
      sql`select count(*)::int as n from ${sql.table(table)} where contact_id = any(${contactIds}::bigint[])`,
  )
  const { rows } = await sql<{ n: number }>`${sql.join(parts, sql` union all `)}`.execute(db)
  return rows.reduce((sum, { n }) => sum + n, await countDeliveriesOf(db, contactIds))
}

/** Takes a person out of messages to single people and what came of them; numbers stay. Returns how many rows lost their person. */
export async function eraseTraces(
  trx: Executor,
  { contactIds }: Subject,
  erasure: { erasureId: string; now: Date },
): Promise<number> {
  let erased = await eraseDeliveries(trx, contactIds, erasure)
  for (const { table, further } of TRACES) {
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} t set contact_id = -(${erasure.erasureId}::bigint * 1000 + i.place) ${further}
      from unnest(${contactIds}::bigint[]) with ordinality as i (contact_id, place)
      where t.contact_id = i.contact_id`.execute(trx)
    erased += Number(numAffectedRows ?? 0)
  }
  return erased
}

/** A member of a stored crowd by its chunk and place (segment_chunks). */
const placesOf = ({ contactIds }: Subject) =>
  contactIds.map((id) => {
    const chunk = BigInt.asIntN(64, BigInt(id) >> 16n)
    return { chunk: chunk.toString(), member: Number(BigInt(id) - chunk * 65_536n) - 32_768 }
  })

export async function countSegmentMembers(db: Executor, subject: Subject): Promise<number> {
  const places = placesOf(subject)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from segment_snapshots s
    cross join unnest(${places.map((one) => one.chunk)}::bigint[], ${places.map((one) => one.member)}::smallint[])
      as i (chunk, member)
    join segment_chunks c on c.snapshot_id = s.id and c.chunk = i.chunk and i.member = any(c.members)`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

/** The size that a crowd had stays; who was in it does not. */
export async function eraseSegmentMembers(trx: Executor, subject: Subject): Promise<number> {
  let erased = 0
  for (const { chunk, member } of placesOf(subject)) {
    const { numAffectedRows } = await sql`
      update segment_chunks c set members = array_remove(c.members, ${member}::smallint)
      from segment_snapshots s
      where c.snapshot_id = s.id and c.chunk = ${chunk}::bigint and ${member}::smallint = any(c.members)`.execute(
      trx,
    )
    erased += Number(numAffectedRows ?? 0)
  }
  return erased
}

/** Shorter ids are only looked for as a whole value of JSON: `1` stands in everything. */
const LONG_ENOUGH = 8

function needlesOf(identities: readonly Identity[]): string[] {
  return identities.flatMap(({ kind, value }) => {
    const id = kind === 'openid' ? value.slice(value.indexOf(':') + 1) : value
    const plain = kind === 'phone' && id.startsWith('+86') ? [id.slice(3)] : []
    return [id, ...plain].map((one) => (one.length >= LONG_ENOUGH ? one : `"${one}"`))
  })
}

const named = (needles: readonly string[]) => sql<boolean>`payload <> '' and exists (
  select from unnest(${[...needles]}::text[]) as n where strpos(payload, n) > 0 or strpos(detail::text, n) > 0)`

export async function countRejections(db: Executor, identities: readonly Identity[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from source_rejections where ${named(needlesOf(identities))}`.execute(db)
  return rows[0]?.n ?? 0
}

/** What could not be taken is kept without what it said. */
export async function eraseRejections(trx: Executor, identities: readonly Identity[]): Promise<number> {
  const { numAffectedRows } = await sql`
    update source_rejections set payload = '', detail = '{}' where ${named(needlesOf(identities))}`.execute(
    trx,
  )
  return Number(numAffectedRows ?? 0)
}
