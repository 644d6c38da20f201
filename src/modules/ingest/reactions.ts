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
 * Sweeps that follow the event log for each reaction, in the order of the sequence: its place moves with its effects, and
 * never past an ingest transaction still running. One process at a time per reaction. Prompt ones have a sweep of their own,
 * so that nobody waits behind those that only keep books.
 */
export function createReactionSweeps(reactions: readonly Reaction[]): Sweep[] {
  const prompt = reactions.filter((one) => one.prompt)
  const rest = reactions.filter((one) => !one.prompt)
  return [
    ...prompt.map((one) => createReactionSweep([one], `ingest.reactions.${one.name}`)),
    ...(rest.length > 0 ? [createReactionSweep(rest)] : []),
  ]
}

/** One sweep that follows the log for all of these, one after the other. */
export function createReactionSweep(reactions: readonly Reaction[], name = 'ingest.reactions'): Sweep {
  return {
    name,
    everyMs: 1_000,
    topic: REACTIONS_TOPIC,
    async run(ctx, signal) {
      const settled = await settledUpTo(ctx.db)
      const waiting = await behind(ctx.db, reactions, settled)
      let moved = 0
      for (const reaction of waiting) {
        if (signal.aborted) break
        moved += await follow(ctx, reaction, settled)
      }
      return moved
    },
  }
}

/** Those with something to look at; one that never looked gets its place. */
async function behind(
  db: Executor,
  reactions: readonly Reaction[],
  settled: bigint,
): Promise<readonly Reaction[]> {
  const names = reactions.map(({ name }) => name)
  const places = () =>
    sql<{ name: string; place: string }>`
    select name, place from reaction_places where name = any(${names}::text[])`.execute(db)
  let { rows } = await places()
  if (rows.length < names.length) {
    await sql`insert into reaction_places (name) select unnest(${names}::text[]) on conflict do nothing`.execute(
      db,
    )
    rows = (await places()).rows
  }
  const placeOf = new Map(rows.map(({ name, place }) => [name, BigInt(place)]))
  return reactions.filter(({ name }) => (placeOf.get(name) ?? settled) < settled)
}

/** One chunk of one reaction; returns how far its place moved, 0 at the end of what is settled. */
function follow(ctx: Ctx, reaction: Reaction, settled: bigint): Promise<number> {
  return ctx.db.transaction().execute(async (trx) => {
    const held = await sql<{ place: string }>`
      select place from reaction_places where name = ${reaction.name} for update skip locked`.execute(trx)
    const place = held.rows[0]?.place
    if (place === undefined || settled <= BigInt(place)) return 0
    const upTo = smaller(settled, BigInt(place) + BigInt(LOOK_AHEAD))
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
