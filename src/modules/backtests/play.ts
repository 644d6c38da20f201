import { createHash } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import { getAccount } from '../accounts/index.ts'
import { callLimit, holdoutKey, isHeldOut } from '../deliveries/index.ts'
import { capReachMs } from '../deliveries/schema.ts'
import { inquiryOf } from './ask.ts'
import { type Board, playChunk, type Side } from './chunk.ts'
import { prepareGame } from './games.ts'
import { LOOK_BACK_MS } from './rules/person.ts'
import { newSums, resultOf, type SamplePerson } from './rules/sums.ts'
import type { BacktestResult, BacktestVariant } from './schema.ts'
import { callsByDay, countFans, namesOf } from './store/surroundings.ts'
import { readInTurn } from './stream/read.ts'
import { openSnapshot, type Snapshot } from './stream/snapshot.ts'
import { timelinesQuery } from './stream/timelines.ts'
import { unplayedIn } from './unplayed.ts'

export type Played = {
  accountId: string
  kind: 'recall' | 'campaign'
  subjectId: string | null
  variants: readonly BacktestVariant[]
  sample: number
  from: Date
  to: Date
  logUpto: string
}
export type Found = {
  result: BacktestResult
  samples: { reached: SamplePerson[]; notReached: SamplePerson[] }[]
}

type Watch = {
  signal: AbortSignal
  progress(done: number, total: number): Promise<void>
}

const TELL_EVERY_MS = 1_000
/** People sorted at once: while one such part is played the next is sorted. */
const PART_PEOPLE = 150_000

const lasts = new WeakMap<Ctx['pool'], Promise<unknown>>()

/**
 * Plays what was asked over what is on record, and changes nothing. The same for the same log. One at a time in a process:
 * each takes connections that others need as well.
 */
export function play(ctx: Ctx, asked: Played, watch: Watch): Promise<Found> {
  const found = (lasts.get(ctx.pool) ?? Promise.resolve()).then(() => playNow(ctx, asked, watch))
  lasts.set(
    ctx.pool,
    found.catch(() => undefined),
  )
  return found
}

async function playNow(ctx: Ctx, asked: Played, watch: Watch): Promise<Found> {
  watch.signal.throwIfAborted()
  const began = performance.now()
  const snapshot = await openSnapshot(ctx)
  const cancel = () => void snapshot.cancel().catch(() => undefined)
  watch.signal.addEventListener('abort', cancel)
  let how: 'whole' | 'failed' = 'failed'
  try {
    watch.signal.throwIfAborted()
    const board = await setUp(ctx, snapshot, asked)
    await playEverybody(snapshot, board, watch)
    const { counts, sides } = board
    const variants = []
    const about = { ...asked, from: asked.from.getTime(), to: asked.to.getTime() }
    for (const { sums, prepared } of sides) {
      const { channel } = prepared.game.policy
      variants.push(
        resultOf(sums, {
          ...about,
          names: await namesOf(snapshot.db, [...sums.overlap.values()]),
          calls: await callsByDay(snapshot.db, { ...asked, channel }),
          callLimit: callLimit(board.account, channel),
        }),
      )
    }
    const compared = sides.length === 2 ? counts.compared : null
    const unplayed = unplayedIn({ ...asked, backfilled: counts.backfilled })
    const told = { variants, compared, read: counts.read, unplayed }
    const samples = sides.map(({ sums }) => sums.samples)
    const digest = createHash('sha256').update(JSON.stringify({ told, samples })).digest('hex')
    how = 'whole'
    return { result: { ...told, digest, tookMs: Math.round(performance.now() - began) }, samples }
  } finally {
    watch.signal.removeEventListener('abort', cancel)
    await snapshot.close(how)
  }
}

async function setUp(ctx: Ctx, { db }: Snapshot, asked: Played) {
  const { accountId, from, to, kind, subjectId, sample, logUpto } = asked
  const account = await getAccount(ctx, accountId, db)
  const sides: Side[] = []
  for (const [place, variant] of asked.variants.entries()) {
    const prepared = await prepareGame(ctx, db, { variant, place: place as 0 | 1, account, from, to })
    const key = subjectId === null ? null : holdoutKey(ctx, { kind, id: subjectId })
    const heldOut = (person: string) => key !== null && isHeldOut(key, person, prepared.holdout)
    sides.push({ prepared, sums: newSums(), heldOut })
  }
  const games = sides.map(({ prepared }) => prepared)
  const longest = Math.max(LOOK_BACK_MS, ...games.flatMap(({ game }) => game.policy.caps.map(capReachMs)))
  const wanted = {
    accountId,
    since: new Date(from.getTime() - LOOK_BACK_MS),
    sentSince: new Date(from.getTime() - longest),
    to,
    logUpto,
    sample,
    subject: subjectId === null ? null : { kind, id: subjectId },
    events: games.map(({ events }) => events),
    tags: games.flatMap(({ tags }) => tags ?? []),
  }
  const { n, first, last } = await countFans(db, accountId)
  const queries = []
  const parts = Math.ceil(n / sample / PART_PEOPLE)
  const step = Math.ceil((last - first + 1) / Math.max(1, parts))
  for (let part = 0; part < parts; part += 1) {
    const people = { first: first + part * step, end: first + (part + 1) * step }
    queries.push(await timelinesQuery(db, { ...wanted, people }))
  }
  const counts: Board['counts'] = {
    read: { people: 0, acts: 0 },
    backfilled: false,
    compared: { both: 0, onlyFirst: 0, onlySecond: 0 },
  }
  return {
    account,
    sides,
    queries,
    counts,
    ask: await inquiryOf(db, games, to),
    total: Math.ceil(n / sample),
  }
}

/** While one chunk waits for its answers the next is played: what they add up to doesn’t depend on their order. */
async function playEverybody(
  snapshot: Snapshot,
  board: Awaited<ReturnType<typeof setUp>>,
  watch: Watch,
): Promise<void> {
  const { counts, queries, total } = board
  let told = performance.now()
  await watch.progress(0, total)
  let before = Promise.resolve()
  for await (const rows of readInTurn(snapshot, queries)) {
    const playing = playChunk(board, rows)
    playing.catch(() => undefined)
    await before
    before = playing
    watch.signal.throwIfAborted()
    if (performance.now() - told < TELL_EVERY_MS) continue
    told = performance.now()
    await watch.progress(Math.min(counts.read.people, total), total)
  }
  await before
}
