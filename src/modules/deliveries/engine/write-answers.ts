import { sql } from 'kysely'
import type { WechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction, prepare } from '../../../infra/transaction.ts'
import { pauseForPlatformError } from '../../accounts/index.ts'
import { markTemplateGone } from '../../templates/index.ts'
import { settleLedgers } from '../facts/index.ts'
import type { DeliveryChannel, Settled, Trx } from '../model.ts'
import type { DeliveryState } from '../schema.ts'
import { addPace, TallyBook } from '../store/tallies.ts'
import { patience } from './claim.ts'
import type { Outcome, Signal } from './outcome.ts'
import { pauseSend } from './pause-send.ts'

/** A call that came back, or was not made after all. */
export type Answer = {
  id: string
  fence: number
  sendId: string
  runId: string | null
  accountId: string
  channel: DeliveryChannel
  /** The target it counts for. */
  key: string
  fanId: string
  templateId: string | null
  reserved: Record<string, unknown> | null
  intentAt: Date
  /** Why it was in flight already: `no_answer` for one that is asked again. */
  reason: string | null
  outcome: Outcome | { to: 'back' }
  signal: Signal
  error?: WechatError | undefined
}

/** Refusals of content in a row, without one success, after which a send is paused. */
export const REFUSALS_TO_PAUSE = 20

type Written = { id: string; refusing: boolean }

/**
 * Writes what became of calls: states, tallies, pace and ledgers in one transaction. A row that is no longer in the hands
 * of this worker, because its lease ran out or a result came first, is left as it is, with everything that belongs to it.
 */
export async function writeAnswers(ctx: Ctx, answers: readonly Answer[]): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const now = ctx.clock.now()
    const held = await update(trx, answers, now)
    const ours = answers.filter((answer) => held.has(answer.id))
    const telling = ours.filter(
      ({ id, signal }) => held.get(id) || signal.templateGone || signal.contentRefused,
    )
    if (telling.length > 0) await reactToRefusals(ctx, trx, ours)
    await settleLedgers(trx, ours.flatMap(settledOf), now)
    await tallyOf(ours).write(trx)
    await addPace(trx, now, paceSums(ours))
    await pauseAccount(ctx, trx, ours)
  })
  await shutRates(ctx, answers)
}

/** The state a row gets; `asking` stays in flight, `back` was never called. */
export function stateOf({ outcome }: Answer): { state: DeliveryState; reason: string | null } {
  switch (outcome.to) {
    case 'accepted':
      return { state: 'accepted', reason: null }
    case 'back':
      return { state: 'planned', reason: null }
    case 'asking':
      return { state: 'sending', reason: outcome.reason }
    default:
      return { state: outcome.to, reason: outcome.reason }
  }
}

async function update(trx: Trx, answers: readonly Answer[], now: Date): Promise<Map<string, boolean>> {
  const sorted = [...answers].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
  const states = sorted.map(stateOf)
  const column = <T>(pick: (answer: Answer) => T) => sorted.map(pick)
  const { rows } = await sql<Written>`${prepare}
    update deliveries d set state = u.state, reason = u.reason, detail = u.detail::jsonb,
      due_at = coalesce(u.due_at, d.due_at), msg_id = coalesce(u.msg_id, d.msg_id), attempts = d.attempts + u.attempt,
      settled_at = case when u.ended then ${now}::timestamptz end,
      intent_at = case when u.undone then null else d.intent_at end,
      reserved = case when u.undone or u.state = 'failed' then null else d.reserved end,
      lease_until = case when u.state = 'sending' then clock_timestamp() + u.wait_ms * interval '1 millisecond' end
    from unnest(${column((one) => one.id)}::bigint[], ${column((one) => one.fence)}::int[],
      ${states.map((one) => one.state)}::text[], ${states.map((one) => one.reason)}::text[],
      ${column(detailOf)}::text[], ${column(dueOf)}::timestamptz[], ${column(msgIdOf)}::text[],
      ${column((one) => (one.outcome.to === 'accepted' || one.outcome.to === 'failed' ? 1 : 0))}::smallint[],
      ${column((one) => one.outcome.to !== 'held' && one.outcome.to !== 'asking' && one.outcome.to !== 'back')}::boolean[],
      ${column((one) => one.outcome.to === 'held' || one.outcome.to === 'back')}::boolean[],
      ${column((one) => (one.outcome.to === 'asking' ? one.outcome.afterMs : 0))}::int[])
      as u (id, fence, state, reason, detail, due_at, msg_id, attempt, ended, undone, wait_ms), (${patience}) p
    where d.id = u.id and d.fence = u.fence and d.state = 'sending'
    returning d.id, exists (select from sends s where s.id = d.send_id and s.refusals > 0) as refusing`.execute(
    trx,
  )
  return new Map(rows.map((row) => [row.id, row.refusing]))
}

const detailOf = ({ outcome }: Answer): string | null =>
  'detail' in outcome && Object.keys(outcome.detail).length > 0 ? JSON.stringify(outcome.detail) : null
const dueOf = ({ outcome }: Answer): string | null =>
  outcome.to === 'held' ? outcome.until.toISOString() : null
const msgIdOf = ({ outcome }: Answer): string | null => (outcome.to === 'accepted' ? outcome.msgId : null)

function tallyOf(answers: readonly Answer[]): TallyBook {
  const tallies = new TallyBook()
  for (const answer of answers) {
    const { sendId, runId, reason } = answer
    tallies.add({ sendId, runId, state: 'sending', reason }, -1)
    tallies.add({ sendId, runId, ...stateOf(answer) }, 1)
  }
  return tallies
}

function paceSums(answers: readonly Answer[]) {
  const bySend = Map.groupBy(answers, (answer) => answer.sendId)
  return [...bySend].map(([sendId, group]) => ({
    sendId,
    accepted: group.filter(({ outcome }) => outcome.to === 'accepted').length,
    refused: group.filter(({ outcome }) => outcome.to === 'failed').length,
  }))
}

const LEDGER_OUTCOME = {
  accepted: 'accepted',
  held: 'refused',
  back: 'refused',
  failed: 'refused',
  unknown: 'unknown',
} as const

function settledOf(answer: Answer): Settled[] {
  const { outcome, error, id, sendId, accountId, channel, fanId, templateId, reserved, intentAt } = answer
  if (outcome.to === 'asking') return []
  return [
    {
      id,
      sendId,
      accountId,
      channel,
      fanId,
      templateId,
      reserved,
      intentAt,
      outcome: LEDGER_OUTCOME[outcome.to],
      ...(error?.errcode !== undefined && { errcode: error.errcode }),
    },
  ]
}

/**
 * Many refusals of content in a row, without one success, or a template that is gone, pause a send. The answers of an account go
 * through one send: a bad rule would silence all others, so its rows alone say what is wrong.
 */
async function reactToRefusals(ctx: Ctx, trx: Trx, answers: readonly Answer[]): Promise<void> {
  const bySend = Map.groupBy(answers, (answer) => answer.sendId)
  const concerned = await lockConcerned(trx, bySend)
  for (const sendId of concerned) {
    const group = bySend.get(sendId) ?? []
    const gone = group.find(({ signal }) => signal.templateGone)
    const refused = group.filter(({ signal }) => signal.contentRefused)
    if (gone !== undefined) {
      if (gone.templateId !== null) await markTemplateGone(trx, gone.templateId, ctx.clock.now())
      await pauseSend(ctx, trx, gone, whyOf(gone, 'template_gone'))
    } else if (group.some(({ outcome }) => outcome.to === 'accepted'))
      await sql`update sends set refusals = 0 where id = ${sendId}::bigint`.execute(trx)
    else if (refused.length > 0) {
      const { rows } = await sql<{
        refusals: number
      }>`update sends set refusals = refusals + ${refused.length}::int
        where id = ${sendId}::bigint and owner_kind <> 'auto-reply' returning refusals`.execute(trx)
      const last = refused.at(-1) as Answer
      if ((rows[0]?.refusals ?? 0) >= REFUSALS_TO_PAUSE)
        await pauseSend(ctx, trx, last, whyOf(last, 'content_refused'))
    }
  }
}

/** Sends that these answers say something about, locked in the order of their ids, as everybody locks them. */
async function lockConcerned(trx: Trx, bySend: ReadonlyMap<string, Answer[]>): Promise<string[]> {
  const speaking = [...bySend].filter(([, group]) =>
    group.some(({ signal }) => signal.templateGone || signal.contentRefused),
  )
  const { rows } = await sql<{ id: string }>`select id from sends
    where id = any(${[...bySend.keys()]}::bigint[])
      and (refusals > 0 or id = any(${speaking.map(([sendId]) => sendId)}::bigint[]))
    order by id for update`.execute(trx)
  return rows.map(({ id }) => id)
}

const whyOf = ({ outcome }: Answer, reason: string) => ({
  reason,
  detail: 'detail' in outcome ? outcome.detail : {},
})

async function pauseAccount(ctx: Ctx, trx: Trx, answers: readonly Answer[]): Promise<void> {
  const because = answers.find(({ signal }) => signal.pauseAccount)
  if (because?.error === undefined) return
  const { errcode, errmsg, rid } = because.error
  await pauseForPlatformError(ctx, trx, because.accountId, { errcode: errcode ?? 0, errmsg, rid })
}

async function shutRates(ctx: Ctx, answers: readonly Answer[]): Promise<void> {
  const longest = new Map<string, number>()
  for (const { key, signal } of answers)
    if (signal.shutMs !== undefined) longest.set(key, Math.max(longest.get(key) ?? 0, signal.shutMs))
  for (const [key, ms] of longest) await ctx.rates.shut(key, ms)
}
