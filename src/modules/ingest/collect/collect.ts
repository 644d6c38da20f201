import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Pool } from 'pg'
import type { Ctx } from '../../../context.ts'
import { messagesReceived } from '../../../infra/metrics.ts'
import { countReceived, keepRejections, type Rejected, type SourceAccess } from '../../sources/index.ts'
import { createGatherer, type Gatherer } from '../gatherer.ts'
import { hintReactions } from '../hint.ts'
import { ensurePartitions } from '../partitions.ts'
import { noteDropped } from '../registry/dropped.ts'
import { commitItems, type Item, type ItemOutcome } from './commit.ts'
import type { Fact, Reader, Reading } from './rules/fact.ts'
import { collectionState, oldestKept } from './state.ts'

/** Messages in one commit, and commits at the same time. */
const MOST_IN_COMMIT = 500
const LANES = 2
const MOST_WAITING = 20_000

type Request = { items: readonly Item[] }
const gatherers = new WeakMap<Pool, Gatherer<Request, ItemOutcome[]>>()

/** One for all sources of the process. */
function gathererOf(ctx: Ctx): Gatherer<Request, ItemOutcome[]> {
  const existing = gatherers.get(ctx.pool)
  if (existing !== undefined) return existing
  const hint = hintReactions(ctx)
  const gatherer = createGatherer<Request, ItemOutcome[]>({
    most: MOST_IN_COMMIT,
    lanes: LANES,
    mostWaiting: MOST_WAITING,
    weigh: ({ items }) => items.length,
    async commit(requests) {
      const items = requests.flatMap((request) => request.items)
      await ensurePartitions(ctx, items)
      const outcomes = await commitItems(ctx.pool, items)
      hint()
      return apart(requests, outcomes)
    },
  })
  gatherers.set(ctx.pool, gatherer)
  return gatherer
}

/** The outcomes of each request's messages. */
function apart(requests: readonly Request[], outcomes: readonly ItemOutcome[]): ItemOutcome[][] {
  let from = 0
  return requests.map(({ items }) => {
    const own = outcomes.slice(from, from + items.length)
    from += items.length
    return own
  })
}

/** What reading the messages of one request of a source depends on. */
export async function readerOf(ctx: Ctx, source: SourceAccess, sentAt: number): Promise<Reader> {
  const receivedAt = ctx.clock.now()
  const state = await collectionState(ctx)
  return {
    kind: source.kind,
    accountId: source.accountId,
    receivedAt,
    sentAt,
    oldest: oldestKept(receivedAt, state.retentionMonths),
    ignored: state.ignored,
    isSigned: (openid, signature) => isSigned(source.signingSecret, openid, signature),
  }
}

/** HMAC-SHA256 of the openid, in hex; compared in constant time. */
export const signOpenid = (secret: string, openid: string): string =>
  createHmac('sha256', secret).update(openid).digest('hex')

function isSigned(secret: string, openid: string, signature: unknown): boolean {
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature)) return false
  return timingSafeEqual(Buffer.from(signature, 'hex'), Buffer.from(signOpenid(secret, openid), 'hex'))
}

export type Refused = { index: number; reason: string; detail?: Record<string, unknown> }

/**
 * Stores the good ones of a request's messages together with whatever else comes in at that moment, keeps the others with
 * their reasons, and resolves after both are committed; says which were refused.
 */
export async function collect(
  ctx: Ctx,
  source: SourceAccess,
  {
    messages,
    read,
    receivedAt,
  }: { messages: readonly unknown[]; read(message: unknown): Reading; receivedAt: Date },
): Promise<Refused[]> {
  const { items, places, refused, ignored } = sortOut(messages, { read, source, receivedAt })
  for (const name of ignored) noteDropped(ctx, name)
  const outcomes = items.length === 0 ? [] : await gathererOf(ctx).add({ items })
  for (const [place, outcome] of outcomes.entries()) {
    if (!(outcome instanceof Error)) continue
    const index = places[place] as number
    const detail = { code: (outcome as { code?: string }).code ?? '' }
    refused.push({ index, message: messages[index], reason: 'not_storable', detail })
  }
  const count = (which: ItemOutcome) => outcomes.filter((outcome) => outcome === which).length
  const counted = { stored: count('stored'), repeated: count('repeated') }
  countReceived(ctx, source.id, { accepted: counted.stored, repeated: counted.repeated })
  const all = { ...counted, refused: refused.length, ignored: ignored.length }
  for (const [outcome, n] of Object.entries(all)) if (n > 0) messagesReceived.inc({ outcome }, n)
  if (refused.length > 0) await keepRejections(ctx, { sourceId: source.id, rejected: refused })
  return refused.map(({ message: _message, ...rest }) => rest)
}

/** Reads each message; `places` says which message an item came from. */
function sortOut(
  messages: readonly unknown[],
  { read, source, receivedAt }: { read(message: unknown): Reading; source: SourceAccess; receivedAt: Date },
) {
  const items: Item[] = []
  const places: number[] = []
  const refused: (Refused & Rejected)[] = []
  const ignored: string[] = []
  for (const [index, message] of messages.entries()) {
    const reading = read(message)
    if ('fact' in reading) {
      items.push(itemOf(reading.fact, source, receivedAt))
      places.push(index)
    } else if ('refused' in reading) refused.push({ index, message, ...reading.refused })
    else ignored.push(reading.ignored)
  }
  return { items, places, refused, ignored }
}

const itemOf = (fact: Fact, source: SourceAccess, receivedAt: Date): Item => ({
  ...fact,
  sourceId: source.id,
  accountId: source.accountId,
  receivedAt,
  key:
    fact.sourceKey === null
      ? randomBytes(16)
      : hash('sha256', `${source.id}:${fact.sourceKey}`, 'buffer').subarray(0, 16),
})
