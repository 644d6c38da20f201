import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction, prepare } from '../../../infra/transaction.ts'
import type { Account } from '../../accounts/index.ts'
import type { OutgoingMessage, Rendered } from '../../messages/schema.ts'
import { gatherFacts, type Policies, reserve } from '../facts/index.ts'
import type { ClaimedRow, DeliveryChannel, SendRow, SendVersion, Trx } from '../model.ts'
import { type DeliveryFacts, decideDelivery } from '../rules/index.ts'
import type { DeliveryState } from '../schema.ts'
import { TallyBook } from '../store/tallies.ts'
import { claimDue, claimOne, lockRunning } from './claim.ts'
import { openContent } from './content.ts'
import type { Share } from './due-sends.ts'
import { isCollision, isDatabaseDown } from './failures.ts'
import { pauseSend } from './pause-send.ts'
import { engineOf, targetKey, versionKey } from './state.ts'

/** A message that will be sent, whatever happens to this process: its row says so. */
export type Intended = {
  id: string
  fence: number
  sendId: string
  runId: string | null
  accountId: string
  channel: DeliveryChannel
  key: string
  fanId: string
  openid: string
  templateId: string | null
  reserved: Record<string, unknown> | null
  intentAt: Date
  reason: string | null
  /** How often it was put off before. */
  waits: number
  message: OutgoingMessage
  /** An earlier call under the same key may have been taken. */
  repeat?: true
}

/** Real time a row is in one worker's hands; no call begins after the half of it. */
export const LEASE_MS = 60_000
export const LAST_CALL_MS = LEASE_MS / 2

type Chunk = { account: Account; channel: DeliveryChannel; shares: readonly Share[] }

/** Everything decided of a chunk; `looked` counts rows whatever became of them. */
export type Intent = { intended: Intended[]; looked: number }

/**
 * Decides due people and commits what follows: who is sent to (with everything that reserves), who waits, who is skipped.
 * A chunk that can't be worked on is worked on one by one, and the row in the way fails, `internal_error`.
 */
export async function intend(ctx: Ctx, chunk: Chunk): Promise<Intent> {
  let claimed: readonly ClaimedRow[] = []
  try {
    return await inTransaction(ctx.db, async (trx) => {
      const sends = await lockRunning(
        trx,
        chunk.shares.map(({ sendId }) => sendId),
      )
      claimed = await claimDue(
        trx,
        chunk.shares.filter(({ sendId }) => sends.has(sendId)),
        ctx.clock.now(),
      )
      return decideAll(ctx, trx, { ...chunk, sends, rows: claimed })
    })
  } catch (error) {
    if (isDatabaseDown(error) || isCollision(error) || claimed.length === 0) throw error
    ctx.log.warn({ err: error, rows: claimed.length }, 'a chunk failed; its rows are tried one by one')
    return oneByOne(ctx, chunk, claimed)
  }
}

async function oneByOne(ctx: Ctx, chunk: Chunk, claimed: readonly ClaimedRow[]): Promise<Intent> {
  const all: Intent = { intended: [], looked: 0 }
  for (const { id, sendId } of claimed) {
    try {
      const one = await inTransaction(ctx.db, async (trx) => {
        const sends = await lockRunning(trx, [sendId])
        const rows = sends.size === 0 ? [] : await claimOne(trx, id, ctx.clock.now())
        return decideAll(ctx, trx, { ...chunk, sends, rows })
      })
      all.intended.push(...one.intended)
      all.looked += one.looked
    } catch (error) {
      // what is promised already has to be called; the others are still due
      if (isDatabaseDown(error) || isCollision(error)) {
        if (all.intended.length > 0) return all
        throw error
      }
      ctx.log.error({ err: error, deliveryId: id }, 'a delivery could not be worked on')
      await inTransaction(ctx.db, (trx) => failRow(trx, id, error, ctx.clock.now()))
      all.looked += 1
    }
  }
  return all
}

/** Shown with the kind of error; its text may hold what the person entered. */
async function failRow(trx: Trx, id: string, error: unknown, now: Date): Promise<void> {
  const [row] = await claimOne(trx, id, now)
  if (row === undefined) return
  const detail = { error: error instanceof Error ? error.name : typeof error }
  await writeRows(trx, [{ row, state: 'failed', reason: 'internal_error', detail }], now)
}

type Work = Chunk & { sends: ReadonlyMap<string, SendRow>; rows: readonly ClaimedRow[] }
type Candidate = {
  row: ClaimedRow
  send: SendRow
  version: SendVersion
  facts: Reachable
  message: OutgoingMessage
}

async function decideAll(ctx: Ctx, trx: Trx, work: Work): Promise<Intent> {
  const { account, channel, sends, rows } = work
  if (rows.length === 0) return { intended: [], looked: 0 }
  const now = ctx.clock.now()
  const versions = await engineOf(ctx).versionsOf(trx, distinctVersions(rows))
  const { facts, policies } = await gatherFacts(ctx, trx, { account, channel, now, rows, sends, versions })
  const render = await openContent(ctx, trx, { account, rows, versions })
  const writes: RowWrite[] = []
  const candidates: Candidate[] = []
  for (const row of rows) {
    const decided = decideRow({ row, now, render, facts, policies })
    if ('state' in decided) {
      writes.push(decided)
      continue
    }
    candidates.push({
      row,
      send: sends.get(row.sendId) as SendRow,
      version: versions.get(versionKey(row.sendId, row.version)) as SendVersion,
      ...decided,
    })
  }
  const reserved =
    candidates.length === 0 ? new Map() : await reserve(trx, { account, channel, now, rows: candidates })
  const sending = candidates.filter(({ row }) => reserved.get(row.id) !== 'raced')
  for (const { row } of sending)
    writes.push({ row, state: 'sending', reason: null, reserved: reserved.get(row.id)?.reserved ?? null })
  const fences = await writeRows(trx, writes, now)
  await pauseDrifted(ctx, trx, sends, writes)
  const intended = sending.map(({ row, version, facts: { openid }, message }) => ({
    id: row.id,
    fence: fences.get(row.id) as number,
    sendId: row.sendId,
    runId: row.runId,
    accountId: account.id,
    channel,
    key: targetKey(account.id, channel),
    fanId: row.fanId,
    openid,
    templateId: version.template?.id ?? null,
    reserved: reserved.get(row.id)?.reserved ?? null,
    intentAt: now,
    reason: null,
    waits: Number(row.detail?.['waits'] ?? 0),
    message,
  }))
  return { intended, looked: rows.length }
}

type Reachable = DeliveryFacts & { openid: string }
type Undecided = {
  row: ClaimedRow
  now: Date
  render: (row: ClaimedRow) => Rendered
  facts: ReadonlyMap<string, DeliveryFacts>
  policies: Policies
}

/** The pure decision, and the message where it is to send. */
function decideRow({
  row,
  now,
  render,
  facts,
  policies,
}: Undecided): RowWrite | { facts: Reachable; message: OutgoingMessage } {
  const known = facts.get(row.id)
  if (known === undefined) throw new Error('every claimed row has facts')
  let verdict: Rendered | undefined
  const fields = () => {
    verdict ??= render(row)
    return verdict
  }
  const policy = policies.get(versionKey(row.sendId, row.version))
  if (policy === undefined) throw new Error('every version has a policy')
  const decision = decideDelivery(known, policy, now, fields)
  if (decision.kind === 'skip')
    return { row, state: 'skipped', reason: decision.reason, detail: decision.detail ?? null }
  if (decision.kind === 'hold')
    return {
      row,
      state: 'held',
      reason: decision.reason,
      detail: { ...waitsOf(row), ...decision.detail },
      dueAt: decision.until,
    }
  const rendered = fields()
  if (!rendered.ok) return { row, state: 'skipped', reason: rendered.reason, detail: rendered.detail ?? null }
  if (known.openid === null) throw new Error('who is sent to has an openid')
  return { facts: { ...known, openid: known.openid }, message: rendered.message }
}

const DRIFTED: readonly (string | null)[] = ['template_gone', 'template_changed']

/** A template that is gone or no longer what was written for would hold everybody: the send waits for its owner instead. */
async function pauseDrifted(
  ctx: Ctx,
  trx: Trx,
  sends: ReadonlyMap<string, SendRow>,
  writes: readonly RowWrite[],
): Promise<void> {
  const drifted = new Map(
    writes
      .filter(({ state, reason }) => state === 'held' && DRIFTED.includes(reason))
      .map((one) => [one.row.sendId, one]),
  )
  for (const [sendId, { reason, detail }] of drifted) {
    if (sends.get(sendId)?.ownerKind === 'test') continue
    await pauseSend(
      ctx,
      trx,
      { sendId, accountId: sends.get(sendId)?.accountId as string },
      { reason: reason as string, detail: detail ?? {} },
    )
  }
}

const waitsOf = ({ detail }: ClaimedRow) =>
  detail?.['waits'] === undefined ? {} : { waits: detail['waits'] }

const distinctVersions = (rows: readonly ClaimedRow[]) => [
  ...new Map(rows.map(({ sendId, version }) => [versionKey(sendId, version), { sendId, version }])).values(),
]

export type RowWrite = {
  row: Pick<ClaimedRow, 'id' | 'sendId' | 'runId' | 'state' | 'reason'>
  state: DeliveryState
  reason: string | null
  detail?: Record<string, unknown> | null
  dueAt?: Date
  reserved?: Record<string, unknown> | null
}

/** One statement for all rows the transaction holds, and their tallies. Returns the fences of those that are sent. */
export async function writeRows(
  trx: Trx,
  writes: readonly RowWrite[],
  now: Date,
): Promise<Map<string, number>> {
  if (writes.length === 0) return new Map()
  const column = <T>(pick: (write: RowWrite) => T) => writes.map(pick)
  const json = (value: object | null | undefined) =>
    value == null || Object.keys(value).length === 0 ? null : JSON.stringify(value)
  const { rows } = await sql<{ id: string; fence: number }>`${prepare}
    update deliveries d set state = u.state, reason = u.reason, detail = u.detail::jsonb, reserved = u.reserved::jsonb,
      due_at = coalesce(u.due_at, d.due_at), fence = d.fence + 1,
      intent_at = case when u.state = 'sending' then ${now}::timestamptz end,
      settled_at = case when u.state in ('skipped', 'failed') then ${now}::timestamptz end,
      lease_until = case when u.state = 'sending' then clock_timestamp() + ${LEASE_MS}::int * interval '1 millisecond' end
    from unnest(${column((one) => one.row.id)}::bigint[], ${column((one) => one.state)}::text[],
      ${column((one) => one.reason)}::text[], ${column((one) => json(one.detail))}::text[],
      ${column((one) => json(one.reserved))}::text[], ${column((one) => one.dueAt?.toISOString() ?? null)}::timestamptz[])
      as u (id, state, reason, detail, reserved, due_at)
    where d.id = u.id returning d.id, d.fence`.execute(trx)
  const tallies = new TallyBook()
  for (const { row, state, reason } of writes) {
    tallies.add({ sendId: row.sendId, runId: row.runId, state: row.state, reason: row.reason }, -1)
    tallies.add({ sendId: row.sendId, runId: row.runId, state, reason }, 1)
  }
  await tallies.write(trx)
  return new Map(rows.map((row) => [row.id, row.fence]))
}
