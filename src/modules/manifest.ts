import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PoolClient } from 'pg'
import type { PassiveReply } from '../channels/wechat-api/passive-reply.ts'
import type { Ctx } from '../context.ts'
import type { Executor } from '../infra/transaction.ts'
import type { BodyOf, Endpoint, ParamsOf, QueryOf, ResponseOf } from '../kernel/endpoint.ts'
import type { Callback } from '../wechat/payloads/callbacks/callback.ts'

/** What an endpoint's handler gets: checked input, and where the call came from. */
export type Call<E> = {
  params: ParamsOf<E>
  query: QueryOf<E>
  body: BodyOf<E>
  http: {
    ip: string
    setCookie(name: string, value: string, maxAgeSeconds: number): void
    cookie(name: string): string | undefined
  }
}

export type Route = {
  endpoint: Endpoint
  handle?: (ctx: Ctx, call: Call<never>) => Promise<unknown>
  /** For what JSON can't carry: uploads, downloads, callbacks. Access is declared and checked all the same. */
  stream?: (ctx: Ctx, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

/** Binds an endpoint to the code that answers it; the types of both must agree. */
export const route = <E extends Endpoint>(
  endpoint: E,
  handle: (ctx: Ctx, call: Call<E>) => Promise<ResponseOf<E>>,
): Route => ({ endpoint, handle: handle as Route['handle'] })

export const streamRoute = (endpoint: unknown, stream: NonNullable<Route['stream']>): Route => ({
  endpoint: endpoint as Endpoint,
  stream,
})

/**
 * Work found by looking, again and again: `run` does one bounded chunk and says how much it did. It is called at
 * once after a chunk that did something, on a wake-up of `topic`, and every `everyMs` at the latest.
 */
export type Sweep = {
  name: string
  everyMs: number
  topic?: string
  /** How many loops run it side by side in one worker; each must claim what it works on. */
  concurrency?: number
  run(ctx: Ctx, signal: AbortSignal): Promise<number>
}

/**
 * A follower of the event log; gets each event of its names at least once, in the order of the sequence. What it writes
 * in `trx` is committed together with its place, so exactly once.
 */
export type Reaction = {
  name: string
  events: readonly string[] | 'all'
  /** Somebody waits for what it does: followed by itself, behind no other. */
  prompt?: boolean
  /** Events at a time, 500 where left out. */
  chunk?: number
  react(ctx: Ctx, events: readonly ReactionEvent[], trx: Executor): Promise<void>
}

export type ReactionEvent = {
  id: string
  /** Null where it came from a source of no account. */
  accountId: string | null
  contactId: string | null
  fanId: string | null
  sourceId: string | null
  name: string
  at: Date
  receivedAt: Date
  properties: Record<string, unknown>
}

/** One push of an account's, before it is stored. */
export type Push = {
  accountId: string
  callback: Callback
  at: Date
  receivedAt: Date
  /** Hex; the same for the platform's second and third try. */
  key: string
}

/** What a push is answered with, decided before its commit and committed with its event. */
export type PushAnswer = {
  /** At most 60 characters that say all of it: kept with the key of the push, for its repeats. Null: nothing was answered. */
  ref: string | null
  /** In the event as `properties.reply`. */
  note: Record<string, unknown>
  /** Null: nothing in the push's own answer. */
  reply: PassiveReply | null
  /** At most once in so long for one fan; asked in the same transaction. */
  limit: { rule: string } | null
}

/** Answers pushes. There is at most one among the modules. */
export type Answerer = {
  name: string
  /** Everything that answering needs is in memory; awaited by the first push. */
  ready(ctx: Ctx): Promise<void>
  /** From memory alone: no I/O. */
  answer(ctx: Ctx, push: Push): PushAnswer | null
  /** What was answered to the first of the same pushes. */
  again(ctx: Ctx, push: Push, ref: string): Promise<PassiveReply | null>
  /** Which of these may be answered under their limits, in order; those count from now on. */
  claim(client: PoolClient, asked: readonly { rule: string; fanId: string; at: Date }[]): Promise<boolean[]>
}

/** An event as it is read, of an account. */
export type ReadEvent = { id: string; accountId: string; name: string; properties: Record<string, unknown> }
/** What an event is about besides what it says itself, by its name of today. */
export type Told = { kind: 'qr-code' | 'reply-rule'; id: string; name: string }
/** Says of events, by their ids, what they are about: a few queries, however many they are. */
export type Teller = (ctx: Ctx, events: readonly ReadEvent[]) => Promise<Map<string, Told[]>>

/** What a sandbox may jump to: the next due instant, and whether something is in flight that must settle first. */
export type Due = { dueAt: Date | null; busy: boolean }

export type Manifest = {
  name: string
  routes?: readonly Route[]
  jobs?: Record<string, (ctx: Ctx, payload: Record<string, string>, signal: AbortSignal) => Promise<void>>
  sweeps?: readonly Sweep[]
  reactions?: readonly Reaction[]
  answerer?: Answerer
  teller?: Teller
  nextDue?: (ctx: Ctx) => Promise<Due>
}
