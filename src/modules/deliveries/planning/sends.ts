import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { saveLinks } from '../../links/index.ts'
import { linksOf } from '../../messages/index.ts'
import type { DeliveryChannel, SendLane, SendOwner, SendPurpose, SendState } from '../model.ts'
import { insertSend, insertVersion, type NewVersion } from '../store/sends.ts'

export type NewSend = NewVersion & {
  accountId: string
  ownerKind: SendOwner
  ownerId: string
  name: string
  channel: DeliveryChannel
  purpose: SendPurpose
  lane: SendLane
  state?: 'running' | 'paused'
  ratePerMinute?: number | null
  /** Ten-thousandths of the people left without, at most 5,000. */
  holdout?: number
  /** Messages of one occasion go one after the other. */
  ordered?: boolean
}

/** Makes a send with its first version. It runs at once unless told otherwise; nobody is planned yet. */
export async function createSend(
  ctx: Ctx,
  trx: Executor,
  { content, template, limits, tracked, ...send }: NewSend,
): Promise<{ sendId: string; version: number }> {
  const now = ctx.clock.now()
  const sendId = await insertSend(trx, {
    ...send,
    state: send.state ?? 'running',
    ratePerMinute: send.ratePerMinute ?? null,
    holdout: send.holdout ?? 0,
    ordered: send.ordered ?? false,
    now,
  })
  await writeVersion(trx, { sendId, version: 1, content, template, limits, tracked, now })
  return { sendId, version: 1 }
}

export type Revision = NewVersion & Partial<Pick<NewSend, 'name' | 'purpose' | 'holdout'>>

/** A new version for whoever enters from now on; those planned already keep theirs. Returns its number. */
export async function reviseSend(
  ctx: Ctx,
  trx: Executor,
  sendId: string,
  { name, purpose, holdout, ...version }: Revision,
): Promise<number> {
  const { rows } = await sql<{ version: number }>`update sends set version = version + 1, refusals = 0,
      name = coalesce(${name ?? null}, name), purpose = coalesce(${purpose ?? null}, purpose),
      holdout = coalesce(${holdout ?? null}::int, holdout)
    where id = ${sendId}::bigint returning version`.execute(trx)
  const next = rows[0]?.version
  assert(next !== undefined, 'a send that is revised exists')
  await writeVersion(trx, { sendId, version: next, ...version, now: ctx.clock.now() })
  return next
}

/** With the addresses behind its links, where they are followed. */
async function writeVersion(trx: Executor, version: Parameters<typeof insertVersion>[1]): Promise<void> {
  await insertVersion(trx, version)
  if (version.tracked) await saveLinks(trx, version, linksOf(version.content))
}

export type PauseWhy = { reason: string; detail?: Record<string, unknown> | undefined }

/**
 * Runs, pauses or ends a send; false where it was there already or has ended. From the commit on no new message of it
 * leaves; those in flight come to their end. An ended send's waiting people are told off by a sweep, in chunks.
 */
export async function setSendState(
  ctx: Ctx,
  trx: Executor,
  sendId: string,
  state: SendState,
  why?: PauseWhy,
): Promise<boolean> {
  const reason = state === 'paused' ? (why?.reason ?? null) : null
  const detail = state === 'paused' && why?.detail !== undefined ? JSON.stringify(why.detail) : null
  const { numAffectedRows } = await sql`update sends set state = ${state}, pause_reason = ${reason},
      pause_detail = ${detail}::jsonb, refusals = 0, leftovers = ${state === 'ended'},
      ended_at = ${state === 'ended' ? ctx.clock.now() : null}::timestamptz
    where id = ${sendId}::bigint and state <> ${state} and state <> 'ended'`.execute(trx)
  return numAffectedRows === 1n
}

/** Ends a send for good: who still waits is skipped, `ended_early`. */
export const endSend = (ctx: Ctx, trx: Executor, sendId: string): Promise<boolean> =>
  setSendState(ctx, trx, sendId, 'ended')

/** Messages a minute from now on; null: what the account allows. */
export async function setSendRate(trx: Executor, sendId: string, perMinute: number | null): Promise<void> {
  await sql`update sends set rate_per_minute = ${perMinute}::int where id = ${sendId}::bigint`.execute(trx)
}

/** Hints to every process that something of a lane may be due. Call it after the commit. */
export const wakeDeliveries = (ctx: Ctx, lane: SendLane): Promise<void> => ctx.wake.notify(laneTopic(lane))

export const laneTopic = (lane: SendLane): string => `deliveries-${lane}`

/** Said when the engine itself has paused a send, so that its owner can follow. */
export const SEND_PAUSED_TOPIC = 'send-paused'
