import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { LARGEST_BATCH } from '../../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../../wechat/rules/broadcast-quota.ts'
import { clientMsgId } from '../../../wechat/rules/client-msg-id.ts'
import type { Account } from '../../accounts/index.ts'
import { planBookings } from '../budget/store.ts'
import { pathOf } from '../preflight.ts'
import { dueAt } from '../rules/times.ts'
import { drifted } from '../rules.ts'
import type { AudienceBasis, Preflight } from '../schema.ts'
import { changeArm } from '../store/arms.ts'
import { insertBatches } from '../store/batches.ts'
import { armsOf, type BroadcastRow } from '../store/broadcasts.ts'
import { type ArmRow, setGroupCounts } from '../store/groups.ts'
import { type FrozenCounts, freezeRecipients } from '../store/recipients.ts'
import { decidedFor, fanLimitOf, monthsOf } from './plan.ts'
import { countNamed, resolveGroups } from './relation.ts'

type ArmDrift = { arm: number; expected: number; now: number }

/** What was shown for an arm; undefined when nothing was. */
export const expectedOf = (preflight: Preflight | null, arm: number): number | undefined =>
  preflight?.groups.flatMap(({ arms }) => arms).find(({ number }) => number === arm)?.reached ??
  (arm === 0 ? preflight?.reached : undefined)

/** Both numbers in sum, and those of each arm, where any moved by more than is let pass; null where none did. */
export function driftOf(
  arms: readonly { number: number }[],
  expected: (arm: number) => number | undefined,
  reached: (arm: number) => number,
) {
  const found: ArmDrift[] = arms.map(({ number }) => {
    const now = reached(number)
    return { arm: number, expected: expected(number) ?? now, now }
  })
  if (!found.some((one) => drifted(one.expected, one.now))) return null
  const sum = (pick: (one: ArmDrift) => number) => found.reduce((total, one) => total + pick(one), 0)
  return { expected: sum((one) => one.expected), now: sum((one) => one.now), arms: found }
}

/** Nothing was written: the outcome isn't the one that was shown. */
export class Drift extends Error {
  readonly detail: NonNullable<ReturnType<typeof driftOf>>
  constructor(detail: NonNullable<ReturnType<typeof driftOf>>) {
    super('the outcome moved since it was shown')
    this.detail = detail
  }
}

/** `books`: some of it waits for its time, in months that are to be booked. */
type Frozen = { bases: (AudienceBasis | null)[]; states: ArmRow['state'][]; books: boolean }
type Input = { account: Account; broadcast: BroadcastRow; installation: string; now: Date }

/**
 * Writes the row of every fan of every group, and their batches, in the snapshot of `trx`. Throws {@link Drift} where an
 * arm isn't what was shown. An arm without anybody to send to fails, the others go on.
 */
export async function freezeGroups(ctx: Ctx, trx: Executor, input: Input): Promise<Frozen> {
  const { account, broadcast, installation, now } = input
  const arms = armsOf(broadcast)
  const path = pathOf(broadcast)
  const resolved = await resolveGroups(ctx, trx, { account, broadcast, now })
  const counts = await freezeRecipients(trx, {
    broadcastId: broadcast.id,
    decided: decidedFor(account, resolved.relation, monthsOf(arms, now)),
    largest: path === 'list' ? LARGEST_BATCH : null,
  })
  const tallies = new Map(arms.map(({ number }) => [number, tallyOf(counts, number)]))
  const drift = driftOf(
    arms,
    (arm) => expectedOf(broadcast.preflight, arm),
    (arm) => tallies.get(arm)?.reached ?? 0,
  )
  if (drift !== null) throw new Drift(drift)
  const named = await countNamed(trx, resolved.groups, (arm) => {
    const tally = tallies.get(arm)
    return tally === undefined ? 0 : tally.planned + tally.left
  })
  for (const { place, basis } of resolved.groups) {
    const group = broadcast.groups.find((one) => one.place === place)
    const count = named.get(place)
    if (group !== undefined && count !== undefined) await setGroupCounts(trx, group.id, { ...count, basis })
  }
  await insertBatches(
    trx,
    { broadcastId: broadcast.id, accountId: account.id },
    counts.batches.map(({ arm, seq, size }) => ({
      arm,
      seq,
      size,
      dueAt: arms.find(({ number }) => number === arm)?.sendAt ?? now,
      clientMsgId: clientMsgId({ installation, broadcastId: broadcast.id, batch: seq, attempt: 1 }),
    })),
  )
  const states: ArmRow['state'][] = []
  const booked = fanLimitOf(account) === null ? [] : arms.filter(({ sendAt }) => sendAt !== null)
  for (const { number, sendAt } of booked)
    await planBookings(trx, { broadcastId: broadcast.id, arm: number }, monthsToReserve(sendAt ?? now))
  for (const arm of arms) {
    const { planned, skipped } = tallies.get(arm.number) ?? { planned: 0, skipped: {} }
    const next = planned === 0 ? nobodyIn(skipped, now) : startOf(arm, now)
    await changeArm(trx, arm.id, { ...next, planned, skipped, queued_at: now })
    states.push(next.state)
  }
  return { bases: resolved.groups.map(({ basis }) => basis), states, books: booked.length > 0 }
}

function tallyOf({ batches, skipped }: FrozenCounts, number: number) {
  const reasons: Record<string, number> = {}
  for (const { arm, reason, count } of skipped)
    if (arm === number) reasons[reason] = (reasons[reason] ?? 0) + count
  const planned = batches.filter(({ arm }) => arm === number).reduce((sum, { size }) => sum + size, 0)
  return {
    planned,
    skipped: reasons,
    left: Object.values(reasons).reduce((sum, count) => sum + count, 0),
    /** Who alone could have been reached counts as reached: it is the number that was shown. */
    reached: planned + (reasons['below_two'] ?? 0),
  }
}

const nobodyIn = (skipped: Record<string, number>, now: Date) => ({
  state: 'failed' as const,
  reason: skipped['below_two'] === undefined ? 'nobody' : 'below_two',
  ended_at: now,
})

/** What goes at once and needs no copy of a draft is let go here; a rest waits for its variants. */
function startOf({ kind, sendAt, frozenContent }: ArmRow, now: Date) {
  if (kind === 'rest') return { state: 'queued' as const, due_at: sendAt }
  const needsCopies = frozenContent?.kind === 'articles'
  if (sendAt !== null) return { state: 'queued' as const, due_at: dueAt(sendAt, now, needsCopies) }
  if (needsCopies) return { state: 'opening' as const, due_at: now, opened_at: now }
  return { state: 'running' as const, due_at: null, opened_at: now, started_at: now }
}
