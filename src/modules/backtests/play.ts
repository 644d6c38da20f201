import { createHash } from 'node:crypto'
import { setImmediate as turnOver } from 'node:timers/promises'
import Cursor from 'pg-cursor'
import type { Ctx } from '../../context.ts'
import { getAccount } from '../accounts/index.ts'
import { callLimit, holdoutKey, isHeldOut } from '../deliveries/index.ts'
import { capReachMs } from '../deliveries/schema.ts'
import { inquiryOf, type Question } from './ask.ts'
import { type Prepared, prepareGame } from './games.ts'
import type { Turn } from './rules/game.ts'
import { LOOK_BACK_MS, playPerson } from './rules/person.ts'
import { addPerson, newSums, resultOf, type SamplePerson, type Sums } from './rules/sums.ts'
import type { Timeline } from './rules/timeline.ts'
import type { BacktestResult, BacktestVariant } from './schema.ts'
import { callsByDay, countFans, namesOf } from './store/surroundings.ts'
import { unpack } from './stream/record.ts'
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

/** People read at a time: memory is bounded by two such chunks. */
const AT_ONCE = 2_000
/** The event loop is given back after so long. */
const TURN_MS = 5
const TELL_EVERY_MS = 1_000

/** Plays what was asked over what is on record, and changes nothing. The same for the same log. */
export async function play(ctx: Ctx, asked: Played, watch: Watch): Promise<Found> {
  const began = performance.now()
  const snapshot = await openSnapshot(ctx)
  const cancel = () => void snapshot.cancel().catch(() => undefined)
  watch.signal.addEventListener('abort', cancel)
  try {
    watch.signal.throwIfAborted()
    const board = await setUp(ctx, snapshot, asked)
    const counts = await playEverybody(snapshot, board, watch)
    const variants = []
    const about = { ...asked, from: asked.from.getTime(), to: asked.to.getTime() }
    for (const { sums, prepared } of board.games) {
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
    const compared = board.games.length === 2 ? counts.compared : null
    const unplayed = unplayedIn(asked)
    const told = { variants, compared, read: counts.read, unplayed }
    const samples = board.games.map(({ sums }) => sums.samples)
    const digest = createHash('sha256').update(JSON.stringify({ told, samples })).digest('hex')
    return { result: { ...told, digest, tookMs: Math.round(performance.now() - began) }, samples }
  } finally {
    watch.signal.removeEventListener('abort', cancel)
    await snapshot.close()
  }
}

type Board = Awaited<ReturnType<typeof setUp>>

async function setUp(ctx: Ctx, { db }: Snapshot, asked: Played) {
  const { accountId, from, to, kind, subjectId, sample, logUpto } = asked
  const account = await getAccount(ctx, accountId, db)
  const games: { prepared: Prepared; sums: Sums; heldOut(person: string): boolean }[] = []
  for (const [place, variant] of asked.variants.entries()) {
    const prepared = await prepareGame(ctx, db, { variant, place: place as 0 | 1, account, from, to })
    const key = subjectId === null ? null : holdoutKey(ctx, { kind, id: subjectId })
    const heldOut = (person: string) => key !== null && isHeldOut(key, person, prepared.holdout)
    games.push({ prepared, sums: newSums(), heldOut })
  }
  const caps = games.flatMap(({ prepared }) => prepared.game.policy.caps)
  const longest = Math.max(LOOK_BACK_MS, ...caps.map(capReachMs))
  const query = await timelinesQuery(db, {
    accountId,
    since: new Date(from.getTime() - LOOK_BACK_MS),
    sentSince: new Date(from.getTime() - longest),
    to,
    logUpto,
    sample,
    subject: subjectId === null ? null : { kind, id: subjectId },
    events: games.map(({ prepared }) => prepared.events),
  })
  const ask = await inquiryOf(
    db,
    games.map(({ prepared }) => prepared),
    to,
  )
  const total = Math.ceil((await countFans(db, accountId)) / sample)
  return { account, games, query, ask, total }
}

async function playEverybody({ reader }: Snapshot, board: Board, watch: Watch) {
  const { query, total } = board
  const counts = { read: { people: 0, acts: 0 }, compared: { both: 0, onlyFirst: 0, onlySecond: 0 } }
  const cursor = reader.query(new Cursor<Row>(query.sql, [...query.parameters]))
  let told = performance.now()
  await watch.progress(0, total)
  try {
    let next = cursor.read(AT_ONCE)
    for (let rows = await next; rows.length > 0; rows = await next) {
      next = cursor.read(AT_ONCE)
      next.catch(() => undefined)
      await playChunk(rows, board, counts)
      watch.signal.throwIfAborted()
      if (performance.now() - told < TELL_EVERY_MS) continue
      told = performance.now()
      await watch.progress(Math.min(counts.read.people, total), total)
    }
  } finally {
    await cursor.close().catch(() => undefined)
  }
  return counts
}

type Row = { person: string; packed: Buffer }
type Counts = Awaited<ReturnType<typeof playEverybody>>
/** A person in one version: played, and played again once what it asked is answered. */
type Part = { place: 0 | 1; timeline: Timeline; answers: Map<string, boolean>; turns: Turn[] }

async function playChunk(rows: readonly Row[], board: Board, counts: Counts): Promise<void> {
  const parts: Part[][] = []
  let open: Part[] = []
  let since = performance.now()
  const breathe = async () => {
    if (performance.now() - since < TURN_MS) return
    await turnOver()
    since = performance.now()
  }
  for (const { person, packed } of rows) {
    const timeline = unpack(person, packed)
    counts.read.people += 1
    counts.read.acts += timeline.acts.length
    if (timeline.fans.length > 0)
      parts.push(
        board.games.map((_, place) => ({ place: place as 0 | 1, timeline, answers: new Map(), turns: [] })),
      )
    await breathe()
  }
  open = parts.flat()
  while (open.length > 0) {
    const questions: Question[] = []
    const waiting: Part[] = []
    for (const part of open) {
      if (!playPart(board, part, questions)) waiting.push(part)
      await breathe()
    }
    if (questions.length > 0) await board.ask(questions)
    open = waiting
  }
  for (const own of parts) {
    add(board, own, counts)
    await breathe()
  }
}

/** Whether everything that was asked is known; what isn’t is put among the questions, and taken for a yes meanwhile. */
function playPart(board: Board, part: Part, questions: Question[]): boolean {
  const { place, timeline, answers } = part
  const { prepared, heldOut } = board.games[place] as Board['games'][number]
  const before = questions.length
  const asked = new Set<string>()
  part.turns = playPerson({
    timeline,
    game: prepared.game,
    heldOut: prepared.holdout > 0 && heldOut(timeline.person),
    ask: (what, at) => {
      const key = `${what}:${at}`
      const known = answers.get(key)
      if (known === undefined && !asked.has(key)) {
        asked.add(key)
        const answer = (yes: boolean) => void answers.set(key, yes)
        questions.push({ place, what, person: timeline.person, at, answer })
      }
      return known
    },
  })
  return questions.length === before
}

function add(board: Board, own: readonly Part[], { compared }: Counts): void {
  const [first, second] = own.map(({ place, timeline, turns }) =>
    addPerson((board.games[place] as Board['games'][number]).sums, timeline, turns),
  )
  if (first === undefined || second === undefined) return
  if (first > 0 && second > 0) compared.both += 1
  else if (first > 0) compared.onlyFirst += 1
  else if (second > 0) compared.onlySecond += 1
}
