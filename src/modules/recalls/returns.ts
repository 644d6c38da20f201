import { EVENTS, INTERACTIONS } from '../ingest/schema.ts'
import type { Reaction, ReactionEvent } from '../manifest.ts'
import { hasRecalls, insertReturns, type NewAct } from './store/figures.ts'

const KIND_OF: Readonly<Record<string, string>> = {
  [EVENTS.message]: 'message',
  [EVENTS.menuClick]: 'menu',
  [EVENTS.follow]: 'follow',
  [EVENTS.scan]: 'scan',
}

/** C5: notes who did something again after a recall. */
export const recallReturns: Reaction = {
  name: 'recalls.returns',
  events: INTERACTIONS,
  prompt: true,
  async react(_ctx, events, trx) {
    const acts = events.flatMap(actOf)
    if (acts.length > 0 && (await hasRecalls(trx))) await insertReturns(trx, acts)
  },
}

function actOf({ id, fanId, name, at, properties }: ReactionEvent): NewAct[] {
  const kind = KIND_OF[name]
  if (fanId === null || kind === undefined) return []
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return [
    {
      eventId: id,
      fanId,
      at,
      kind,
      itemId: text(properties['menuMessageItem']),
      text: text(properties['content']),
    },
  ]
}
