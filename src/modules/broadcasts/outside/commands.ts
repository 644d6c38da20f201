import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import type { BodyOf } from '../../../kernel/endpoint.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { type Account, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { getFanList } from '../../contacts/index.ts'
import { lockMassLedger } from '../../deliveries/index.ts'
import { requireSegment } from '../../segments/index.ts'
import { fanLimitOf } from '../groups/plan.ts'
import type {
  chargeOutsideSendEndpoint,
  enterOutsideSendEndpoint,
  linkOutsideSendEndpoint,
  OutsideReach,
  OutsideSend,
} from '../schema/outside.ts'
import { changeBatch, findBatch } from '../store/batches.ts'
import { findBroadcast } from '../store/broadcasts.ts'
import { countDay, uncountDay } from './day.ts'
import { isUndoable, presentOutside } from './present.ts'
import {
  changeOutside,
  findOutside,
  insertOutside,
  type OutsideChange,
  type OutsideRow,
  suspectsOf,
} from './store.ts'

type Key = { accountId: string; outsideSendId: string }
export const OUTSIDE_TOPIC = 'broadcasts-outside'
/** How far back a send can be entered: the month before still matters to nobody's allowance, but to the calendar. */
const OLDEST_MS = 62 * 86_400_000

/**
 * Says to whom a send went. Those who follow now are charged in the background; `unknown` charges nobody. `may_be_ours` where
 * a batch of unknown outcome may be it and the operator didn't say that it isn't.
 */
export function chargeOutsideSend(
  ctx: Ctx,
  key: Key,
  { reach, notOurs }: BodyOf<typeof chargeOutsideSendEndpoint>,
): Promise<OutsideSend> {
  return changing(ctx, key, async (trx, row, account) => {
    require(row.state === 'open', row)
    const suspects = await suspectsOf(trx, row)
    if (suspects.length > 0 && !notOurs)
      throw conflict('may_be_ours', 'a batch of unknown outcome may be this send', {
        broadcasts: suspects.map(({ name }) => name),
      })
    const day = await countDay(trx, row)
    await changeOutside(trx, row.id, { ...day, ...(await charging(ctx, account, reach)) })
    await note(ctx, trx, row, 'mass.outside_charged', { reach: reach.kind, people: row.people })
  })
}

/** A send that somebody made by hand, with what they know of it. `outside_already_found` where one of that day waits already. */
export async function enterOutsideSend(
  ctx: Ctx,
  accountId: string,
  { at, name, people, reach }: BodyOf<typeof enterOutsideSendEndpoint>,
): Promise<OutsideSend> {
  const account = await getAccount(ctx, accountId)
  const now = ctx.clock.now()
  const when = new Date(at)
  if (when > now || now.getTime() - when.getTime() > OLDEST_MS)
    throw invalid('outside_time', 'a send of the last two months', { at })
  const id = await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, accountId)
    const found =
      await sql`select from outside_sends where account_id = ${accountId}::bigint and state = 'open'
      and (at at time zone 'Asia/Shanghai')::date = ${beijingDay(when)}::date limit 1`.execute(trx)
    if (found.rows.length > 0)
      throw conflict('outside_already_found', 'a send of that day waits for somebody to say to whom it went')
    const createdBy = ctx.actor.kind === 'system' ? null : ctx.actor.id
    const row = await insertOutside(trx, {
      accountId,
      source: 'hand',
      at: when,
      now,
      name,
      people,
      createdBy,
    })
    if (row === undefined) throw notFound('outside send')
    await changeOutside(trx, row.id, {
      ...(await countDay(trx, row)),
      ...(await charging(ctx, account, reach)),
    })
    await note(ctx, trx, row, 'mass.outside_charged', { reach: reach.kind, people, byHand: true })
    return row.id
  })
  return told(ctx, { accountId, outsideSendId: id })
}

/** Gives back exactly what was taken, in the background, and opens it again. An ignored one is opened again at once. */
export function undoOutsideSend(ctx: Ctx, key: Key): Promise<OutsideSend> {
  return changing(ctx, key, async (trx, row) => {
    require(isUndoable(row, ctx.clock.now()), row)
    await changeOutside(
      trx,
      row.id,
      row.state === 'ignored' ? { state: 'open', ...(await countDay(trx, row)) } : { state: 'undoing' },
    )
    await note(ctx, trx, row, 'mass.outside_undone', { before: row.state, charged: row.charged })
  })
}

export function ignoreOutsideSend(ctx: Ctx, key: Key): Promise<OutsideSend> {
  return changing(ctx, key, async (trx, row) => {
    require(row.state === 'open', row)
    await changeOutside(trx, row.id, {
      ...(await uncountDay(trx, row)),
      state: 'ignored',
      ...decided(ctx),
    })
    await note(ctx, trx, row, 'mass.outside_ignored', {})
  })
}

/** It was a batch of ours: what the batch reserved stays, and it gets the result that it never knew to be its own. */
export function linkOutsideSend(
  ctx: Ctx,
  key: Key,
  { broadcastId, seq }: BodyOf<typeof linkOutsideSendEndpoint>,
): Promise<OutsideSend> {
  return changing(ctx, key, async (trx, row) => {
    require(row.state === 'open', row)
    const broadcast = await findBroadcast(trx, { accountId: key.accountId, broadcastId, lock: true })
    const batch = broadcast && (await findBatch(trx, broadcastId, seq, true))
    const suspects = await suspectsOf(trx, row)
    const may = suspects.some((one) => one.broadcastId === broadcastId && one.seq === seq && one.canLink)
    if (batch === undefined || !may) throw conflict('not_ours', 'no batch of unknown outcome is this one')
    await changeBatch(trx, batch.id, {
      ...(row.msg_id !== null && { msg_id: row.msg_id }),
      ...(row.msg_data_id !== null && { msg_data_id: row.msg_data_id }),
      ...(row.msg_id === null && { state: 'delivered', reason: 'marked_sent', finished_at: ctx.clock.now() }),
    })
    await changeOutside(trx, row.id, {
      ...(await uncountDay(trx, row)),
      state: 'own',
      own_broadcast_id: broadcastId,
      own_seq: seq,
      ...decided(ctx),
    })
    await note(ctx, trx, row, 'mass.outside_own', { broadcastId, seq })
  })
}

/** Under the account's ledger and then the row, as the charging does. */
async function changing(
  ctx: Ctx,
  key: Key,
  change: (trx: Executor, row: OutsideRow, account: Account) => Promise<void>,
): Promise<OutsideSend> {
  const account = await getAccount(ctx, key.accountId)
  await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, key.accountId)
    const row = await findOutside(trx, key, true)
    if (row === undefined) throw notFound('outside send')
    await change(trx, row, account)
  })
  return told(ctx, key)
}

async function told(ctx: Ctx, key: Key): Promise<OutsideSend> {
  await ctx.wake.notify(OUTSIDE_TOPIC)
  await ctx.wake.notify('broadcasts-settle')
  const row = await findOutside(ctx.db, key)
  if (row === undefined) throw notFound('outside send')
  return presentOutside(ctx, row)
}

function require(holds: boolean, row: OutsideRow): void {
  if (!holds) throw conflict('wrong_state', 'this can not be done now', { state: row.state })
}

const decided = (ctx: Ctx): OutsideChange => ({
  decided_at: ctx.clock.now(),
  decided_by: ctx.actor.kind === 'system' ? null : ctx.actor.id,
})

/** Where nobody has a month's allowance, and where nobody knows who got it, there is nothing to charge. */
async function charging(ctx: Ctx, account: Account, reach: OutsideReach): Promise<OutsideChange> {
  const none = reach.kind === 'unknown' || fanLimitOf(account) === null
  return {
    ...decided(ctx),
    state: none ? 'charged' : 'charging',
    reach,
    reach_name: await nameOf(ctx, account.id, reach),
    problem: null,
  }
}

/** What a tag, segment or list is called, and that it is one the caller may see. */
async function nameOf(ctx: Ctx, accountId: string, reach: OutsideReach): Promise<string | null> {
  if (reach.kind === 'segment') return (await requireSegment(ctx, reach.segmentId)).name
  if (reach.kind === 'list') return (await getFanList(ctx, accountId, reach.listId)).name
  if (reach.kind !== 'tag') return null
  const { rows } = await sql<{ name: string }>`select name from wechat_tags
    where account_id = ${accountId}::bigint and tag_id = ${reach.tagId}::int`.execute(ctx.db)
  if (rows[0] === undefined) throw notFound('tag')
  return rows[0].name
}

const note = (ctx: Ctx, trx: Executor, row: OutsideRow, action: string, detail: Record<string, unknown>) =>
  audit(ctx, trx, {
    action,
    accountId: row.account_id,
    subject: { kind: 'outside-send', id: row.id },
    detail: { at: row.at.toISOString(), ...detail },
  })
