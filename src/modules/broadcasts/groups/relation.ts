import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import type { Account } from '../../accounts/index.ts'
import type { AudienceRow } from '../../contacts/index.ts'
import { planForMany } from '../../deliveries/index.ts'
import { isEmptyAudience, resolveAudience } from '../audience.ts'
import type { AudienceBasis, GroupAudience } from '../schema.ts'
import { armSql, digestSql, drawKey, leftOutSql } from './assign.ts'

type Parts = readonly { number: number; share: number | null }[]
type Meant = { place: number; name: string; audience: GroupAudience; holdout: number; arms: Parts }

/** `named` are the fans that a group names by itself, whoever an earlier one has; null for all who remain. */
type Resolved = {
  place: number
  arms: Parts
  holdout: number
  /** What says who is in which arm; null where the group has one and nobody is left without. */
  key: string | null
  basis: AudienceBasis | null
  named: RawBuilder<AudienceRow> | null
}
type Drawn = Pick<Resolved, 'arms' | 'holdout' | 'key' | 'named'>

/** A fan with their arm; `left_out` says why they get nothing though they could be reached. */
type ArmedRow = AudienceRow & { arm: number; left_out: string | null }

export type ResolvedGroups = {
  /** A SELECT with fan_id, openid, following, arm and left_out of everybody that any group means, each once. */
  relation: RawBuilder<ArmedRow>
  groups: Resolved[]
}

/**
 * Whom a send with groups means at an instant: whoever an earlier group names is not in a later one, all who remain are
 * the followers that none names. Who is in which arm of a tested group is drawn person by person. Run it in the
 * transaction that uses the relation, as {@link resolveAudience}.
 */
export async function resolveGroups(
  ctx: Ctx,
  trx: Executor,
  {
    account,
    broadcast,
    now,
  }: { account: Account; broadcast: { id: string; groups: readonly Meant[] }; now: Date },
): Promise<ResolvedGroups> {
  const resolved: Resolved[] = []
  for (const { place, name, audience, holdout, arms } of broadcast.groups) {
    if (isEmptyAudience(audience))
      throw invalid('audience_empty', 'a group names nobody yet', {
        ...(broadcast.groups.length > 1 && { group: place, groupName: name }),
      })
    const isDrawn = arms.length > 1 || holdout > 0
    const key = isDrawn ? drawKey(ctx, { broadcastId: broadcast.id, place }) : null
    const group = { place, arms, holdout, key }
    if (audience.kind === 'remaining') resolved.push({ ...group, basis: null, named: null })
    else {
      const { relation, basis } = await resolveAudience(ctx, trx, { account, audience, now })
      resolved.push({ ...group, basis, named: relation })
    }
  }
  return { relation: armedRelation(account.id, resolved), groups: resolved }
}

export function armedRelation(accountId: string, groups: readonly Drawn[]): RawBuilder<ArmedRow> {
  const [first, ...others] = groups
  if (first?.named && others.length === 0 && first.key === null)
    return sql<ArmedRow>`select a.*, ${first.arms[0]?.number ?? 0}::int as arm, null::text as left_out from (${first.named}) a`
  const whose = first?.named && others.length === 0 ? fansOfOne(first.named) : fansOfAll(accountId, groups)
  const byGroup = <T>(of: (group: Drawn) => RawBuilder<T> | null) => {
    const cases = groups.flatMap((group, index) => {
      const value = of(group)
      return value === null ? [] : [sql`when ${index}::int then ${value}`]
    })
    return cases.length === 0 ? sql<T>`null` : sql<T>`case x.place ${sql.join(cases, sql` `)} end`
  }
  const digest = sql`d.digest`
  const key = byGroup((group) => (group.key === null ? null : sql`${group.key}::text`))
  const leftOut = byGroup(({ holdout }) => (holdout === 0 ? null : leftOutSql(holdout, digest)))
  const draws = groups.some((group) => group.key !== null)
    ? sql`cross join lateral (select ${digestSql(key, sql`x.contact_id::text`)} as digest offset 0) d`
    : sql``
  return sql<ArmedRow>`
    select x.fan_id, x.openid, x.following, ${byGroup(({ arms }) => armSql(arms, digest))} as arm, (${leftOut})::text as left_out
    from (${whose}) x ${draws}`
}

const fansOfOne = (named: RawBuilder<AudienceRow>) =>
  sql`select a.fan_id, a.openid, a.following, f.contact_id, 0 as place from (${named}) a join fans f on f.id = a.fan_id offset 0`

function fansOfAll(accountId: string, groups: readonly Drawn[]) {
  const inGroup = (index: number) => sql.ref(`g${index}`)
  const joins = groups.map(({ named }, index) =>
    named === null ? sql`` : sql`left join (${named}) ${inGroup(index)} on ${inGroup(index)}.fan_id = f.id`,
  )
  const cases = groups.map(({ named }, index) =>
    named === null
      ? sql`when f.following then ${index}::int`
      : sql`when ${inGroup(index)}.fan_id is not null then ${index}::int`,
  )
  return sql`
    select fan_id, openid, following, contact_id, place from (
      select f.id as fan_id, f.openid, f.following, f.contact_id, case ${sql.join(cases, sql` `)} end as place
      from fans f ${sql.join(joins, sql` `)} where f.account_id = ${accountId}::bigint offset 0) y
    where place is not null`
}

/**
 * How many each group names and how many of those an earlier one has, given how many were left to each of its arms.
 * Only a comparison group can have lost any.
 */
export async function countNamed(
  trx: Executor,
  groups: readonly Resolved[],
  left: (arm: number) => number,
): Promise<Map<number, { total: number; filtered: number }>> {
  const counts = new Map<number, { total: number; filtered: number }>()
  await planForMany(trx)
  for (const { place, arms, named } of groups) {
    const own = arms.reduce((sum, { number }) => sum + left(number), 0)
    const total = place === 0 || named === null ? own : await countOf(trx, named)
    counts.set(place, { total, filtered: total - own })
  }
  return counts
}

async function countOf(trx: Executor, named: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) as count from (${named}) a`.execute(trx)
  return Number(rows[0]?.count ?? 0)
}
