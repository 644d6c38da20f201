import { setTimeout as delay } from 'node:timers/promises'
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

/** Real time that those nobody waits for leave the database to others. */
const LEISURE_MS = 100
const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 15_000

/**
 * Sweeps that follow the event log for each reaction, in the order of the sequence: its place moves with its effects, and
 * never past an ingest transaction still running. One process at a time per reaction. Prompt ones go side by side in a sweep of
 * their own, so that nobody waits behind those that only keep books; one that fails is left alone for a while, the others go on.
 */
export function createReactionSweeps(reactions: readonly Reaction[]): Sweep[] {
  const prompt = reactions.filter((one) => one.prompt)
  const rest = reactions.filter((one) => !one.prompt)
  const guard = createGuard()
  let rested = 0
  return [
    {
      name: 'ingest.reactions.prompt',
      everyMs: 1_000,
      topic: REACTIONS_TOPIC,
      async run(ctx) {
        const { settled, waiting } = await look(ctx.db, prompt.filter(guard.isFree))
        return sumOf(await Promise.all(waiting.map((one) => guard.follow(ctx, one, settled))))
      },
    },
    {
      name: 'ingest.reactions',
      everyMs: 1_000,
      topic: REACTIONS_TOPIC,
      async run(ctx, signal) {
        const early = rested + LEISURE_MS - performance.now()
        if (early > 0) await delay(early, undefined, { signal, ref: false }).catch(() => undefined)
        const { settled, waiting } = await look(ctx.db, rest.filter(guard.isFree))
        let moved = 0
        for (const one of waiting) if (!signal.aborted) moved += await guard.follow(ctx, one, settled)
        rested = performance.now()
        return moved
      },
    },
  ]
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0)

/** Remembers who failed, and until when they are left alone. */
function createGuard() {
  const failed = new Map<string, { until: number; backoff: number }>()
  return {
    isFree: ({ name }: Reaction) => (failed.get(name)?.until ?? 0) <= performance.now(),
    async follow(ctx: Ctx, one: Waiting, settled: bigint): Promise<number> {
      const { name } = one.reaction
      try {
        const moved = await follow(ctx, one, settled)
        failed.delete(name)
        return moved
      } catch (error) {
        const last = failed.get(name)?.backoff ?? 0
        const backoff = Math.min(LONGEST_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, last * 2))
        failed.set(name, { until: performance.now() + backoff, backoff })
        ctx.log.error({ err: error, reaction: name, backoff }, 'a reaction failed')
        return 0
      }
    },
  }
}

/** One sweep that follows the log for all of these, one after the other. */
export function createReactionSweep(reactions: readonly Reaction[]): Sweep {
  return {
    name: 'ingest.reactions',
    everyMs: 1_000,
    topic: REACTIONS_TOPIC,
    async run(ctx, signal) {
      const { settled, waiting } = await look(ctx.db, reactions)
      let moved = 0
      for (const one of waiting) {
        if (signal.aborted) break
        moved += await follow(ctx, one, settled)
      }
      return moved
    },
  }
}

type Waiting = { reaction: Reaction; place: bigint }

/** How far the log is settled, and who has not got there; one that never looked gets its place. */
async function look(
  db: Executor,
  reactions: readonly Reaction[],
): Promise<{ settled: bigint; waiting: Waiting[] }> {
  const settled = await settledUpTo(db)
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
  const waiting = reactions.map((reaction) => ({ reaction, place: placeOf.get(reaction.name) ?? settled }))
  return { settled, waiting: waiting.filter(({ place }) => place < settled) }
}

/** One chunk of one reaction; returns how far its place moved, 0 where another process was there. */
async function follow(ctx: Ctx, { reaction, place }: Waiting, settled: bigint): Promise<number> {
  const upTo = smaller(settled, place + BigInt(LOOK_AHEAD))
  if ((await selectEvents(ctx.db, reaction.events, { after: place, upTo, most: 1 })).length > 0)
    return followLocked(ctx, reaction, settled)
  const { numAffectedRows } = await sql`update reaction_places set place = ${upTo.toString()}::bigint
    where name = ${reaction.name} and place = ${place.toString()}::bigint`.execute(ctx.db)
  return numAffectedRows === 1n ? Number(upTo - place) : 0
}

function followLocked(ctx: Ctx, reaction: Reaction, settled: bigint): Promise<number> {
  return ctx.db.transaction().execute(async (trx) => {
    const held = await sql<{ place: string }>`
      select place from reaction_places where name = ${reaction.name} for update skip locked`.execute(trx)
    const place = BigInt(held.rows[0]?.place ?? settled)
    if (settled <= place) return 0
    const upTo = smaller(settled, place + BigInt(LOOK_AHEAD))
    const most = reaction.chunk ?? EVENTS_PER_CHUNK
    const events = await selectEvents(trx, reaction.events, { after: place, upTo, most })
    if (events.length > 0) await reaction.react(ctx, events, trx)
    const last = events.length === most ? BigInt(events.at(-1)?.id as string) : upTo
    await sql`update reaction_places set place = ${last.toString()}::bigint where name = ${reaction.name}`.execute(
      trx,
    )
    return Number(last - place)
  })
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

async function selectEvents(
  db: Executor,
  names: Reaction['events'],
  { after, upTo, most }: { after: bigint; upTo: bigint; most: number },
): Promise<ReactionEvent[]> {
  const { rows } = await sql<Row>`
    select id, account_id, contact_id, fan_id, source_id, name, at, received_at, properties from events
    where id > ${after.toString()}::bigint and id <= ${upTo.toString()}::bigint
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
