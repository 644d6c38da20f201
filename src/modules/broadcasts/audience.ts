import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Account } from '../accounts/index.ts'
import { type AudienceRow, audienceRelation } from '../contacts/index.ts'
import { namedIn, peopleOf, type SegmentPeople, segmentPeople } from '../segments/index.ts'
import { pathsFor } from './rules.ts'
import type { AudienceBasis, BroadcastAudience, GroupAudience, Path } from './schema.ts'

type Role = AudienceBasis['segments'][number]['role']
type Named = { id: string; role: Role }
type People = RawBuilder<{ contact_id: string }>

function named(audience: BroadcastAudience): Named[] {
  const as = (role: Role) => (id: string) => ({ id, role })
  if (audience.kind === 'rule') return namedIn(audience.rule).map(as('condition'))
  if (audience.kind !== 'segments') return []
  return [...audience.include.map(as('include')), ...audience.exclude.map(as('exclude'))]
}

/** The segments that any of these groups names, each once. */
export const segmentsIn = (groups: readonly { audience: GroupAudience }[]): string[] => [
  ...new Set(
    groups.flatMap(({ audience }) =>
      audience.kind === 'remaining' ? [] : named(audience).map(({ id }) => id),
    ),
  ),
]

/** Which snapshot each segment answered with; null for live ones. */
export const snapshotsOf = (bases: readonly (AudienceBasis | null)[]): Map<string, string | null> =>
  new Map(
    bases
      .flatMap((basis) => basis?.segments ?? [])
      .map(({ segmentId, snapshotId }) => [segmentId, snapshotId]),
  )

export type ResolvedAudience = {
  /** A SELECT with fan_id, openid and following of exactly the fans of the account that are meant, each once. */
  relation: RawBuilder<AudienceRow>
  basis: AudienceBasis | null
}

/**
 * Whom a broadcast means at an instant. Run it in the transaction that uses the relation: segments and rules are asked
 * in that snapshot. `segment_not_computed` and `segment_refresh_failed` where a segment can't answer.
 */
export async function resolveAudience(
  ctx: Ctx,
  trx: Executor,
  { account, audience, now }: { account: Account; audience: BroadcastAudience; now: Date },
): Promise<ResolvedAudience> {
  if (audience.kind !== 'segments' && audience.kind !== 'rule')
    return { relation: audienceRelation(account.id, audience), basis: null }
  const segments: (SegmentPeople & Named)[] = []
  for (const one of named(audience)) {
    const people = await segmentPeople(ctx, one.id, { db: trx })
    segments.push({ ...people, ...one })
  }
  const relation =
    audience.kind === 'rule'
      ? fansOf(account.id, await peopleOf(ctx, { rule: audience.rule, accountId: account.id, at: now }, trx))
      : chosenFans(account.id, audience, segments)
  return { relation, basis: basisOf(segments, now) }
}

type Chosen = Extract<BroadcastAudience, { kind: 'segments' }>

/** Nobody is named yet. */
export const isEmptyAudience = (audience: GroupAudience): boolean =>
  audience.kind === 'segments' && audience.include.length + (audience.tags?.length ?? 0) === 0

/** Fans in any of the segments or with any of the tags, without those in or with any of the others. */
function chosenFans(
  accountId: string,
  { tags = [], excludeTags = [] }: Chosen,
  segments: readonly (SegmentPeople & Named)[],
): RawBuilder<AudienceRow> {
  if (tags.length + excludeTags.length === 0) return fansOf(accountId, membersOf(segments))
  const joined = (role: Role, name: string) => {
    const relations = of(segments, role)
    return relations.length === 0
      ? sql`left join (select null::bigint as contact_id) ${sql.ref(name)} on false`
      : sql`left join (select distinct contact_id from (${gathered(relations)}) r) ${sql.ref(name)} on ${sql.ref(name)}.contact_id = f.contact_id`
  }
  return sql<AudienceRow>`select f.id as fan_id, f.openid, f.following
    from fans f ${joined('include', 'i')} ${joined('exclude', 'e')}
    where f.account_id = ${accountId}::bigint and (i.contact_id is not null or f.tag_ids && ${tags}::int[])
      and e.contact_id is null and not f.tag_ids && ${excludeTags}::int[]`
}

/** Everyone of those included without anyone of those excluded. */
function membersOf(segments: readonly (SegmentPeople & Named)[]): People {
  const excluded = of(segments, 'exclude')
  const without =
    excluded.length === 0
      ? sql``
      : sql`where not exists (select from (${gathered(excluded)}) x where x.contact_id = i.contact_id)`
  return sql<{
    contact_id: string
  }>`select i.contact_id from (${gathered(of(segments, 'include'))}) i ${without}`
}

const of = (segments: readonly (SegmentPeople & Named)[], role: Role): People[] =>
  segments.filter((one) => one.role === role).map((one) => one.relation)

const gathered = (relations: readonly People[]) =>
  sql.join(
    relations.map((relation) => sql`select contact_id from (${relation}) r`),
    sql` union `,
  )

const fansOf = (accountId: string, people: People): RawBuilder<AudienceRow> =>
  sql<AudienceRow>`select f.id as fan_id, f.openid, f.following
    from (${people}) p join fans f on f.contact_id = p.contact_id and f.account_id = ${accountId}::bigint`

const basisOf = (segments: readonly (SegmentPeople & Named)[], now: Date): AudienceBasis => ({
  at: now.toISOString(),
  segments: segments.map(({ id, name, role, version, snapshotId, asOf }) => ({
    segmentId: id,
    name,
    role,
    version,
    snapshotId,
    asOf: asOf.toISOString(),
  })),
})

type Problem = { reason: string; detail: Record<string, unknown> }

/**
 * Why an account can't send to an audience on a path; null where it can. A subscription account can't send by list: a
 * segment has to become a WeChat tag first (`segment_needs_tag`).
 */
export function pathProblem(
  account: Parameters<typeof pathsFor>[0],
  audience: GroupAudience,
  path: Path,
): Problem | null {
  const available = pathsFor(account, audience)
  if (available.includes(path)) return null
  const byPeople = audience.kind === 'segments' || audience.kind === 'rule'
  if (byPeople && available.length === 0) return { reason: 'segment_needs_tag', detail: {} }
  return { reason: 'path_not_available', detail: { path, available } }
}

export function requirePath(
  account: Parameters<typeof pathsFor>[0],
  audience: GroupAudience,
  path: Path,
): void {
  const problem = pathProblem(account, audience, path)
  if (problem !== null)
    throw invalid(problem.reason, 'the account can not send to this audience that way', problem.detail)
}
