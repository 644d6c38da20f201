import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import type { Reaction, ReactionEvent } from '../../manifest.ts'
import { type SeenEvent, summarise } from './rules.ts'
import * as store from './store.ts'

/** Names beyond these are stored like any, and not in the registry: whoever makes up names makes no catalogue. */
const MOST_NAMES = 5_000
/** Of these, the ones that public sources alone may take: who has their key can send any name. */
const MOST_PUBLIC_NAMES = 4_000
const MOST_PROPERTIES = 1_000

/** Keeps the registry of event names and properties in step with the log, each event counted once. */
export const registryReaction: Reaction = {
  name: 'ingest.registry',
  events: 'all',
  chunk: 5_000,
  react: (_ctx: Ctx, events: readonly ReactionEvent[], trx: Executor) =>
    noteSeen(trx, summarise(events), events),
}

async function noteSeen(
  trx: Executor,
  all: ReadonlyMap<string, SeenEvent>,
  events: readonly ReactionEvent[],
): Promise<void> {
  const seen = await withinBounds(trx, all, events)
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
  events: readonly ReactionEvent[],
): Promise<[string, SeenEvent][]> {
  const known = await store.selectKnownNames(trx, [...all.keys()])
  const fresh = [...all].filter(([name]) => !known.has(name))
  if (fresh.length === 0) return [...all]
  const isPublic = await store.selectPublicSources(trx)
  const trusted = new Set(
    events.flatMap(({ name, sourceId }) => (sourceId !== null && isPublic.has(sourceId) ? [] : [name])),
  )
  let there = await store.countNames(trx)
  const taken = new Set<string>()
  for (const [name] of fresh) {
    if (there >= (trusted.has(name) ? MOST_NAMES : MOST_PUBLIC_NAMES)) continue
    taken.add(name)
    there += 1
  }
  return [...all].filter(([name]) => known.has(name) || taken.has(name))
}
