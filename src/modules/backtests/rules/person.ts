import { counted, decisionAt, fired, mayFire, NO_TALLY, reachAt, type Tally } from '../../campaigns/schema.ts'
import {
  type Cap,
  type CapTouch,
  type CapUse,
  capUse,
  type DeliveryFacts,
  decideDelivery,
  taken,
  takenFrom,
} from '../../deliveries/schema.ts'
import { offsetOf, outcomeAtMoment, SPARE_MS, TOLD_BY_MS } from '../../recalls/schema.ts'
import { apply, type FanState, fanAt, fanOf } from './fan-state.ts'
import type { Ask, Game, Plot, Turn } from './game.ts'
import { type Act, MARKS, type Sent, type Timeline } from './timeline.ts'

/** A message on its way to a decision. */
type Message = {
  fan: FanState
  turnAt: number
  notAfter: Date | null
  /** The act that began the silence it is for; null: it is for none. */
  silentSince: number | null
  state: 'waits' | 'went' | 'over'
}
type Wait = { act: Act; fan: FanState; deadline: number }
type Due =
  | { at: number; what: 'silence'; fan: FanState; told: number }
  | { at: number; what: 'message'; message: Message }
  | { at: number; what: 'wait'; wait: Wait }
  | { at: number; what: 'run' }

type Table = {
  timeline: Timeline
  game: Game
  ask: Ask
  heldOut: boolean
  fans: FanState[]
  /** What counts in frequency caps so far. */
  touches: CapTouch[]
  nextSent: number
  /** The earliest first; of one instant in the order they were made. */
  dues: Due[]
  tally: Tally
  messages: Message[]
  turns: Turn[]
}

/** Acts are looked back for so far before the period: as long as the longest window. */
export const LOOK_BACK_MS = 48 * 3_600_000

type Play = { timeline: Timeline; game: Game; ask: Ask; heldOut: boolean }

/**
 * What one person’s turns in the period would have come to: their acts in the order in which we were told, what falls due
 * between them, and every message decided by the rule that decides messages, under the windows, caps and quiet hours of that
 * instant. Depends on nothing but its arguments. Of acts and dues of one instant the acts come first.
 */
export function playPerson({ timeline, game, ask, heldOut }: Play): Turn[] {
  const start = game.from - LOOK_BACK_MS
  const table: Table = {
    timeline,
    game,
    ask,
    heldOut,
    fans: timeline.fans.map((fan) => fanAt(fan, timeline.acts, start)),
    touches: [],
    nextSent: 0,
    dues: game.plot.kind === 'repeat' ? game.plot.runs.map((at) => ({ at, what: 'run' })) : [],
    tally: NO_TALLY,
    messages: [],
    turns: [],
  }
  let clock = Number.NEGATIVE_INFINITY
  for (let told = 0; told < timeline.acts.length; told += 1) {
    const act = timeline.acts[told] as Act
    clock = Math.max(clock, act.receivedAt)
    runUntil(table, clock)
    takeAct(table, { act, told, now: clock })
  }
  runUntil(table, game.to + 1)
  for (const message of table.messages) if (message.state === 'waits') end(table, message, game.to, 'waits')
  return table.turns
}

/** Everything that falls due before an instant. */
function runUntil(table: Table, instant: number): void {
  for (let due = table.dues[0]; due !== undefined && due.at < instant; due = table.dues[0]) {
    table.dues.shift()
    passTo(table, due.at)
    run(table, due)
  }
  passTo(table, Math.min(instant - 1, table.game.to))
}

function insert({ dues }: Table, due: Due): void {
  let place = dues.length
  while (place > 0 && (dues[place - 1] as Due).at > due.at) place -= 1
  dues.splice(place, 0, due)
}

/** What they were really sent up to an instant. */
function passTo(table: Table, now: number): void {
  const { sent } = table.timeline
  for (let one = sent[table.nextSent]; one !== undefined && one.at <= now; one = sent[table.nextSent]) {
    table.nextSent += 1
    if (one.counts) table.touches.push(touchOf(one, table.game))
    const fan = one.window === null ? undefined : table.fans.find(({ id }) => id === one.fanId)
    if (fan !== undefined && one.window !== null) fan.book = takenFrom(fan.book, one.window)
  }
}

const ELSEWHERE = ''
const touchOf = ({ at, channel, purpose, here }: Sent, { accountId }: Game): CapTouch => ({
  at: new Date(at),
  accountId: here ? accountId : ELSEWHERE,
  channel,
  purpose,
})

type Told = { act: Act; told: number; now: number }

function takeAct(table: Table, { act, told, now }: Told): void {
  const { game } = table
  const fan = table.fans.find(({ id }) => id === act.fanId)
  const silent = fan !== undefined && apply(fan, act, told, game)
  const { plot } = game
  if (plot.kind === 'recall' && silent) beginSilence(table, { fan, told, now, plot })
  if (plot.kind === 'event' && (act.marks & MARKS[game.place].a) !== 0) countA(table, { act, now, plot })
}

type Recall = Extract<Plot, { kind: 'recall' }>
type OnEvent = Extract<Plot, { kind: 'event' }>

/** Silences that began before the rule was made don’t count, nor acts that are told after their moment. */
function beginSilence(
  table: Table,
  { fan, told, now, plot }: { fan: FanState; told: number; now: number; plot: Recall },
): void {
  const at = fan.lastActAt + Math.max(offsetOf(plot.timing), TOLD_BY_MS)
  if (fan.lastActAt >= table.game.from && at >= now) insert(table, { at, what: 'silence', fan, told })
}

function run(table: Table, due: Due): void {
  switch (due.what) {
    case 'silence':
      takeTurn(table, due)
      break
    case 'message':
      decide(table, due.message, due.at)
      break
    case 'wait':
      decideWait(table, due.wait, due.at)
      break
    case 'run':
      takeRun(table, due.at)
      break
  }
}

const isIn = ({ game, ask }: Table, at: number) => !game.audience || (ask('audience', at) ?? true)

function takeTurn(table: Table, { at, fan, told }: Extract<Due, { what: 'silence' }>): void {
  const { plot } = table.game
  if (fan.lastTold !== told || plot.kind !== 'recall') return
  const { following } = fan
  const inAudience = !following || isIn(table, at)
  const outcome = outcomeAtMoment(plot.timing, {
    lastAct: new Date(fan.lastActAt),
    following,
    // who is in the audience carries nothing that is left out
    excluded: !inAudience && table.game.excluded && (table.ask('excluded', at) ?? false),
    inAudience,
    windows: fan.book.windows,
  })
  if (!outcome.candidate) {
    table.turns.push({ turnAt: at, decidedAt: at, reached: false, reason: outcome.why })
    return
  }
  const notAfter = new Date(outcome.until.getTime() - SPARE_MS)
  decide(table, plan(table, { fan, turnAt: at, notAfter, silentSince: fan.lastActAt }), at)
}

function plan(table: Table, message: Omit<Message, 'state'>): Message {
  const planned: Message = { ...message, state: 'waits' }
  table.messages.push(planned)
  return planned
}

/** One more A; within from–until, by somebody of the audience. */
function countA(table: Table, { act, now, plot }: { act: Act; now: number; plot: OnEvent }): void {
  const fan = fanOf(table.fans, act.fanId)
  if (fan === undefined || act.at < plot.startsAt || (plot.endsAt !== null && act.at > plot.endsAt)) return
  if (!isIn(table, now)) return
  const { tally, reached } = counted(table.tally, plot.count)
  table.tally = tally
  if (!reached) return
  if (plot.withinMs === null) {
    fire(table, { fan, base: act.at, now, plot })
    return
  }
  const { deadline, dueAt } = decisionAt(
    { at: new Date(act.at), receivedAt: new Date(act.receivedAt) },
    plot.withinMs,
  )
  insert(table, { at: dueAt.getTime(), what: 'wait', wait: { act, fan, deadline: deadline.getTime() } })
}

/** The time for B is over: it counts if it happened by the deadline and was told by now. */
function decideWait(table: Table, { act, fan, deadline }: Wait, now: number): void {
  const { plot, place } = table.game
  if (plot.kind !== 'event') return
  const { b } = MARKS[place]
  const didB = table.timeline.acts.some(
    (one) =>
      (one.marks & b) !== 0 && one !== act && one.at >= act.at && one.at <= deadline && one.receivedAt <= now,
  )
  if (didB || (plot.askAgain && !isIn(table, now))) return
  fire(table, { fan, base: deadline, now, plot })
}

function fire(
  table: Table,
  { fan, base, now, plot }: { fan: FanState; base: number; now: number; plot: OnEvent },
): void {
  if (!mayFire(table.tally, plot.perPerson)) return
  table.tally = fired(table.tally)
  const at = Math.max(now, reachAt(plot.reach, new Date(base), new Date(now)).getTime())
  if (at > table.game.to) return
  const message = plan(table, { fan, turnAt: at, notAfter: null, silentSince: null })
  if (at === now) decide(table, message, now)
  else insert(table, { at, what: 'message', message })
}

/** One run of a campaign that repeats; who doesn’t follow is written down, and not sent to. */
function takeRun(table: Table, at: number): void {
  const fan = fanOf(table.fans, 0)
  if (fan === undefined || !isIn(table, at)) return
  if (!fan.following && table.game.policy.channel !== 'subscription')
    table.turns.push({ turnAt: at, decidedAt: at, reached: false, reason: 'not_following' })
  else decide(table, plan(table, { fan, turnAt: at, notAfter: null, silentSince: null }), at)
}

const fine = () => ({ ok: true }) as const

function decide(table: Table, message: Message, at: number): void {
  const { game } = table
  const now = new Date(at)
  const decision = decideDelivery(factsOf(table, message, now), game.policy, now, fine)
  if (decision.kind !== 'send') {
    const until = decision.kind === 'hold' ? decision.until.getTime() : null
    if (until !== null && until <= game.to) insert(table, { at: until, what: 'message', message })
    else end(table, message, at, decision.reason)
    return
  }
  const { channel } = game.policy
  if (channel === 'customer-service') message.fan.book = taken(message.fan.book, now) ?? message.fan.book
  table.touches.push({ at: now, accountId: game.accountId, channel, purpose: game.purpose })
  message.state = 'went'
  table.turns.push({ turnAt: message.turnAt, decidedAt: at, reached: true, reason: null })
}

function end(table: Table, message: Message, at: number, reason: string): void {
  message.state = 'over'
  table.turns.push({ turnAt: message.turnAt, decidedAt: at, reached: false, reason })
}

function factsOf(table: Table, message: Message, now: Date): DeliveryFacts {
  const { timeline, game, touches, heldOut } = table
  const { fan, silentSince, turnAt, notAfter } = message
  const at = now.getTime()
  return {
    openid: 'a fan',
    duplicate: duplicateOf(table, message),
    suppressed: timeline.suppressedAt <= at,
    blocked: false,
    following: fan.following,
    interacted: silentSince !== null && fan.lastInteractionAt > silentSince,
    // asked at the moment already; who was put off is asked again
    leftAudience: silentSince !== null && at > turnAt && !isIn(table, at),
    grant: { left: 1, rejected: false },
    windows: fan.book.windows,
    uses: usesOf(game.policy.caps, touches, now),
    heldOut,
    notAfter,
  }
}

const NO_USES: DeliveryFacts['uses'] = {}

/** Caps that are nowhere near are not counted. */
function usesOf(caps: readonly Cap[], touches: readonly CapTouch[], now: Date): DeliveryFacts['uses'] {
  if (touches.length === 0) return NO_USES
  const uses: Record<string, CapUse> = {}
  for (const cap of caps) if (touches.length >= cap.most) uses[cap.id] = capUse(cap, touches, now)
  return uses
}

/** Two fans of one person who fell silent in the same second get one message. */
function duplicateOf({ messages }: Table, message: Message): DeliveryFacts['duplicate'] {
  if (message.silentSince === null || messages.length < 2) return null
  const same = messages.filter((one) => one !== message && one.silentSince === message.silentSince)
  if (same.some(({ state }) => state === 'went')) return 'went'
  const before = same.find(({ state }) => state === 'waits')
  return before !== undefined && messages.indexOf(before) < messages.indexOf(message) ? 'waits' : null
}
