import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { DeliveryState } from './schema.ts'
import { TallyBook } from './store/tallies.ts'

type Erased = { sendId: string; runId: string | null; state: DeliveryState; reason: string | null }

/** How many deliveries are to a person, by every id they had. */
export async function countDeliveriesOf(db: Executor, contactIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from deliveries where contact_id = any(${[...contactIds]}::bigint[])`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

/**
 * Takes a person out of what was sent: who waits is skipped, `erased`; of the rest the row stays, with its state and its times, and
 * names nobody. Sums stay what they were. Returns how many rows there were.
 */
export async function eraseDeliveries(
  trx: Executor,
  contactIds: readonly string[],
  { erasureId, now }: { erasureId: string; now: Date },
): Promise<number> {
  const ids = [...contactIds]
  const waiting = await sql<Erased>`
    with held as (
      select id, send_id, run_id, state, reason from deliveries
      where contact_id = any(${ids}::bigint[]) and state in ('planned', 'held') order by id for update),
    skipped as (
      update deliveries d set state = 'skipped', reason = 'erased', settled_at = ${now} from held h where d.id = h.id)
    select send_id as "sendId", run_id as "runId", state, reason from held`.execute(trx)
  const tallies = new TallyBook()
  for (const { sendId, runId, state, reason } of waiting.rows) {
    tallies.add({ sendId, runId, state, reason }, -1)
    tallies.add({ sendId, runId, state: 'skipped', reason: 'erased' }, 1)
  }
  await tallies.write(trx)
  // a number of its own in each send: rows are counted, and name nobody
  const { numAffectedRows } = await sql`
    update deliveries d set contact_id = -(${erasureId}::bigint * 1000 + i.place), context = null, detail = null,
      fan_id = -(${erasureId}::bigint * 1000 + i.place),
      msg_id = case when d.state in ('sending', 'accepted', 'unknown') then d.msg_id end
    from unnest(${ids}::bigint[]) with ordinality as i (contact_id, place) where d.contact_id = i.contact_id`.execute(
    trx,
  )
  return Number(numAffectedRows ?? 0)
}
