import type { Reaction, Route, Sweep } from '../../manifest.ts'
import { route } from '../../manifest.ts'
import { laneTopic } from '../planning/sends.ts'
import { resolveUnknownEndpoint } from '../schema/resolve.ts'
import { skipLeftovers } from './leftovers.ts'
import { pump } from './pump.ts'
import { matchReceipts, subscriptionResults, templateResults } from './receipts.ts'
import { recover } from './recover.ts'
import { resolveUnknown } from './resolve.ts'

export const engineRoutes: readonly Route[] = [
  route(resolveUnknownEndpoint, async (ctx, { params, body }) => ({
    resolved: await resolveUnknown(ctx, params, body),
  })),
]

/** Each lane has loops of its own: a bulk send never stands before somebody who acted just now. */
export const engineSweeps: readonly Sweep[] = [
  {
    name: 'deliveries.immediate',
    topic: laneTopic('immediate'),
    everyMs: 250,
    concurrency: 2,
    run: (ctx, signal) => pump(ctx, 'immediate', signal),
  },
  {
    name: 'deliveries.bulk',
    topic: laneTopic('bulk'),
    everyMs: 500,
    concurrency: 4,
    run: (ctx, signal) => pump(ctx, 'bulk', signal),
  },
  { name: 'deliveries.recover', everyMs: 1_000, run: recover },
  { name: 'deliveries.receipts', everyMs: 1_000, run: matchReceipts },
  { name: 'deliveries.leftovers', topic: 'deliveries-leftovers', everyMs: 1_000, run: skipLeftovers },
]

export const engineReactions: readonly Reaction[] = [templateResults, subscriptionResults]
