import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, prepare } from '../../infra/transaction.ts'
import type { Reaction, ReactionEvent } from '../manifest.ts'
import { settledUpTo } from './horizon.ts'

const EVENTS_PER_CHUNK = 500
/** Events read at once for all who are at the same place of the log. */
const EVENTS_PER_LOOK = 1_000
/** How much of the log one look covers: bounds the scan for rare events, and where all are wanted what is read to be left. */
const LOOK_AHEAD = 50_000
const LOOK_AT_ALL = 4_000

/** A part of the log that is settled, `after < id <= upTo`: all events of the names asked for. */
type Part = { after: bigint; upTo: bigint; events: readonly ReactionEvent[] }

/** A reaction that has not come to the end of the log, and the part that begins where it is. */
export type Waiting = { reaction: Reaction; part: Part }

/**
 * Who of these is behind, with the next part of the log read once for all who are at the same place. One that never looked gets
 * its place. What is settled never changes, so it may be read before a reaction's place is locked.
 */
export async function look(db: Executor, reactions: readonly Reaction[]): Promise<Waiting[]> {
  const { settled, places } = await placesOf(
    db,
    reactions.map(({ name }) => name),
  )
  const behind = reactions.filter(({ name }) => (places.get(name) ?? settled) < settled)
  const waiting: Waiting[] = []
  for (const [after, group] of Map.groupBy(behind, ({ name }) => places.get(name) as bigint)) {
    const part = await readPart(db, group, { after, settled })
    for (const reaction of group) waiting.push({ reaction, part })
  }
  return waiting
}

async function placesOf(
  db: Executor,
  names: readonly string[],
): Promise<{ settled: bigint; places: Map<string, bigint> }> {
  const read = () =>
    sql<{ settled: string; places: [string, string][] | null }>`${prepare}select ${settledUpTo} as settled,
      (select json_agg(json_build_array(name, place::text)) from reaction_places where name = any(${[...names]}::text[])) as places`.execute(
      db,
    )
  let [row] = (await read()).rows
  if ((row?.places ?? []).length < names.length) {
    await sql`insert into reaction_places (name) select unnest(${[...names]}::text[]) on conflict do nothing`.execute(
      db,
    )
    ;[row] = (await read()).rows
  }
  return {
    settled: BigInt(row?.settled ?? 0),
    places: new Map((row?.places ?? []).map(([name, place]) => [name, BigInt(place)])),
  }
}

async function readPart(
  db: Executor,
  group: readonly Reaction[],
  { after, settled }: { after: bigint; settled: bigint },
): Promise<Part> {
  const lists = group.map(({ events }) => events)
  const names = lists.includes('all') ? null : [...new Set(lists.flat())]
  const upTo = smaller(settled, after + BigInt(names === null ? LOOK_AT_ALL : LOOK_AHEAD))
  const events = await selectEvents(db, names, { after, upTo })
  const last = events.at(-1)
  return last !== undefined && events.length === EVENTS_PER_LOOK
    ? { after, upTo: BigInt(last.id), events }
    : { after, upTo, events }
}

/** One chunk of one reaction; returns how far its place moved, 0 where another process is at it. */
export async function follow(ctx: Ctx, { reaction, part }: Waiting): Promise<number> {
  const { events: wanted, chunk = EVENTS_PER_CHUNK } = reaction
  const own = part.events.filter(({ name }) => wanted === 'all' || wanted.includes(name))
  const events = own.slice(0, chunk)
  const upTo = own.length > chunk ? BigInt(events.at(-1)?.id as string) : part.upTo
  return events.length === 0
    ? passOver(ctx, reaction, { ...part, upTo })
    : react(ctx, reaction, { ...part, upTo, events })
}

async function passOver({ db }: Ctx, { name }: Reaction, { after, upTo }: Part): Promise<number> {
  const { numAffectedRows } =
    await sql`${prepare}update reaction_places set place = ${upTo.toString()}::bigint
    where name = ${name} and place = ${after.toString()}::bigint`.execute(db)
  return numAffectedRows === 1n ? Number(upTo - after) : 0
}

function react(ctx: Ctx, reaction: Reaction, { after, upTo, events }: Part): Promise<number> {
  return ctx.db.transaction().execute(async (trx) => {
    const held = await sql<{ place: string }>`${prepare}
      select place from reaction_places where name = ${reaction.name} for update skip locked`.execute(trx)
    const [row] = held.rows
    if (row === undefined) return 0
    // another process moved it meanwhile: look again
    if (BigInt(row.place) !== after) return 1
    await reaction.react(ctx, events, trx)
    await sql`${prepare}update reaction_places set place = ${upTo.toString()}::bigint
      where name = ${reaction.name}`.execute(trx)
    return Number(upTo - after)
  })
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** The first of these names, or of all (null), in a part of the log. */
async function selectEvents(
  db: Executor,
  names: readonly string[] | null,
  { after, upTo }: { after: bigint; upTo: bigint },
): Promise<ReactionEvent[]> {
  const { rows } = await sql<Row>`${prepare}
    select id, account_id, contact_id, fan_id, source_id, name, at, received_at, properties from events
    where id > ${after.toString()}::bigint and id <= ${upTo.toString()}::bigint
      ${names === null ? sql`` : sql`and name = any(${[...names]}::text[])`}
    order by id limit ${EVENTS_PER_LOOK}`.execute(db)
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
