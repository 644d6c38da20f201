import type { Pool } from 'pg'
import type { OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import type { Account } from '../../accounts/index.ts'
import type { DeliveryChannel, SendLane, SendVersion } from '../model.ts'
import { laneTopic } from '../planning/sends.ts'
import { selectVersions } from '../store/sends.ts'
import { type AnswerDesk, createAnswerDesk } from './answers.ts'
import { type Breaker, createBreaker } from './breaker.ts'

/** Messages between their intent and their answer's commit, in this process. */
export const MOST_IN_FLIGHT = 600
/** Calls at once: as many as there are connections, so that none waits with its permit running out. */
const MOST_CALLS = 240
const MOST_VERSIONS = 500

export const targetKey = (accountId: string, channel: DeliveryChannel) => `${channel}:${accountId}`
export const versionKey = (sendId: string, version: number) => `${sendId}:${version}`

/** An account as it was a moment ago, and a way to the platform with its token at hand. */
export type Way = { readonly account: Account; readonly client: OfficialAccountClient }

/** What one process knows while it sends. Nothing of it has to survive: rows are the truth. */
export type Engine = {
  readonly answers: AnswerDesk
  readonly ways: Map<string, { readonly way: Way; readonly until: number }>
  breakerOf(key: string): Breaker
  /** Calls of a target in flight. */
  inFlightOf(key: string): number
  readonly inFlight: number
  took(key: string, n: number): void
  gave(key: string, n: number): void
  /** Resolves when something of the lane may have become due, when nothing is in flight any more, or after `ms`. */
  news(lane: SendLane, ms: number): Promise<void>
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>
  versionsOf(
    db: Executor,
    keys: readonly { sendId: string; version: number }[],
  ): Promise<Map<string, SendVersion>>
  /** Runs a call while it counts as one of those open to the platform. */
  calling<T>(call: () => Promise<T>): Promise<T>
  /** Resolves true when another call may begin, false where none may within `ms`. */
  callFree(ms: number): Promise<boolean>
  /** Moves on with every call, so that targets take turns. */
  turn(): number
}

const engines = new WeakMap<Pool, Engine>()

/** The engine of this process, by its pool. */
export function engineOf(ctx: Ctx): Engine {
  const known = engines.get(ctx.pool)
  if (known !== undefined) return known
  const made = createEngine(ctx)
  engines.set(ctx.pool, made)
  return made
}

function createEngine(ctx: Ctx): Engine {
  const breakers = new Map<string, Breaker>()
  const flying = new Map<string, number>()
  const versions = new Map<string, SendVersion>()
  const waiting: Record<SendLane, Set<() => void>> = { immediate: new Set(), bulk: new Set() }
  let inFlight = 0
  let turns = 0
  const wakeAll = (lane: SendLane) => {
    for (const wake of [...waiting[lane]]) wake()
  }
  for (const lane of ['immediate', 'bulk'] as const) ctx.wake.on(laneTopic(lane), () => wakeAll(lane))
  const wait = (sets: readonly Set<() => void>[], ms: number) =>
    new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        for (const set of sets) set.delete(finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      for (const set of sets) set.add(finish)
    })
  const resting = new Set<() => void>()
  const lining = new Set<() => void>()
  let calls = 0
  const count = (key: string, n: number) => {
    inFlight += n
    flying.set(key, (flying.get(key) ?? 0) + n)
    if (n < 0) {
      if (inFlight === 0) for (const wake of [...resting]) wake()
      wakeAll('immediate')
      wakeAll('bulk')
    }
  }
  const engine: Engine = {
    ways: new Map(),
    answers: createAnswerDesk(ctx, (key, n) => count(key, -n)),
    breakerOf(key) {
      const breaker = breakers.get(key) ?? createBreaker()
      breakers.set(key, breaker)
      return breaker
    },
    inFlightOf: (key) => flying.get(key) ?? 0,
    get inFlight() {
      return inFlight
    },
    took: (key, n) => count(key, n),
    gave: (key, n) => count(key, -n),
    news: (lane, ms) => wait([waiting[lane]], ms),
    async idle() {
      while (inFlight > 0) await wait([resting], 250)
    },
    async versionsOf(db, keys) {
      // a map of its own: another loop may empty the shared one meanwhile
      const asked = new Map<string, SendVersion>()
      for (const { sendId, version } of keys) {
        const known = versions.get(versionKey(sendId, version))
        if (known !== undefined) asked.set(versionKey(sendId, version), known)
      }
      const missing = keys.filter(({ sendId, version }) => !asked.has(versionKey(sendId, version)))
      if (missing.length === 0) return asked
      if (versions.size > MOST_VERSIONS) versions.clear()
      for (const one of await selectVersions(db, missing)) {
        versions.set(versionKey(one.sendId, one.version), one)
        asked.set(versionKey(one.sendId, one.version), one)
      }
      return asked
    },
    async calling(call) {
      calls += 1
      try {
        return await call()
      } finally {
        calls -= 1
        for (const wake of [...lining]) wake()
      }
    },
    async callFree(ms) {
      const end = performance.now() + ms
      while (calls >= MOST_CALLS) {
        const left = end - performance.now()
        if (left <= 0) return false
        await wait([lining], left)
      }
      return true
    },
    turn: () => turns++,
  }
  return engine
}
