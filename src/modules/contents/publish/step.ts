import { getPublish, submitPublish } from '../../../channels/official-account/publish.ts'
import { isWechatError, type WechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { accountClient, pauseForPlatformError } from '../../accounts/index.ts'
import { explainWechatError } from '../../runs/index.ts'
import { takeResult } from './results.ts'
import { GIVE_UP_MS, pauseAfter, TRY_AGAIN_MS, TRY_FOR_MS, UNKNOWN_AFTER_MS } from './rules.ts'
import { settle } from './settle.ts'
import * as store from './store.ts'

/** Does the next step of a publication that is due. */
export async function publishNext(ctx: Ctx): Promise<number> {
  const row = await store.claimDue(ctx.db, ctx.clock.now())
  if (row === undefined) return 0
  if (row.account_archived) {
    await endOfArchived(ctx, row)
    return 1
  }
  try {
    await (row.status !== null
      ? settle(ctx, row)
      : row.publish_id !== null
        ? ask(ctx, row)
        : handOver(ctx, row))
  } catch (error) {
    if (!isWechatError(error)) throw error
    await lookLater(ctx, row, error)
  }
  return 1
}

const later = (ctx: Ctx, ms: number): Date => new Date(ctx.clock.now().getTime() + ms)
const isOlder = (ctx: Ctx, row: store.PublicationRow, ms: number): boolean =>
  ctx.clock.now().getTime() - row.created_at.getTime() >= ms

/** Once in the life of a publication, as far as WeChat may have heard of it. */
async function handOver(ctx: Ctx, row: store.PublicationRow): Promise<void> {
  if (row.called_at !== null) return leaveUnknown(ctx, row, 'no_answer')
  const client = await accountClient(ctx, row.account_id)
  const now = ctx.clock.now()
  if (!(await store.markCalled(ctx.db, row.id, { now, due: later(ctx, UNKNOWN_AFTER_MS) }))) return
  let publishId: string
  try {
    publishId = (await submitPublish(client, row.media_id)).publishId
  } catch (error) {
    if (!isWechatError(error)) throw error
    return recordRefusal(ctx, row, error)
  }
  await changeLocked(ctx, row, async (trx, locked) => {
    // its event was faster
    if (locked.publish_id === publishId)
      return store.changePublication(trx, row.id, { guessed: false, due_at: later(ctx, 0) })
    return store.changePublication(trx, row.id, {
      ...NOTHING_TOLD,
      state: 'publishing',
      publish_id: publishId,
      due_at: later(ctx, pauseAfter(0)),
    })
  })
}

/** What an event may have said that was none of ours. */
const NOTHING_TOLD = {
  publish_id: null,
  guessed: false,
  status: null,
  article_id: null,
  urls: '[]',
  failed: [],
  reason: null,
  detail: null,
  ended_at: null,
}

const changeLocked = (
  ctx: Ctx,
  { id }: store.PublicationRow,
  change: (trx: Executor, locked: store.PublicationRow) => Promise<unknown>,
): Promise<void> =>
  inTransaction(ctx.db, async (trx) => {
    const locked = await store.lockPublication(trx, id)
    if (locked !== undefined) await change(trx, locked)
  })

/** Where it may have been taken all the same nothing is done but wait: for its event, or until it counts as unknown. */
async function recordRefusal(ctx: Ctx, row: store.PublicationRow, error: WechatError): Promise<void> {
  await told(ctx, row, error)
  const { reason, detail } = explainWechatError(error)
  const why = { reason, detail: JSON.stringify(detail) }
  await changeLocked(ctx, row, (trx, locked) => {
    if (error.ambiguous) return store.changePublication(trx, row.id, locked.publish_id === null ? why : {})
    const mayPass = error.kind === 'busy' || error.kind === 'token' || error.kind === 'rate-minute'
    if (mayPass && !isOlder(ctx, row, TRY_FOR_MS))
      return store.changePublication(trx, row.id, {
        ...NOTHING_TOLD,
        ...why,
        called_at: null,
        due_at: later(ctx, TRY_AGAIN_MS),
      })
    return store.changePublication(trx, row.id, {
      ...NOTHING_TOLD,
      ...why,
      state: 'failed',
      due_at: null,
      ended_at: ctx.clock.now(),
    })
  })
}

/** The push is late or lost. */
async function ask(ctx: Ctx, row: store.PublicationRow): Promise<void> {
  if (isOlder(ctx, row, GIVE_UP_MS)) return leaveUnknown(ctx, row, 'result_missing')
  assert(row.publish_id, 'it has an id')
  const found = await getPublish(await accountClient(ctx, row.account_id), row.publish_id)
  await changeLocked(ctx, row, async (trx, locked) => {
    const result = {
      status: found.status,
      articleId: found.articleId ?? null,
      urls: found.urls.map(({ url }) => url),
      failed: found.failedIndexes,
    }
    if (locked.status !== null) return store.changePublication(trx, row.id, {})
    if (await takeResult(ctx, trx, locked, result)) return
    const looks = row.looks + 1
    await store.changePublication(trx, row.id, { looks, due_at: later(ctx, pauseAfter(looks)) })
  })
}

const leaveUnknown = (ctx: Ctx, row: store.PublicationRow, reason: string): Promise<void> =>
  changeLocked(ctx, row, (trx, locked) =>
    locked.status !== null
      ? store.changePublication(trx, row.id, {})
      : store.changePublication(trx, row.id, {
          state: 'unknown',
          reason,
          due_at: null,
          ended_at: ctx.clock.now(),
        }),
  )

/** Nobody calls for an archived account: its publication ends as far as it is known. */
const endOfArchived = (ctx: Ctx, row: store.PublicationRow): Promise<void> =>
  changeLocked(ctx, row, (trx, locked) => {
    const ended = { due_at: null, ended_at: ctx.clock.now() }
    if (locked.status !== null)
      return store.changePublication(
        trx,
        row.id,
        locked.status === 0 ? { ...ended, state: 'done' } : { due_at: null },
      )
    const state = locked.called_at === null ? 'failed' : 'unknown'
    return store.changePublication(trx, row.id, { ...ended, state, reason: 'account_archived' })
  })

/** A call that only reads didn't succeed. What WeChat told already holds, also where its articles can't be read. */
async function lookLater(ctx: Ctx, row: store.PublicationRow, error: WechatError): Promise<void> {
  await told(ctx, row, error)
  const looks = row.looks + 1
  const next = { looks, due_at: later(ctx, pauseAfter(looks)) }
  const givenUp = row.status !== null && isOlder(ctx, row, GIVE_UP_MS)
  const asTold = row.status === 0 ? { state: 'done', ended_at: ctx.clock.now() } : {}
  await store.changePublication(ctx.db, row.id, givenUp ? { ...asTold, due_at: null } : next)
}

async function told(ctx: Ctx, row: store.PublicationRow, error: WechatError): Promise<void> {
  const { errcode, errmsg, rid, kind } = error
  ctx.log.warn({ publicationId: row.id, errcode, kind, rid }, 'a step of publishing did not succeed')
  if (kind === 'account' && errcode !== undefined)
    await pauseForPlatformError(ctx, ctx.db, row.account_id, { errcode, errmsg, rid })
}
