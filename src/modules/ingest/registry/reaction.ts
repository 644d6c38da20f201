import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import type { Reaction, ReactionEvent } from '../../manifest.ts'
import { type SeenEvent, summarise } from './rules.ts'
import * as store from './store.ts'

/** Names beyond these are stored like any, and not in the registry: whoever makes up names makes no catalogue. */
const MOST_NAMES = 5_000
const MOST_PROPERTIES = 1_000

/** Keeps the registry of event names and properties in step with the log, each event counted once. */
export const registryReaction: Reaction = {
  name: 'ingest.registry',
  events: 'all',
  chunk: 5_000,
  react: (_ctx: Ctx, events: readonly ReactionEvent[], trx: Executor) => noteSeen(trx, summarise(events)),
}

async function noteSeen(trx: Executor, all: ReadonlyMap<string, SeenEvent>): Promise<void> {
  const seen = await withinBounds(trx, all)
  if (seen.length === 0) return
  await store.upsertNames(trx, seen)
  const names = seen.map(([name]) => name)
  const known = await store.selectPropertyNames(trx, names)
  await store.upsertProperties(
    trx,
    seen.flatMap(([event, { properties }]) => {
      const there = known.get(event) ?? new Set<string>()
      let room = MOST_PROPERTIES - there.size
      return [...properties]
        .filter(([name]) => there.has(name) || room-- > 0)
        .map(([name, property]) => ({ event, name, ...property }))
    }),
  )
}

async function withinBounds(
  trx: Executor,
  all: ReadonlyMap<string, SeenEvent>,
): Promise<[string, SeenEvent][]> {
  const known = await store.selectKnownNames(trx, [...all.keys()])
  const fresh = [...all].filter(([name]) => !known.has(name))
  if (fresh.length === 0) return [...all]
  const room = Math.max(0, MOST_NAMES - (await store.countNames(trx)))
  const taken = new Set(fresh.slice(0, room).map(([name]) => name))
  return [...all].filter(([name]) => known.has(name) || taken.has(name))
}
