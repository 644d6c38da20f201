import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import type { Account } from '../../accounts/index.ts'
import { settleLedgers } from '../facts/index.ts'
import type { ClaimedRow, DeliveryChannel, Settled, Trx } from '../model.ts'
import { TallyBook } from '../store/tallies.ts'
import { fly } from './calls.ts'
import { patience } from './claim.ts'
import { openContent } from './content.ts'
import { type Intended, LEASE_MS } from './intend.ts'
import { TEMPLATE_KEY_MEMORY_MS } from './outcome.ts'
import { allowedOf, perMinuteOf } from './pump.ts'
import { engineOf, MOST_IN_FLIGHT, targetKey, versionKey } from './state.ts'
import { wayTo } from './way.ts'

const MOST = 250
/** Real time: longer than any call. */
const LONGEST_CALL_MS = 16_000
const COME_BACK_MS = 1_000

type Lost = ClaimedRow & {
  accountId: string
  channel: DeliveryChannel
  templateId: string | null
  intentAt: Date
  reserved: Record<string, unknown> | null
  fence: number
  active: boolean
}

/**
 * Deliveries whose worker is gone, or whose answer was lost: a template message is asked for again under its key while the
 * platform remembers keys, everything else can't be known any more. Leases are real time, the memory is business time.
 */
export async function recover(ctx: Ctx): Promise<number> {
  const lost = await inTransaction(ctx.db, async (trx) => {
    await patience.execute(trx)
    const now = ctx.clock.now()
    const rows = await claimLost(trx)
    const again = rows.filter((row) => mayAskAgain(row, now) && row.active)
    const later = rows.filter((row) => mayAskAgain(row, now) && !row.active)
    await leaseAgain(trx, [...again, ...later])
    await leaveUnknown(
      trx,
      rows.filter((row) => !mayAskAgain(row, now)),
      now,
    )
    return { again, found: rows.length }
  })
  for (const rows of Map.groupBy(lost.again, (row) => targetKey(row.accountId, row.channel)).values())
    await askAgain(ctx, rows)
  // a worker that stops waits for its loops: this one stays until its calls are answered
  if (lost.again.length > 0) await Promise.race([engineOf(ctx).idle(), delay(LONGEST_CALL_MS)])
  return lost.found
}

const mayAskAgain = ({ channel, intentAt }: Lost, now: Date): boolean =>
  channel === 'template' && now.getTime() - intentAt.getTime() <= TEMPLATE_KEY_MEMORY_MS

async function claimLost(trx: Trx): Promise<Lost[]> {
  const { rows } = await sql<Lost>`
    select d.id, d.send_id as "sendId", d.version, d.contact_id as "contactId", d.fan_id as "fanId", d.occurrence,
      d.run_id as "runId", d.state, d.reason, d.detail, d.context, d.attempts, d.due_at as "dueAt",
      d.planned_at as "plannedAt", d.account_id as "accountId", s.channel, v.template ->> 'id' as "templateId",
      d.intent_at as "intentAt", d.reserved, d.fence + 1 as fence,
      a.state = 'active' and not (select sending_paused from installation) as active
    from deliveries d join sends s on s.id = d.send_id join accounts a on a.id = d.account_id
    join send_versions v on v.send_id = d.send_id and v.version = d.version
    where d.state = 'sending' and d.lease_until < clock_timestamp()
    order by d.lease_until limit ${MOST} for update of d skip locked`.execute(trx)
  return rows
}

/** A new fence: whoever had them before writes nothing any more. */
async function leaseAgain(trx: Trx, rows: readonly Lost[]): Promise<void> {
  if (rows.length === 0) return
  await sql`update deliveries set fence = fence + 1, reason = 'no_answer',
      lease_until = clock_timestamp() + ${LEASE_MS}::int * interval '1 millisecond'
    where id = any(${rows.map((row) => row.id)}::bigint[])`.execute(trx)
  const tallies = new TallyBook()
  for (const { sendId, runId, reason } of rows) {
    tallies.add({ sendId, runId, state: 'sending', reason }, -1)
    tallies.add({ sendId, runId, state: 'sending', reason: 'no_answer' }, 1)
  }
  await tallies.write(trx)
}

async function leaveUnknown(trx: Trx, rows: readonly Lost[], now: Date): Promise<void> {
  if (rows.length === 0) return
  await sql`update deliveries set state = 'unknown', reason = 'answer_never_came', fence = fence + 1, lease_until = null,
      settled_at = ${now}
    where id = any(${rows.map((row) => row.id)}::bigint[])`.execute(trx)
  const settled = rows.map(
    (row): Settled => ({
      id: row.id,
      sendId: row.sendId,
      accountId: row.accountId,
      channel: row.channel,
      fanId: row.fanId,
      templateId: row.templateId,
      reserved: row.reserved,
      intentAt: row.intentAt,
      outcome: 'unknown',
    }),
  )
  await settleLedgers(trx, settled, now)
  const tallies = new TallyBook()
  for (const { sendId, runId, reason } of rows) {
    tallies.add({ sendId, runId, state: 'sending', reason }, -1)
    tallies.add({ sendId, runId, state: 'unknown', reason: 'answer_never_came' }, 1)
  }
  await tallies.write(trx)
}

async function askAgain(ctx: Ctx, all: readonly Lost[]): Promise<void> {
  const { accountId, channel } = all[0] as Lost
  const key = targetKey(accountId, channel)
  const engine = engineOf(ctx)
  const since = performance.now()
  const way = await wayTo(ctx, key, accountId)
  if (way === undefined) return
  const { account, client } = way
  // perhaps nobody else is due: it is up to these whether the platform is asked if it is back
  const room = Math.min(allowedOf(ctx, engine, key, accountId), MOST_IN_FLIGHT - engine.inFlight)
  // their lease brings them back here
  if (room <= 0) return
  const rows = all.slice(0, room)
  engine.took(key, rows.length)
  let intended: Intended[]
  try {
    await comeBackSoon(ctx.db, all.slice(room))
    intended = await renderAgain(ctx, { account, channel, rows })
  } catch (error) {
    engine.gave(key, rows.length)
    throw error
  }
  engine.gave(key, rows.length - intended.length)
  if (intended.length > 0)
    await fly(ctx, { intended, client, perMinute: perMinuteOf(account, channel), since })
}

/** For whom there is no room: after an outage it grows with every answer. */
async function comeBackSoon(db: Executor, rows: readonly Lost[]): Promise<void> {
  if (rows.length === 0) return
  await sql`update deliveries d set lease_until = clock_timestamp() + ${COME_BACK_MS}::int * interval '1 millisecond'
    from unnest(${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => row.fence)}::int[]) as u (id, fence)
    where d.id = u.id and d.fence = u.fence and d.state = 'sending'`.execute(db)
}

type Again = { account: Account; channel: DeliveryChannel; rows: readonly Lost[] }

/** The same message under the same key. */
async function renderAgain(ctx: Ctx, { account, channel, rows }: Again): Promise<Intended[]> {
  const engine = engineOf(ctx)
  const versions = await engine.versionsOf(ctx.db, rows)
  const [render, openids] = await Promise.all([
    openContent(ctx, ctx.db, { account, rows, versions }),
    openidsOf(
      ctx.db,
      rows.map(({ fanId }) => fanId),
    ),
  ])
  return rows.flatMap((row): Intended[] => {
    const rendered = render(row)
    const openid = openids.get(row.fanId)
    if (!rendered.ok || openid === undefined) return []
    return [
      {
        id: row.id,
        fence: row.fence,
        sendId: row.sendId,
        runId: row.runId,
        accountId: account.id,
        channel,
        key: targetKey(account.id, channel),
        fanId: row.fanId,
        openid,
        templateId: versions.get(versionKey(row.sendId, row.version))?.template?.id ?? null,
        reserved: row.reserved,
        intentAt: row.intentAt,
        reason: 'no_answer',
        waits: 0,
        message: rendered.message,
        repeat: true,
      },
    ]
  })
}

async function openidsOf(db: Executor, fanIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; openid: string }>`
    select id, openid from fans where id = any(${[...fanIds]}::bigint[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row.openid]))
}
