import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { ReactionEvent } from '../manifest.ts'
import { decodeLink, type LinkKey } from './code.ts'
import { LINK_CLICK, LINK_OPEN, MAX_LINKS } from './schema.ts'
import { type Click, insertClicks } from './store.ts'

/**
 * Writes down what the log says of tapped links: our own redirects, and the opening of a mini program as its tracker tells
 * it, by the code in its path. Returns the taps that name a message of ours. Call it once for each event.
 */
export async function recordClicks(
  ctx: Pick<Ctx, 'secrets' | 'clock'>,
  trx: Executor,
  events: readonly ReactionEvent[],
): Promise<Click[]> {
  const clicks = events.flatMap((event) => clickOf(ctx, event) ?? [])
  await insertClicks(trx, clicks, ctx.clock.now())
  return clicks
}

function clickOf(ctx: Pick<Ctx, 'secrets'>, event: ReactionEvent): Click | undefined {
  const { name, at, properties } = event
  if (name === LINK_CLICK && event.sourceId === null) {
    const key = keyOf(properties)
    return key && { ...key, at, kind: 'web' }
  }
  if (name !== LINK_OPEN || typeof properties['link'] !== 'string') return undefined
  const key = decodeLink(ctx.secrets, properties['link'])
  return key && { ...key, at, kind: 'mini-program' }
}

function keyOf({ delivery, link }: Record<string, unknown>): LinkKey | undefined {
  if (typeof delivery !== 'string' || !/^\d{1,19}$/.test(delivery)) return undefined
  return Number.isInteger(link) && (link as number) >= 0 && (link as number) < MAX_LINKS
    ? { deliveryId: delivery, index: link as number }
    : undefined
}
