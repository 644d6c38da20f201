import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { nextBeijingDay } from '../../../kernel/beijing.ts'
import type { Account } from '../../accounts/index.ts'
import { dependsOnPerson } from '../../messages/index.ts'
import type { ResolvedContent } from '../../messages/schema.ts'
import { templateState } from '../../templates/index.ts'
import { perMinuteOf } from '../engine/pump.ts'
import { callLimit, callsLeft } from '../facts/calls.ts'
import { stateOf } from '../facts/gather.ts'
import { type HoldoutOwner, holdoutKey } from '../facts/holdout.ts'
import { applicable, limitsInForce } from '../facts/settings.ts'
import { planForMany } from '../mass-ledger.ts'
import type { DeliveryChannel, SendLimits, SendPurpose, SendVersion, Trx } from '../model.ts'
import { type DeliveryPolicy, type FieldVerdict, finishOf } from '../rules/index.ts'
import { fieldCheck } from './fields.ts'
import { factsOf, type Outcome, outcomeOf } from './outcome.ts'
import { eachChunk, type TupleRow } from './people.ts'
import { type Crowd, TUPLE, type Tuple, tupleRelation } from './relation.ts'
import { type FieldExample, Waterfall } from './waterfall.ts'

export type PreflightQuestion = {
  account: Account
  /** Whose 对照组 it will be. */
  owner: HoldoutOwner
  channel: DeliveryChannel
  purpose: SendPurpose
  limits: SendLimits
  /** Ten-thousandths left without. */
  holdout: number
  content: ResolvedContent
  template: SendVersion['template']
  tracked: boolean
  ratePerMinute: number | null
  /** SELECT with contact_id, canonical. */
  people: RawBuilder<unknown>
  /** The instant it is decided for. */
  at: Date
  /** Called now and then while it goes on; `total` is known from the first call on. */
  onProgress?: (done: number, total: number) => Promise<void>
  signal?: AbortSignal
}

export type DeliveryPreflight = {
  /** People of the audience who are fans of the account. */
  total: number
  /** People who are not: nothing is planned for them. */
  unreachable: number
  reached: number
  notReached: { reason: string; count: number }[]
  /** Of those reached, who goes out later, by the hour, and why. */
  held: { reason: string; count: number; until: Date }[]
  perMinute: number
  /** Null where the day's calls never suffice. */
  finishesAt: Date | null
  days: number
  /** Which fields stand in the way, the most frequent first. */
  fieldExamples: FieldExample[]
}

/**
 * 预演: what a send would do at an instant, in one snapshot of the database, by the very function that will decide it. Where the
 * content is the same for everybody it is asked once per distinct tuple of facts; else once per person, in chunks.
 */
export function preflightDeliveries(ctx: Ctx, question: PreflightQuestion): Promise<DeliveryPreflight> {
  return inTransaction(
    ctx.db,
    async (trx) => {
      const { account, channel, at } = question
      const policy = await policyFor(trx, question)
      const left = await callsLeft(trx, account, channel, at)
      await planForMany(trx)
      const crowd = crowdOf(ctx, question, policy)
      const fall = dependsOnPerson(question.content)
        ? await eachPerson(ctx, trx, { question, policy, crowd })
        : await eachTuple(ctx, trx, { question, policy, crowd })
      return summary(question, fall, left)
    },
    { isolation: 'repeatable read' },
  )
}

/** What a send made of this would be asked. The day's calls don't decide anybody here, they only take their time. */
async function policyFor(trx: Trx, question: PreflightQuestion): Promise<DeliveryPolicy> {
  const { account, channel, purpose, limits, template } = question
  const settings = await limitsInForce(trx, account.id)
  const states = template === null ? new Map() : await templateState(trx, [template.id])
  return {
    channel,
    state: 'running',
    template: stateOf(template, states),
    test: question.owner.kind === 'test',
    callsLeft: Number.POSITIVE_INFINITY,
    ...applicable(settings, { accountId: account.id, channel, purpose, limits }),
    notAfter: limits.notAfter === null ? null : new Date(limits.notAfter),
  }
}

const crowdOf = (ctx: Ctx, question: PreflightQuestion, policy: DeliveryPolicy): Crowd => ({
  accountId: question.account.id,
  channel: question.channel,
  people: question.people,
  templateId: question.template?.id ?? null,
  caps: policy.caps,
  holdout: { key: holdoutKey(ctx, question.owner), share: question.holdout },
  at: question.at,
})

type Work = { question: PreflightQuestion; policy: DeliveryPolicy; crowd: Crowd }

async function eachTuple(ctx: Ctx, trx: Trx, { question, policy, crowd }: Work): Promise<Waterfall> {
  const { at, account, content, tracked } = question
  const verdict = await fieldCheck(ctx, trx, { content, tracked, accountId: account.id }).forAll()
  const { rows } = await sql<Tuple & { fan_id: string | null; n: string }>`
    select min(fan_id) as fan_id, ${TUPLE}, count(*) as n from (${tupleRelation(crowd)}) t
    group by fan_id is null, ${TUPLE}`.execute(trx)
  const fall = new Waterfall()
  for (const { n, ...tuple } of rows) {
    if (tuple.fan_id === null) fall.unreachable += Number(n)
    else
      fall.add(
        outcomeOf(factsOf(tuple, policy.caps, at), policy, at, () => verdict),
        Number(n),
      )
  }
  const all = fall.total + fall.unreachable
  await question.onProgress?.(all, all)
  return fall
}

const FINE: FieldVerdict = { ok: true }

async function eachPerson(ctx: Ctx, trx: Trx, { question, policy, crowd }: Work): Promise<Waterfall> {
  const { onProgress, signal } = question
  const decide = await chunkDecider(ctx, trx, { question, policy, crowd })
  const fall = new Waterfall()
  await eachChunk(trx, crowd, async (rows, { done, total }) => {
    signal?.throwIfAborted()
    for (const outcome of await decide(rows)) {
      if (outcome === null) fall.unreachable += 1
      else fall.add(outcome, 1)
    }
    await onProgress?.(done, total)
    return 'on'
  })
  return fall
}

/** The people behind a number of the pre-flight: left out or waiting for this reason; `reached`: those it would go to at once. */
export function preflightPeople(
  ctx: Ctx,
  question: PreflightQuestion,
  { reason, most }: { reason: string; most: number },
): Promise<string[]> {
  return inTransaction(
    ctx.db,
    async (trx) => {
      const policy = await policyFor(trx, question)
      await planForMany(trx)
      const crowd = crowdOf(ctx, question, policy)
      const decide = await chunkDecider(ctx, trx, { question, policy, crowd })
      const found: string[] = []
      await eachChunk(trx, crowd, async (rows) => {
        const outcomes = await decide(rows)
        for (const [index, { contact_id: contactId }] of rows.entries())
          if (found.length < most && isFor(outcomes[index] ?? null, reason)) found.push(contactId)
        return found.length < most ? 'on' : 'enough'
      })
      return found
    },
    { isolation: 'repeatable read' },
  )
}

const isFor = (outcome: Outcome | null, reason: string): boolean =>
  outcome !== null && (outcome.kind === 'skip' ? outcome.reason : (outcome.because ?? 'reached')) === reason

/** Decides people of a chunk; null: no fan of the account. Values are only read of those whom nothing before them stops. */
async function chunkDecider(ctx: Ctx, trx: Trx, { question, policy }: Work) {
  const { at, account, content, tracked } = question
  const check = fieldCheck(ctx, trx, { content, tracked, accountId: account.id })
  const same = dependsOnPerson(content) ? undefined : await check.forAll()
  /** What becomes of those whose values fit, by their tuple; it is the same for many. */
  const known = new Map<string, Outcome>()
  return async (rows: readonly TupleRow[]): Promise<(Outcome | null)[]> => {
    const outcomes = rows.map((row) => (row.fan_id === null ? null : outcomeFor(row, known, policy, at)))
    // whoever gets this far is asked for their values, in the hold-out group too: fields come before it
    const asked = rows.filter((_, index) => getsToFields(outcomes[index] ?? null))
    const verdicts = same === undefined ? await check.forEach(asked) : asked.map(() => same)
    const verdictOf = new Map(asked.map((row, index) => [row, verdicts[index] ?? FINE]))
    return rows.map((row, index) => {
      const verdict = verdictOf.get(row)
      return verdict === undefined || verdict.ok
        ? (outcomes[index] ?? null)
        : outcomeOf(factsOf(row, policy.caps, at), policy, at, () => verdict)
    })
  }
}

const getsToFields = (outcome: Outcome | null): boolean =>
  outcome !== null && (outcome.kind === 'send' || outcome.reason === 'held_out')

function outcomeFor(row: TupleRow, known: Map<string, Outcome>, policy: DeliveryPolicy, at: Date): Outcome {
  const { contact_id: _contact, fan_id: _fan, ...tuple } = row
  const key = Object.values(tuple).join('|')
  const outcome = known.get(key) ?? outcomeOf(factsOf(row, policy.caps, at), policy, at, () => FINE)
  known.set(key, outcome)
  return outcome
}

function summary(question: PreflightQuestion, fall: Waterfall, left: number): DeliveryPreflight {
  const { account, channel, at, ratePerMinute } = question
  const perMinute = Math.min(perMinuteOf(account, channel), ratePerMinute ?? Number.POSITIVE_INFINITY)
  const perDay = callLimit(account, channel)
  const finish = finishOf(fall.releases(at), at, { perMinute, leftToday: left, perDay })
  const late = Math.max(0, fall.now - left)
  return {
    total: fall.total,
    unreachable: fall.unreachable,
    reached: fall.reached,
    notReached: fall.notReached,
    held: [
      ...(late > 0 ? [{ reason: 'calls_used_up', count: late, until: nextBeijingDay(at) }] : []),
      ...fall.held,
    ],
    perMinute,
    finishesAt: finish.at,
    days: finish.days,
    fieldExamples: fall.fieldExamples,
  }
}
