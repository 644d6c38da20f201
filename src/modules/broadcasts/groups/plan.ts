import type { Executor } from '../../../infra/transaction.ts'
import { LARGEST_BATCH, planBatches } from '../../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../../wechat/rules/broadcast-quota.ts'
import type { Account } from '../../accounts/index.ts'
import { decidedArms, type MonthsByArm } from '../../deliveries/index.ts'
import type { Path } from '../schema.ts'
import { countDecided, type DecidedCount } from '../store/recipients.ts'
import { countNamed, type ResolvedGroups } from './relation.ts'

/** The month's allowance that counts for this account's fans; subscription accounts have a daily one of the account. */
export const fanLimitOf = (account: Account): number | null =>
  account.kind === 'service' ? account.limits.massPerFanPerMonth : null

/** The months in which each arm will count, by when it goes out. */
export const monthsOf = (arms: readonly { number: number; sendAt: Date | null }[], now: Date): MonthsByArm =>
  new Map(
    arms.map(({ number, sendAt }) => [
      number,
      monthsToReserve(sendAt !== null && sendAt > now ? sendAt : now),
    ]),
  )

/** The one relation that decides all groups, as {@link ResolvedGroups} reads them. */
export const decidedFor = (account: Account, relation: ResolvedGroups['relation'], months: MonthsByArm) =>
  decidedArms({ accountId: account.id, audience: relation, months, limit: fanLimitOf(account) })

export type Plan = {
  total: number
  reached: number
  notReached: { reason: string; count: number }[]
  sizes: readonly number[]
  refusal: 'nobody' | 'below_two' | null
  monthLeftAfter: { left: number; fans: number }[]
}
/** Of one arm; `total` and `filtered` are those of its group. */
export type GroupPlan = { place: number; arm: number; total: number; filtered: number; plan: Plan }

/** Counts who of each arm would be reached and into which batches, by the relation that freezing writes from. */
export async function planGroups(
  trx: Executor,
  account: Account,
  { relation, groups }: ResolvedGroups,
  { path, months }: { path: Path; months: MonthsByArm },
): Promise<GroupPlan[]> {
  const counts = await countDecided(trx, decidedFor(account, relation, months))
  const planned = groups.flatMap(({ place, arms }) => arms.map(({ number: arm }) => ({ place, arm })))
  const plans = new Map(
    planned.map(({ arm }) => [
      arm,
      planOf(
        counts.filter((row) => row.arm === arm),
        path,
        fanLimitOf(account),
      ),
    ]),
  )
  const named = await countNamed(trx, groups, (arm) => plans.get(arm)?.total ?? 0)
  return planned.map(({ place, arm }) => ({
    place,
    arm,
    total: named.get(place)?.total ?? 0,
    filtered: named.get(place)?.filtered ?? 0,
    plan: plans.get(arm) ?? planOf([], path, null),
  }))
}

export function planOf(counts: readonly DecidedCount[], path: Path, limit: number | null): Plan {
  const total = counts.reduce((sum, row) => sum + row.count, 0)
  const reachable = counts.filter((row) => row.reason === null)
  const reached = reachable.reduce((sum, row) => sum + row.count, 0)
  const batches = path === 'list' ? planBatches(reached, LARGEST_BATCH) : planWhole(reached)
  return {
    total,
    reached,
    notReached: sumBy(
      counts.flatMap(({ reason, count }) => (reason === null ? [] : [{ key: reason, count }])),
    ).map(({ key, count }) => ({ reason: key, count })),
    sizes: batches.ok ? batches.sizes : [],
    refusal: batches.ok ? null : batches.reason,
    monthLeftAfter:
      limit === null
        ? []
        : reachable
            .map((row) => ({ left: limit - row.used - 1, fans: row.count }))
            .sort((a, b) => b.left - a.left),
  }
}

/** By tag and to all there is one call, whatever the number. */
const planWhole = (reached: number) =>
  reached === 0 ? ({ ok: false, reason: 'nobody' } as const) : ({ ok: true, sizes: [reached] } as const)

/** Adds up counts of the same key, most first. */
export function sumBy<K>(rows: readonly { key: K; count: number }[]): { key: K; count: number }[] {
  const sums = new Map<K, number>()
  for (const { key, count } of rows) sums.set(key, (sums.get(key) ?? 0) + count)
  return [...sums].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count)
}

/** Several groups as one, for what is told in sum. */
export const planInSum = (plans: readonly Plan[]): Plan => ({
  total: plans.reduce((sum, plan) => sum + plan.total, 0),
  reached: plans.reduce((sum, plan) => sum + plan.reached, 0),
  notReached: sumBy(
    plans.flatMap((plan) => plan.notReached.map(({ reason, count }) => ({ key: reason, count }))),
  ).map(({ key, count }) => ({ reason: key, count })),
  sizes: plans.flatMap((plan) => plan.sizes),
  refusal: plans.map((plan) => plan.refusal).find((refusal) => refusal !== null) ?? null,
  monthLeftAfter: sumBy(
    plans.flatMap((plan) => plan.monthLeftAfter.map(({ left, fans }) => ({ key: left, count: fans }))),
  )
    .map(({ key, count }) => ({ left: key, fans: count }))
    .sort((a, b) => b.left - a.left),
})
