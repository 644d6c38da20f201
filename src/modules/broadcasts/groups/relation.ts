import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import type { Account } from '../../accounts/index.ts'
import type { AudienceRow } from '../../contacts/index.ts'
import { planForMany } from '../../deliveries/index.ts'
import { resolveAudience } from '../audience.ts'
import type { AudienceBasis, GroupAudience } from '../schema.ts'

type Meant = { place: number; audience: GroupAudience; arms: readonly { number: number }[] }

/** `named` are the fans that a group names by itself, whoever an earlier one has; null for all who remain. */
type Resolved = {
  place: number
  arm: number
  basis: AudienceBasis | null
  named: RawBuilder<AudienceRow> | null
}

export type ResolvedGroups = {
  /** A SELECT with fan_id, openid, following and arm of everybody that any group means, each once. */
  relation: RawBuilder<AudienceRow & { arm: number }>
  groups: Resolved[]
}

/**
 * Whom a send with groups means at an instant: whoever an earlier group names is not in a later one, all who remain are
 * the followers that none names. Run it in the transaction that uses the relation, as {@link resolveAudience}.
 */
export async function resolveGroups(
  ctx: Ctx,
  trx: Executor,
  { account, groups, now }: { account: Account; groups: readonly Meant[]; now: Date },
): Promise<ResolvedGroups> {
  const resolved: Resolved[] = []
  for (const { place, audience, arms } of groups) {
    const arm = arms[0]?.number
    assert(arm !== undefined, 'a group has an arm')
    if (audience.kind === 'remaining') resolved.push({ place, arm, basis: null, named: null })
    else {
      const { relation, basis } = await resolveAudience(ctx, trx, { account, audience, now })
      resolved.push({ place, arm, basis, named: relation })
    }
  }
  return { relation: armedRelation(account.id, resolved), groups: resolved }
}

export function armedRelation(
  accountId: string,
  groups: readonly Pick<Resolved, 'arm' | 'named'>[],
): ResolvedGroups['relation'] {
  const [first, ...others] = groups
  if (first?.named && others.length === 0)
    return sql<AudienceRow & { arm: number }>`select a.*, ${first.arm}::int as arm from (${first.named}) a`
  const inGroup = (index: number) => sql.ref(`g${index}`)
  const joins = groups.map(({ named }, index) =>
    named === null ? sql`` : sql`left join (${named}) ${inGroup(index)} on ${inGroup(index)}.fan_id = f.id`,
  )
  const cases = groups.map(({ arm, named }, index) =>
    named === null
      ? sql`when f.following then ${arm}::int`
      : sql`when ${inGroup(index)}.fan_id is not null then ${arm}::int`,
  )
  return sql<AudienceRow & { arm: number }>`
    select fan_id, openid, following, arm from (
      select f.id as fan_id, f.openid, f.following, case ${sql.join(cases, sql` `)} end as arm
      from fans f ${sql.join(joins, sql` `)} where f.account_id = ${accountId}::bigint offset 0) x
    where arm is not null`
}

/**
 * How many each group names and how many of those an earlier one has, given how many were left to it. Only a
 * comparison group can have lost any.
 */
export async function countNamed(
  trx: Executor,
  groups: readonly Resolved[],
  left: (arm: number) => number,
): Promise<Map<number, { total: number; filtered: number }>> {
  const counts = new Map<number, { total: number; filtered: number }>()
  await planForMany(trx)
  for (const { place, arm, named } of groups) {
    const own = left(arm)
    const total = place === 0 || named === null ? own : await countOf(trx, named)
    counts.set(place, { total, filtered: total - own })
  }
  return counts
}

async function countOf(trx: Executor, named: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from (${named}) a`.execute(trx)
  return Number(rows[0]?.count ?? 0)
}
