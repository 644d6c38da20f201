import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { capsOf, type FactRow, loadPolicies, policyKey, readFacts } from './facts/gather.ts'
import { windowsOf } from './facts/people.ts'
import type { Trx } from './model.ts'
import { fieldCheck } from './preflight/fields.ts'
import {
  type CheckResult,
  type DeliveryFacts,
  type DeliveryPolicy,
  type FieldVerdict,
  traceDecision,
} from './rules/index.ts'
import type { CheckAnswer, DeliveryWhy, PersonFactsShown } from './schema.ts'
import { findSend, selectVersions } from './store/sends.ts'

export type WhyQuestion = {
  accountId: string
  sendId: string
  /** Canonical. */
  contactId: string
  /** Of which delivery; without one, of the message the person would get in the newest version. */
  deliveryId?: string | undefined
}

/**
 * G2: every check of one person and send as it would be answered now, by the function that decides, with the facts it asks. It
 * works as well for people nothing was planned for.
 */
export async function explainDelivery(ctx: Ctx, question: WhyQuestion): Promise<DeliveryWhy> {
  const account = await getAccount(ctx, question.accountId)
  return inTransaction(ctx.db, async (trx) => {
    const now = ctx.clock.now()
    const send = await findSend(trx, question.sendId)
    if (send === undefined || send.accountId !== account.id) throw notFound('send')
    const planned = await plannedRow(trx, question)
    const row = planned ?? (await wouldBe(trx, question, send.version))
    const nobody: DeliveryWhy = { at: now.toISOString(), checks: null, facts: null }
    if (row === undefined) return nobody
    const versions = new Map((await selectVersions(trx, [row])).map((one) => [policyKey(one), one]))
    const version = versions.get(policyKey(row))
    if (version === undefined) return nobody
    const asked = {
      account,
      channel: send.channel,
      now,
      rows: [row],
      sends: new Map([[send.id, send]]),
      versions,
    }
    const policies = await loadPolicies(trx, asked)
    const policy = policies.get(policyKey(row)) as DeliveryPolicy
    const facts = (await readFacts(ctx, trx, asked, capsOf(policies))).get(row.id) as DeliveryFacts
    const { content, tracked } = version
    const check = fieldCheck(ctx, trx, { content, tracked, accountId: account.id })
    const person = { contact_id: row.contactId, fan_id: row.fanId, context: row.context }
    const [verdict] = await check.forEach([person])
    const fields = () => verdict ?? ({ ok: true } satisfies FieldVerdict)
    return {
      at: now.toISOString(),
      checks: traceDecision(facts, policy, now, fields).map(present),
      facts: await shown(trx, row.fanId, { facts, policy }),
    }
  })
}

type Row = FactRow & { context: Record<string, unknown> | null }

async function plannedRow(
  trx: Trx,
  { sendId, accountId, deliveryId }: WhyQuestion,
): Promise<Row | undefined> {
  if (deliveryId === undefined) return undefined
  const { rows } =
    await sql<Row>`select id, send_id as "sendId", version, contact_id as "contactId", fan_id as "fanId",
      occurrence, context, not_after as "notAfter"
    from deliveries where id = ${deliveryId}::bigint and send_id = ${sendId}::bigint and account_id = ${accountId}::bigint`.execute(
      trx,
    )
  return rows[0]
}

/** The fan an audience would be frozen with. An occurrence of its own: it stands beside whatever they got before. */
async function wouldBe(
  trx: Executor,
  { sendId, accountId, contactId }: WhyQuestion,
  version: number,
): Promise<Row | undefined> {
  const { rows } = await sql<{ fanId: string }>`select id as "fanId" from fans
    where contact_id = ${contactId}::bigint and account_id = ${accountId}::bigint
    order by following desc, last_interaction_at desc nulls last, id limit 1`.execute(trx)
  const fanId = rows[0]?.fanId
  return fanId === undefined
    ? undefined
    : { id: 'none', sendId, version, contactId, fanId, occurrence: '-1', context: null }
}

const present = ({ check, decision }: CheckResult): CheckAnswer => {
  if (decision === null || decision.kind === 'send')
    return { check, verdict: 'pass', reason: null, until: null, detail: {} }
  const { kind, reason, detail = {} } = decision
  const until = kind === 'hold' ? decision.until.toISOString() : null
  return { check, verdict: kind, reason, until, detail }
}

async function shown(
  trx: Executor,
  fanId: string,
  { facts, policy }: { facts: DeliveryFacts; policy: DeliveryPolicy },
): Promise<PersonFactsShown> {
  const windows = (await windowsOf(trx, [fanId])).get(fanId) ?? []
  return {
    following: facts.following,
    suppressed: facts.suppressed,
    windows: windows.map(({ kind, openedAt, expiresAt, left }) => ({
      kind,
      openedAt: openedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      left,
    })),
    grant: facts.grant,
    caps: policy.caps.map(({ id, most, amount, unit, calendar }) => ({
      capId: id,
      most,
      amount,
      unit,
      calendar,
      used: facts.uses[id]?.used ?? 0,
      freesAt: facts.uses[id]?.freesAt?.toISOString() ?? null,
    })),
    callsLeft: policy.callsLeft,
    heldOut: facts.heldOut,
  }
}
