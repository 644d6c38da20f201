import { sql } from 'kysely'
import { deleteMass, getMassStatus } from '../../../channels/official-account/mass.ts'
import { isWechatError, type OfficialAccountClient, type WechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { beijingDay, nextBeijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { AppError, conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { MASS_DELETES_PER_DAY } from '../../../wechat/rules/broadcast-quota.ts'
import { accountClient, pauseForPlatformError } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { platformRefusal } from '../answer.ts'
import { subjectOf } from '../prepare.ts'
import { readBroadcast } from '../present.ts'
import { canWithdraw, withdrawnOn } from '../rules/withdraw.ts'
import type { Broadcast, WithdrawalPlan } from '../schema.ts'
import { armsOf, findBroadcast } from '../store/broadcasts.ts'
import * as store from './withdrawals.ts'

const AGAIN_MS = 60_000

type Key = { accountId: string; broadcastId: string }
type What = { article?: number | undefined; arm?: number | undefined }

/** What taking it offline would take, and until when; asks for nothing. */
export async function planWithdrawal(ctx: Ctx, key: Key, what: What): Promise<WithdrawalPlan> {
  const target = await targetOf(ctx.db, key, what)
  const now = ctx.clock.now()
  const plan = await store.planWithdrawals(ctx.db, target, startOfDay(beijingDay(now)))
  const { days, day } = withdrawnOn(now, plan)
  return { ...plan, perDay: MASS_DELETES_PER_DAY, days, endsOn: day }
}

/**
 * Has what was sent deleted at WeChat, of all groups or one record, whole or one article (from 1): the pages die, cards
 * already received stay. The platform allows ten deletions a day, one for each batch: it goes on for as many days as
 * that takes. Asked again, it adds only what failed.
 */
export async function withdrawBroadcast(ctx: Ctx, key: Key, what: What): Promise<Broadcast> {
  await inTransaction(ctx.db, async (trx) => {
    const target = await targetOf(trx, key, what, true)
    const at = ctx.clock.now()
    const by = ctx.actor.kind === 'system' ? null : ctx.actor.id
    const deletions = await store.askWithdrawals(trx, target, { at, by })
    await audit(ctx, trx, {
      action: 'broadcast.withdrawn',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { article: what.article ?? 'all', arms: target.arms, deletions },
    })
  })
  await ctx.wake.notify('broadcasts')
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}

/** `not_withdrawable` where no record allows it, `no_such_article` where none has it. */
async function targetOf(
  db: Executor,
  key: Key,
  { article, arm: only }: What,
  lock = false,
): Promise<store.Target> {
  const broadcast = await findBroadcast(db, { ...key, lock })
  if (broadcast === undefined) throw notFound('broadcast')
  const arms = armsOf(broadcast).filter(
    (arm) => canWithdraw(arm) && (only === undefined || arm.number === only),
  )
  if (arms.length === 0)
    throw conflict(
      'not_withdrawable',
      'only articles and videos that were sent successfully can be taken offline',
      { state: broadcast.state },
    )
  const having = arms.filter(({ content }) => {
    const count = content?.kind === 'articles' ? content.articles.length : 0
    return article === undefined || article <= count
  })
  if (having.length === 0) throw invalid('no_such_article', 'the message has fewer articles', { article })
  return { ...key, arms: having.map(({ number }) => number), article: article ?? 0 }
}

/**
 * Makes the next deletion that is due. A kill between WeChat's answer and our commit is read from the job's state at
 * WeChat before anything is asked again, and deleting an article twice changes nothing.
 */
export async function withdrawNext(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const claim = await store.claimWithdrawal(ctx.db, now)
  if (claim === undefined) return 0
  let client: OfficialAccountClient
  try {
    client = await accountClient(ctx, claim.accountId)
    const done = claim.repeated && (await isGone(client, claim))
    if (!done) await deleteMass(client, claim.msgId, claim.article === 0 ? undefined : claim.article)
  } catch (error) {
    if (error instanceof AppError) await end(ctx, claim, { state: 'failed', errcode: null })
    else if (isWechatError(error)) await refused(ctx, claim, error)
    else throw error
    return 1
  }
  await end(ctx, claim, { state: 'done', errcode: null })
  return 1
}

const isGone = async (client: OfficialAccountClient, { msgId }: store.WithdrawalClaim): Promise<boolean> =>
  (await getMassStatus(client, msgId)) === 'DELETE'

async function refused(ctx: Ctx, claim: store.WithdrawalClaim, error: WechatError): Promise<void> {
  const now = ctx.clock.now()
  const errcode = error.errcode ?? null
  ctx.log.warn({ broadcastId: claim.broadcastId, errcode, kind: error.kind }, 'deletion refused')
  const kind = errcode === null ? 'busy' : error.kind
  switch (kind) {
    case 'busy':
    case 'token':
    case 'rate-minute':
      await store.putOffWithdrawal(ctx.db, claim, {
        dueAt: new Date(now.getTime() + AGAIN_MS),
        refused: !error.ambiguous,
        errcode,
      })
      return
    case 'quota-day': {
      const dueAt = nextBeijingDay(now)
      await store.putOffWithdrawal(ctx.db, claim, { dueAt, refused: true, errcode })
      await store.putOffAccount(ctx.db, claim.accountId, dueAt)
      return
    }
    case 'account':
      await inTransaction(ctx.db, async (trx) => {
        await pauseForPlatformError(ctx, trx, claim.accountId, platformRefusal(error))
        await store.putOffWithdrawal(trx, claim, { dueAt: now, refused: true, errcode })
      })
      return
    default:
      await end(ctx, claim, await outcomeOf(ctx, claim, errcode))
  }
}

/** A message that is gone already, by whoever's hand, is what was wanted. */
async function outcomeOf(
  ctx: Ctx,
  claim: store.WithdrawalClaim,
  errcode: number | null,
): Promise<store.Outcome> {
  try {
    const gone = await isGone(await accountClient(ctx, claim.accountId), claim)
    return gone ? { state: 'done', errcode: null } : { state: 'failed', errcode }
  } catch (error) {
    if (!isWechatError(error)) throw error
    return { state: 'failed', errcode }
  }
}

/** Writes how one ended; with the last of a record's, says so in the trail. */
async function end(ctx: Ctx, claim: store.WithdrawalClaim, outcome: store.Outcome): Promise<void> {
  const { broadcastId, arm, article, accountId } = claim
  await inTransaction(ctx.db, async (trx) => {
    // two that end together would each take the other for open
    await sql`select 1 from broadcasts where id = ${broadcastId}::bigint for update`.execute(trx)
    if (!(await store.endWithdrawal(trx, claim, outcome, ctx.clock.now()))) return
    const all = await store.withdrawalsOf(trx, [broadcastId])
    const own = all.find((one) => one.arm === arm && (one.withdrawal.article ?? 0) === article)?.withdrawal
    if (own === undefined || own.waiting > 0) return
    await audit(ctx, trx, {
      action: 'broadcast.withdrawal_ended',
      accountId,
      subject: subjectOf(broadcastId),
      detail: { article: own.article ?? 'all', arm, done: own.done, failed: own.failed },
    })
  })
}
