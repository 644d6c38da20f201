import { setImmediate as turnOver } from 'node:timers/promises'
import type { Inquiry, Question } from './ask.ts'
import type { Prepared } from './games.ts'
import type { Asked, Turn } from './rules/game.ts'
import { LOOK_BACK_MS, playPerson } from './rules/person.ts'
import { addPerson, type Sums } from './rules/sums.ts'
import type { Timeline } from './rules/timeline.ts'
import type { PackedRow } from './stream/read.ts'
import { unpack } from './stream/record.ts'

/** The event loop is given back after so long. */
const TURN_MS = 4

export type Side = { prepared: Prepared; sums: Sums; heldOut(person: string): boolean }
export type Counts = {
  read: { people: number; acts: number }
  /** Whether anything was brought in afterwards. */
  backfilled: boolean
  compared: { both: number; onlyFirst: number; onlySecond: number }
}
export type Board = { sides: readonly Side[]; ask: Inquiry; counts: Counts }

/** A person in one version: played, and played again once what it asked is answered. */
type Part = {
  place: 0 | 1
  side: Side
  timeline: Timeline
  answers: Map<string, boolean> | null
  turns: Turn[]
}

export async function playChunk(board: Board, rows: readonly PackedRow[]): Promise<void> {
  const { sides, ask, counts } = board
  const breathe = breathing()
  const people: Part[][] = []
  for (const { person, packed } of rows) {
    const timeline = unpack(person, packed)
    counts.read.people += 1
    counts.read.acts += timeline.acts.length
    counts.backfilled ||= timeline.backfilled
    if (timeline.fans.length > 0)
      people.push(
        sides.map((side, place) => ({ place: place as 0 | 1, side, timeline, answers: null, turns: [] })),
      )
    if (breathe.due()) await breathe.out()
  }
  let open = people.flat()
  await askAhead(ask, open, 'audience', () => true)
  await askAhead(ask, open, 'excluded', (part, at) => part.answers?.get(keyOf('audience', at)) === false)
  while (open.length > 0) {
    const questions: Question[] = []
    const waiting: Part[] = []
    for (const part of open) {
      if (!play(part, questions)) waiting.push(part)
      if (breathe.due()) await breathe.out()
    }
    if (questions.length > 0) await ask(questions)
    open = waiting
  }
  for (const own of people) {
    add(counts, own)
    if (breathe.due()) await breathe.out()
  }
}

function breathing() {
  let since = performance.now()
  return {
    due: () => performance.now() - since > TURN_MS,
    async out() {
      await turnOver()
      since = performance.now()
    },
  }
}

const keyOf = (what: Asked, at: number) => `${what}:${at}`

/** What is true of tags at an instant has been since the last of them came or went. */
function steadyAt({ timeline, side }: Part, at: number): number {
  if (side.prepared.tags === null) return at
  let steady = side.prepared.game.from - LOOK_BACK_MS
  for (const change of timeline.tagChanges) if (change <= at) steady = change
  return steady
}

/** What will be asked in any case, before anybody is played: where only tags count, once for as long as they stay. */
async function askAhead(
  ask: Inquiry,
  parts: readonly Part[],
  what: Asked,
  wanted: (part: Part, at: number) => boolean,
): Promise<void> {
  const questions: Question[] = []
  for (const part of parts) {
    const { game, tags } = part.side.prepared
    const idle = part.timeline.acts.length === 0 && game.plot.kind !== 'repeat'
    if (tags === null || !game[what] || idle) continue
    for (const at of [game.from - LOOK_BACK_MS, ...part.timeline.tagChanges])
      if (wanted(part, at)) questions.push(questionOf(part, what, at))
  }
  if (questions.length > 0) await ask(questions)
}

function questionOf(part: Part, what: Asked, at: number): Question {
  const answers = part.answers ?? new Map<string, boolean>()
  part.answers = answers
  const answer = (yes: boolean) => void answers.set(keyOf(what, at), yes)
  return { place: part.place, what, person: part.timeline.person, at, answer }
}

/** Whether everything that was asked is known; what isn’t is put among the questions, and taken for a yes meanwhile. */
function play(part: Part, questions: Question[]): boolean {
  const { side, timeline } = part
  const { game, holdout } = side.prepared
  const before = questions.length
  const asked = new Set<string>()
  part.turns = playPerson({
    timeline,
    game,
    heldOut: holdout > 0 && side.heldOut(timeline.person),
    ask: (what, instant) => {
      const at = steadyAt(part, instant)
      const key = keyOf(what, at)
      const known = part.answers?.get(key)
      if (known === undefined && !asked.has(key)) {
        asked.add(key)
        questions.push(questionOf(part, what, at))
      }
      return known
    },
  })
  return questions.length === before
}

function add({ compared }: Counts, own: readonly Part[]): void {
  const [first, second] = own.map(({ side, timeline, turns }) => addPerson(side.sums, timeline, turns))
  if (first === undefined || second === undefined) return
  if (first > 0 && second > 0) compared.both += 1
  else if (first > 0) compared.onlyFirst += 1
  else if (second > 0) compared.onlySecond += 1
}
