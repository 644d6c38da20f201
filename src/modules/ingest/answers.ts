import type { Pool, PoolClient } from 'pg'
import type { PassiveReply } from '../../channels/wechat-api/passive-reply.ts'
import type { Ctx } from '../../context.ts'
import { answersGiven } from '../../infra/metrics.ts'
import { createDb, type Db } from '../../infra/transaction.ts'
import type { Answerer, Push, PushAnswer } from '../manifest.ts'
import type { FanRef, Incoming } from './incoming.ts'

const installed = new WeakMap<Pool, Answerer>()
const databases = new WeakMap<Pool, Db>()

/** The same, reading through the connections that are for pushes alone. */
export function onOwnConnections(ctx: Ctx): Ctx {
  const db = databases.get(ctx.ingestPool) ?? createDb(ctx.ingestPool)
  databases.set(ctx.ingestPool, db)
  return { ...ctx, db }
}

/** Says who answers the pushes of this process: one of the modules after this one, or nobody. */
export function installAnswerers(ctx: Ctx, answerers: readonly Answerer[]): void {
  const [one, ...more] = answerers
  if (more.length > 0) throw new Error('only one module answers pushes')
  if (one !== undefined) installed.set(ctx.pool, one)
}

export const answererOf = ({ pool }: Pick<Ctx, 'pool'>): Answerer | undefined => installed.get(pool)

/** What a push will be answered with. An answerer that fails costs no push: it is stored, and answered with nothing. */
export async function decideAnswer(ctx: Ctx, push: Push): Promise<PushAnswer | null> {
  const answerer = answererOf(ctx)
  if (answerer === undefined) return null
  try {
    await answerer.ready(ctx)
    return answerer.answer(ctx, push)
  } catch (error) {
    return failed(ctx, push, error)
  }
}

/** What was answered to the first of the same pushes. */
export async function answerAgain(ctx: Ctx, push: Push, ref: string): Promise<PassiveReply | null> {
  try {
    return (await answererOf(ctx)?.again(ctx, push, ref)) ?? null
  } catch (error) {
    return failed(ctx, push, error)
  }
}

function failed(ctx: Ctx, { accountId }: Push, error: unknown): null {
  answersGiven.inc({ outcome: 'failed' })
  ctx.log.error({ err: error, accountId }, 'a push could not be answered')
  return null
}

export type Answered = Incoming & { fan: FanRef | null | undefined; answer: PushAnswer | null }
const MUTED = 'limit'

/**
 * Who of these may be answered where their rules answer one fan only so often; the others get nothing, and their events say so.
 * A fan we don't know, because the push names nobody, is answered nothing either.
 */
export async function keepLimits(
  client: PoolClient,
  answerer: Answerer | undefined,
  items: readonly Answered[],
): Promise<Answered[]> {
  const asked = items.filter(({ answer, fan }) => answer?.limit != null && fan != null)
  const given =
    answerer === undefined || asked.length === 0
      ? []
      : await answerer.claim(
          client,
          asked.map(({ answer, fan, at }) => ({
            rule: (answer as Limited).limit.rule,
            fanId: (fan as FanRef).id,
            at,
          })),
        )
  const allowed = new Set(asked.filter((_, index) => given[index]))
  return items.map((item) => {
    const { answer } = item
    if (answer?.limit == null || allowed.has(item)) return item
    const note = { rule: answer.limit.rule, muted: MUTED }
    return { ...item, answer: { ref: null, note, reply: null, limit: null } }
  })
}
type Limited = PushAnswer & { limit: { rule: string } }
