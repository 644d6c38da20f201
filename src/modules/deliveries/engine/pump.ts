import type { Ctx } from '../../../context.ts'
import type { Account } from '../../accounts/index.ts'
import { callLimit } from '../facts/index.ts'
import type { DeliveryChannel, SendLane } from '../model.ts'
import { fly, SLOT_MS } from './calls.ts'
import { CHUNK, type DueSend, dueSends, type Share, sharesOf } from './due-sends.ts'
import { type Intent, intend } from './intend.ts'
import { probe } from './platform.ts'
import { type Engine, engineOf, MOST_IN_FLIGHT, targetKey, type Way } from './state.ts'
import { wayTo } from './way.ts'

/** Bulk takes permits only where the bucket is this nearly free, so that an immediate message waits for one block at most. */
const NEARLY_FREE_MS = 20
/** What the immediate lane keeps for itself of the messages in flight. */
const RESERVED_FOR_IMMEDIATE = 100
const FULL_REST_MS = 50
const SHORTEST_REST_MS = 3
const LONGEST_REST_MS = 200
/** An immediate message lines up for so long; beyond, as when WeChat shut the interface for the minute, it stays planned. */
const LONGEST_LINE_MS = 1_000
/** A limited send's own permits at a time cover so much time. */
const OWN_SLOT_MS = 250

/**
 * One chunk of a lane: picks an account and interface with people due, commits their intents, makes the calls. Comes back
 * when the calls are under way; returns 0 only when nothing is due and nothing is in flight.
 */
export async function pump(ctx: Ctx, lane: SendLane, signal: AbortSignal): Promise<number> {
  const engine = engineOf(ctx)
  const rest = await pumpOnce(ctx, engine, lane)
  const idle = rest === 'nothing' && engine.inFlight === 0
  if (rest !== 0 && !idle && !signal.aborted)
    await engine.news(lane, rest === 'nothing' ? LONGEST_REST_MS : rest)
  // a worker that stops waits for its loops, and they for what is in flight
  if (signal.aborted) await engine.idle()
  return idle ? 0 : 1
}

/** Real time after which looking again makes sense: 0 after work. `nothing`: nobody is due. */
type Rest = number | 'nothing'

async function pumpOnce(ctx: Ctx, engine: Engine, lane: SendLane): Promise<Rest> {
  if (roomOf(engine, lane) <= 0) return FULL_REST_MS
  const due = await dueSends(ctx.db, lane, ctx.clock.now())
  if (due.length === 0) return 'nothing'
  const turn = engine.turn()
  const target = await pick(ctx, engine, { lane, due, turn })
  if (target === undefined) return restUntilFree(due.map(({ busyMs }) => busyMs - lineOf(lane)))
  const { account, client, perMinute } = target
  const key = targetKey(account.id, target.channel)
  const allowed = allowedOf(ctx, engine, key, account.id)
  const most = Math.min(CHUNK, roomOf(engine, lane), allowed, slotOf(perMinute, lane))
  if (most <= 0) return FULL_REST_MS
  // counted in the moment they are allowed: two loops must not take the same room
  engine.took(key, most)
  let since: number
  let intent: Intent
  try {
    const shares = await withOwnRates(ctx, target.sends, { most, turn })
    if (shares.length === 0) {
      engine.gave(key, most)
      return restUntilFree(target.sends.map(({ ownBusyMs }) => ownBusyMs))
    }
    since = performance.now()
    intent = await intend(ctx, { account, channel: target.channel, shares })
  } catch (error) {
    engine.gave(key, most)
    throw error
  }
  engine.gave(key, most - intent.intended.length)
  if (intent.intended.length > 0) {
    await fly(ctx, { intended: intent.intended, client, perMinute, since })
  }
  return intent.looked > 0 ? 0 : FULL_REST_MS
}

/** How many more messages of a lane this process may have between their intent and their answer's commit. */
const roomOf = (engine: Engine, lane: SendLane): number =>
  MOST_IN_FLIGHT - engine.inFlight - (lane === 'bulk' ? RESERVED_FOR_IMMEDIATE : 0)

/** Until the first bucket is free; where that isn't what keeps it, as long as a rest may be. */
function restUntilFree(busyMs: readonly number[]): number {
  const booked = busyMs.filter((ms) => ms > 0)
  return Math.max(SHORTEST_REST_MS, Math.min(LONGEST_REST_MS, ...booked))
}

const lineOf = (lane: SendLane): number => (lane === 'bulk' ? NEARLY_FREE_MS : LONGEST_LINE_MS)

/** Immediate messages are few; of the others no more at a time than the rate lets go in a slot. */
const slotOf = (perMinute: number, lane: SendLane): number =>
  lane === 'immediate' ? CHUNK : Math.max(1, Math.floor((perMinute * SLOT_MS) / 60_000))

type Target = Way & { channel: DeliveryChannel; perMinute: number; sends: DueSend[] }

/** The next account and interface that may send now, taking turns. */
async function pick(
  ctx: Ctx,
  engine: Engine,
  { lane, due, turn }: { lane: SendLane; due: readonly DueSend[]; turn: number },
): Promise<Target | undefined> {
  const groups = [...Map.groupBy(due, (send) => targetKey(send.accountId, send.channel))]
  for (let index = 0; index < groups.length; index += 1) {
    const [key, sends] = groups[(turn + index) % groups.length] as [string, DueSend[]]
    const { accountId, channel, busyMs, usedToday } = sends[0] as DueSend
    if (busyMs > lineOf(lane)) continue
    if (allowedOf(ctx, engine, key, accountId) <= 0) continue
    const way = await wayTo(ctx, key, accountId)
    // who has to wait for tomorrow costs nothing till then
    if (way === undefined || usedToday >= callLimit(way.account, channel)) continue
    return { ...way, channel, perMinute: perMinuteOf(way.account, channel), sends }
  }
  return undefined
}

/** How many more may be in flight; has somebody ask whether the platform is back where it was down. */
export function allowedOf(ctx: Ctx, engine: Engine, key: string, accountId: string): number {
  const breaker = engine.breakerOf(key)
  if (breaker.mayProbe(performance.now()))
    void probe(ctx, accountId).then((well) => breaker.probed(well, performance.now()))
  return breaker.allowed(performance.now()) - engine.inFlightOf(key)
}

export function perMinuteOf({ limits }: Account, channel: DeliveryChannel): number {
  switch (channel) {
    case 'customer-service':
      return limits.customerServicePerMinute
    case 'template':
      return limits.templatePerMinute
    case 'subscription':
      return limits.subscriptionPerMinute
  }
}

/** How much each send may take. Of its own rate a send books no more than it then takes: what is booked is gone. */
async function withOwnRates(
  ctx: Ctx,
  sends: readonly DueSend[],
  { most, turn }: { most: number; turn: number },
): Promise<Share[]> {
  const rates = new Map(sends.map(({ sendId, ratePerMinute }) => [sendId, ratePerMinute]))
  const wants = sends
    .filter(({ ratePerMinute, ownBusyMs }) => ratePerMinute === null || ownBusyMs === 0)
    .map(({ sendId, due, ratePerMinute }) => ({
      sendId,
      most:
        ratePerMinute === null
          ? due
          : Math.min(due, Math.max(1, Math.floor((ratePerMinute * OWN_SLOT_MS) / 60_000))),
    }))
  const shares: Share[] = []
  for (const share of sharesOf(wants, most, turn)) {
    const own = rates.get(share.sendId) ?? null
    if (own === null || 'usable' in (await ctx.rates.leaseWithin(`send:${share.sendId}`, share.most, own, 0)))
      shares.push(share)
  }
  return shares
}
