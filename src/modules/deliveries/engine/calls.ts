import { setTimeout as delay } from 'node:timers/promises'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import { WechatError } from '../../../channels/wechat-api/wechat-error.ts'
import type { Ctx } from '../../../context.ts'
import type { Block } from '../../../infra/rates.ts'
import { isDatabaseDown } from './failures.ts'
import { type Intended, LAST_CALL_MS } from './intend.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { callPlatform } from './platform.ts'
import { engineOf } from './state.ts'
import type { Answer } from './write-answers.ts'

export type Flight = {
  intended: readonly Intended[]
  client: OfficialAccountClient
  perMinute: number
  /** When the intents were made, by `performance.now()` before their transaction began. */
  since: number
}

/** A block covers so much time: what is due at once waits for one at most. */
export const SLOT_MS = 50

/**
 * Makes the calls of intents that are committed, each within a permit: evenly over its block, and never after the block's
 * end, however late this process wakes up. Resolves when the last call was begun; answers go to the desk as they come.
 */
export async function fly(ctx: Ctx, flight: Flight): Promise<void> {
  const { intended, perMinute } = flight
  const slot = Math.max(1, Math.floor((perMinute * SLOT_MS) / 60_000))
  let next = 0
  while (next < intended.length) {
    if (performance.now() - flight.since > LAST_CALL_MS) return putBack(ctx, intended.slice(next))
    // where the platform hangs nothing more is begun: what was not called is put back, not in doubt
    if (!(await engineOf(ctx).callFree(flight.since + LAST_CALL_MS - performance.now()))) continue
    const wanted = Math.min(slot, intended.length - next)
    const key = (intended[next] as Intended).key
    const block = await ctx.rates.lease(key, wanted, perMinute).catch((error: unknown) => {
      putBack(ctx, intended.slice(next))
      throw error
    })
    if (performance.now() - flight.since + block.waitMs > LAST_CALL_MS) {
      putBack(ctx, intended.slice(next))
      return ctx.rates.release(block)
    }
    if (block.usable.until < block.usable.from) tellSlow(ctx)
    next += await within(ctx, flight, block, intended.slice(next, next + wanted))
  }
}

const TELL_EVERY_MS = 10_000
let told = Number.NEGATIVE_INFINITY

/** A permit whose answer took too long is lost: where that is the rule nothing goes out, and somebody has to know why. */
function tellSlow(ctx: Ctx): void {
  if (performance.now() - told < TELL_EVERY_MS) return
  told = performance.now()
  ctx.log.warn('permits to send were lost: the database took longer than 100 ms to answer')
}

/** Calls as many as the block has time for; returns how many. */
async function within(ctx: Ctx, flight: Flight, block: Block, some: readonly Intended[]): Promise<number> {
  const { from, until } = block.usable
  const step = block.spanMs / some.length
  for (const [index, one] of some.entries()) {
    const at = from + index * step
    // timers are a millisecond coarse: what is closer goes now
    if (at - performance.now() > 1) await delay(at - performance.now())
    if (!(await engineOf(ctx).callFree(until - performance.now()))) return index
    const now = performance.now()
    // the last moment of it: what the machine slept through is lost
    if (now > until || now - flight.since > LAST_CALL_MS) return index
    void call(ctx, flight, one)
  }
  return some.length
}

async function call(ctx: Ctx, { client }: Flight, one: Intended): Promise<void> {
  const known = knownOf(one)
  const engine = engineOf(ctx)
  let answer: Answer
  try {
    const msgId = await engine.calling(() => callPlatform(client, one))
    answer = { ...known, outcome: { to: 'accepted', msgId }, signal: { health: 'well' } }
  } catch (error) {
    const wrong = isWechatError(error) ? error : ours(error)
    if (wrong !== error)
      ctx.log.error({ err: error, deliveryId: one.id }, 'a message could not be called for')
    const { signal, ...outcome } = outcomeOf({
      error: wrong,
      channel: one.channel,
      now: ctx.clock.now(),
      intentAt: one.intentAt,
      waits: one.waits,
      random: Math.random(),
    })
    answer = { ...known, outcome: one.repeat ? afterRepeat(outcome) : outcome, signal, error: wrong }
  }
  if (answer.signal.health !== undefined)
    engine.breakerOf(one.key).answered(answer.signal.health, performance.now())
  engine.answers.put(answer)
}

/** What our own code throws before anything left: no token without the database, or a fault of this row only. */
const ours = (cause: unknown) =>
  isDatabaseDown(cause)
    ? new WechatError({ path: 'token', errmsg: 'no token', kind: 'busy', ambiguous: false, cause })
    : new WechatError({
        path: 'message',
        errcode: 47001,
        errmsg: 'not sent: our own fault',
        kind: 'internal',
        ambiguous: false,
        cause,
      })

/** Never called: as if the intent had not been, or asked for again later where an earlier call may have been taken. */
function putBack(ctx: Ctx, some: readonly Intended[]): void {
  const engine = engineOf(ctx)
  for (const one of some) {
    const outcome = one.repeat
      ? ({ to: 'asking', reason: 'no_answer', afterMs: 1_000, detail: {} } as const)
      : ({ to: 'back' } as const)
    engine.answers.put({ ...knownOf(one), outcome, signal: {} })
  }
}

function knownOf(one: Intended): Omit<Answer, 'outcome' | 'signal'> {
  const { message: _message, openid: _openid, waits: _waits, repeat: _repeat, ...known } = one
  return known
}

/** A refusal of the repeat proves nothing about the first call. */
function afterRepeat(outcome: Outcome): Outcome {
  if (outcome.to === 'held')
    return { to: 'asking', reason: 'no_answer', afterMs: REPEAT_MS, detail: outcome.detail }
  if (outcome.to === 'failed') return { ...outcome, to: 'unknown', reason: 'repeat_refused' }
  return outcome
}

const REPEAT_MS = 15_000
