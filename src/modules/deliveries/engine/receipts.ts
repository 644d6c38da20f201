import { sql } from 'kysely'
import { z } from 'zod'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import type { Reaction, ReactionEvent } from '../../manifest.ts'
import { settleLedgers } from '../facts/index.ts'
import type { DeliveryChannel, Settled, Trx } from '../model.ts'
import type { DeliveryState } from '../schema.ts'
import { TallyBook } from '../store/tallies.ts'

type ReceiptOutcome = 'delivered' | 'blocked' | 'failed'
const RECEIPT_REASON = { delivered: null, blocked: 'receipt_blocked', failed: 'receipt_failed' } as const

/** A delivery that a result may be about. */
type Open = {
  id: string
  sendId: string
  runId: string | null
  state: DeliveryState
  reason: string | null
  accountId: string
  fanId: string
  channel: DeliveryChannel
  templateId: string | null
  reserved: Record<string, unknown> | null
  intentAt: Date
}

const OPEN_COLUMNS = sql`d.id, d.send_id as "sendId", d.run_id as "runId", d.state, d.reason, d.account_id as "accountId",
  d.fan_id as "fanId", s.channel, v.template ->> 'id' as "templateId", d.reserved, d.intent_at as "intentAt"`
const OPEN_FROM = sql`deliveries d join sends s on s.id = d.send_id
  join send_versions v on v.send_id = d.send_id and v.version = d.version`
/** Every id a fan's person goes or went by. */
const contactsOfFan = (fanId: string) => sql`(
  select f.contact_id from fans f where f.id = ${fanId}::bigint
  union select a.contact_id from contact_aliases a join fans f on f.contact_id = a.merged_into where f.id = ${fanId}::bigint)`

const templateResult = z.object({
  msgId: z.string().min(1),
  outcome: z.enum(['success', 'refused', 'failed']),
})
const subscriptionResult = z.object({
  items: z.array(z.object({ templateId: z.string(), errorCode: z.number() })),
})
const OUTCOMES = { success: 'delivered', refused: 'blocked', failed: 'failed' } as const

/** Results of template messages: by the id of the message, or by its fan where the answer that named it was lost. */
export const templateResults: Reaction = {
  name: 'deliveries.template-results',
  events: ['wechat.template_finished'],
  async react(ctx, events, trx) {
    for (const event of events) {
      const parsed = templateResult.safeParse(event.properties)
      if (!parsed.success) {
        ctx.log.error({ eventId: event.id }, 'a template result without its message')
        continue
      }
      const { accountId, fanId, at } = event
      if (accountId === null) continue
      const receipt = { accountId, msgId: parsed.data.msgId, outcome: OUTCOMES[parsed.data.outcome], at }
      // of somebody who was erased meanwhile the message is known by its id alone
      if (await applyById(trx as Trx, receipt)) continue
      if (fanId === null || (await applyToOnly(trx as Trx, { ...receipt, fanId }))) continue
      await keepReceipt(trx, { ...receipt, fanId })
    }
  },
}

type Receipt = { accountId: string; msgId: string; fanId: string; outcome: ReceiptOutcome; at: Date }

async function applyById(trx: Trx, receipt: Omit<Receipt, 'fanId'>): Promise<boolean> {
  const { rows } = await sql<Open>`select ${OPEN_COLUMNS} from ${OPEN_FROM}
    where d.account_id = ${receipt.accountId}::bigint and d.msg_id = ${receipt.msgId} for update of d`.execute(
    trx,
  )
  const [known] = rows
  if (known === undefined) return false
  await settle(trx, known, receipt)
  return true
}

/**
 * A message in doubt has no id; the fan's only one must be it. While another is on its way, whose answer may name this very id, it
 * is not the only one.
 */
async function applyToOnly(trx: Trx, receipt: Receipt): Promise<boolean> {
  const { rows } = await sql<Open>`select ${OPEN_COLUMNS} from ${OPEN_FROM}
    where d.contact_id in ${contactsOfFan(receipt.fanId)} and d.fan_id = ${receipt.fanId}::bigint
      and d.account_id = ${receipt.accountId}::bigint and s.channel = 'template' and d.msg_id is null
      and d.state in ('unknown', 'sending')
    order by d.id limit 2 for update of d`.execute(trx)
  const [only, another] = rows
  const inDoubt = only?.state === 'unknown' || only?.reason === 'no_answer'
  if (only === undefined || another !== undefined || !inDoubt) return false
  // who waited for a lock may have waited for the answer
  if (await applyById(trx, receipt)) return true
  await settle(trx, only, receipt, receipt.msgId)
  return true
}

/** The last word: later ones of the same message change nothing. */
async function settle(
  trx: Trx,
  open: Open,
  { outcome, at }: Pick<Receipt, 'outcome' | 'at'>,
  msgId: string | null = null,
): Promise<void> {
  if (open.state === 'delivered' || open.state === 'failed') return
  const state = outcome === 'delivered' ? 'delivered' : 'failed'
  const reason = RECEIPT_REASON[outcome]
  await sql`update deliveries set state = ${state}, reason = ${reason}, settled_at = ${at}, lease_until = null,
      msg_id = coalesce(msg_id, ${msgId}), fence = fence + 1
    where id = ${open.id}::bigint`.execute(trx)
  const { id, sendId, runId, accountId, channel, fanId, templateId, reserved, intentAt } = open
  const settled: Settled = {
    id,
    sendId,
    accountId,
    channel,
    fanId,
    templateId,
    reserved,
    intentAt,
    outcome: state,
  }
  // who blocks a notification withdraws what they had allowed
  const denied = channel === 'subscription' && outcome === 'blocked'
  await settleLedgers(trx, [denied ? { ...settled, errcode: 43101 } : settled], at)
  const tallies = new TallyBook()
  tallies.add({ sendId, runId, state: open.state, reason: open.reason }, -1)
  tallies.add({ sendId, runId, state, reason }, 1)
  await tallies.write(trx)
}

async function keepReceipt(trx: Executor, { accountId, msgId, fanId, outcome, at }: Receipt): Promise<void> {
  await sql`insert into delivery_receipts (account_id, msg_id, fan_id, outcome, at)
    values (${accountId}::bigint, ${msgId}, ${fanId}::bigint, ${outcome}, ${at}) on conflict do nothing`.execute(
    trx,
  )
}

/** Results that were here before the answer to their call was written; those of other systems' messages go after an hour. */
export function matchReceipts(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const { rows } = await sql<Receipt>`
      select r.account_id as "accountId", r.msg_id as "msgId", r.fan_id as "fanId", r.outcome, r.at
      from delivery_receipts r join deliveries d on d.account_id = r.account_id and d.msg_id = r.msg_id
      order by d.id limit 250 for update of r skip locked`.execute(trx)
    for (const receipt of rows) {
      await applyById(trx, receipt)
      await sql`delete from delivery_receipts where account_id = ${receipt.accountId}::bigint and msg_id = ${receipt.msgId}`.execute(
        trx,
      )
    }
    await sql`delete from delivery_receipts where received_at < clock_timestamp() - interval '1 hour'`.execute(
      trx,
    )
    return rows.length
  })
}

/** Results of subscription notifications name fan and template only: the oldest that is open. */
export const subscriptionResults: Reaction = {
  name: 'deliveries.subscription-results',
  events: ['wechat.subscription_sent'],
  async react(ctx, events, trx) {
    for (const event of events) {
      const parsed = subscriptionResult.safeParse(event.properties)
      if (!parsed.success) ctx.log.error({ eventId: event.id }, 'a notification result without its template')
      else for (const item of parsed.data.items) await applySubscriptionResult(trx as Trx, event, item)
    }
  },
}

async function applySubscriptionResult(
  trx: Trx,
  { accountId, fanId, at }: ReactionEvent,
  { templateId, errorCode }: { templateId: string; errorCode: number },
): Promise<void> {
  if (accountId === null || fanId === null) return
  const { rows } = await sql<Open>`select ${OPEN_COLUMNS} from ${OPEN_FROM}
    where d.contact_id in ${contactsOfFan(fanId)} and d.fan_id = ${fanId}::bigint
      and d.account_id = ${accountId}::bigint and s.channel = 'subscription' and v.template ->> 'wechatId' = ${templateId}
      and d.state in ('accepted', 'unknown', 'sending')
    order by d.intent_at, d.id limit 1 for update of d`.execute(trx)
  const open = rows[0]
  if (open === undefined) return
  const outcome = errorCode === 0 ? 'delivered' : errorCode === 43101 ? 'blocked' : 'failed'
  await settle(trx, open, { outcome, at })
}
