import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { Reaction, ReactionEvent, Sweep } from '../manifest.ts'
import { settledUpTo } from './horizon.ts'

/** Topic on which ingest says that something was appended. */
export const REACTIONS_TOPIC = 'reactions'
const EVENTS_PER_CHUNK = 500
/** How much of the log one look covers, whatever its names: bounds the scan for reactions to rare events. */
const LOOK_AHEAD = 50_000

/**
 * A sweep that follows the event log for each reaction, in the order of the sequence and at least once: its place moves
 * after it has reacted, and never past an ingest transaction still running. One process at a time per reaction. Effects
 * must be harmless when an event comes twice.
 */
export function createReactionSweep(reactions: readonly Reaction[]): Sweep {
  return {
    name: 'ingest.reactions',
    everyMs: 1_000,
    topic: REACTIONS_TOPIC,
    async run(ctx, signal) {
      let moved = 0
      for (const reaction of reactions) {
        if (signal.aborted) break
        moved += await follow(ctx, reaction)
      }
      return moved
    },
  }
}

/** One chunk of one reaction; returns how far its place moved, 0 at the end of the log. */
function follow(ctx: Ctx, reaction: Reaction): Promise<number> {
  return ctx.db.transaction().execute(async (trx) => {
    await sql`insert into reaction_places (name) values (${reaction.name}) on conflict do nothing`.execute(
      trx,
    )
    const held = await sql<{ place: string }>`
      select place from reaction_places where name = ${reaction.name} for update skip locked`.execute(trx)
    const place = held.rows[0]?.place
    if (place === undefined || (await lastNumber(trx)) <= BigInt(place)) return 0
    const settled = await settledUpTo(trx)
    if (settled === null) return 0
    const upTo = smaller(BigInt(settled), BigInt(place) + BigInt(LOOK_AHEAD))
    const most = reaction.chunk ?? EVENTS_PER_CHUNK
    const events = await selectEvents(trx, reaction.events, { after: place, upTo: upTo.toString(), most })
    if (events.length > 0) await reaction.react(ctx, events, trx)
    const last = events.length === most ? BigInt(events.at(-1)?.id as string) : upTo
    await sql`update reaction_places set place = ${last.toString()}::bigint where name = ${reaction.name}`.execute(
      trx,
    )
    return Number(last - BigInt(place))
  })
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

async function lastNumber(db: Executor): Promise<bigint> {
  const { rows } = await sql<{ last: string }>`
    select case when is_called then last_value else 0 end as last from events_id_seq`.execute(db)
  return BigInt(rows[0]?.last ?? 0)
}

async function selectEvents(
  db: Executor,
  names: Reaction['events'],
  { after, upTo, most }: { after: string; upTo: string; most: number },
): Promise<ReactionEvent[]> {
  const { rows } = await sql<Row>`
    select id, account_id, contact_id, fan_id, source_id, name, at, received_at, properties from events
    where id > ${after}::bigint and id <= ${upTo}::bigint
      and ${names === 'all' ? sql`true` : sql`name = any(${[...names]}::text[])`}
    order by id limit ${most}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id,
    contactId: row.contact_id,
    fanId: row.fan_id,
    sourceId: row.source_id,
    name: row.name,
    at: row.at,
    receivedAt: row.received_at,
    properties: row.properties,
  }))
}

type Row = {
  id: string
  account_id: string | null
  contact_id: string | null
  fan_id: string | null
  source_id: string | null
  name: string
  at: Date
  received_at: Date
  properties: Record<string, unknown>
}
