import type { Ask } from '../people/ask.ts'
import type { Identity } from '../people/claims.ts'
import { mergeAttributes } from './attributes.ts'
import { type Moved, nothingMoved, type Pair } from './moved.ts'
import { mergeTags } from './tags.ts'

export type Merge = Pair & { evidence: readonly Identity[] }
/** `linked`: named together by a trusted source; `unionid`: told by WeChat; `review`: decided by an operator. */
export type Cause = 'linked' | 'unionid' | 'review'
type Why = { now: Date; cause: Cause; by: string | null }

/**
 * Makes each source its target: fans, identities, tags and attributes move, an alias stays, and what moved is recorded
 * so that it can be taken back. No contact is deleted. No source is a target of the same call, nor has a unionid. The
 * caller holds the people. A few statements for as many merges as there are, more where one person swallows several.
 */
export async function applyMerges(ask: Ask, merges: readonly Merge[], why: Why): Promise<void> {
  let left = merges
  while (left.length > 0) {
    const taken = new Set<string>()
    const round: Merge[] = []
    for (const merge of left) {
      if (taken.has(merge.targetId)) continue
      taken.add(merge.targetId)
      round.push(merge)
    }
    await applyRound(ask, round, why)
    const done = new Set(round)
    left = left.filter((merge) => !done.has(merge))
  }
}

const PAIRS = 'unnest($1::bigint[], $2::bigint[]) as p (source, target)'

async function applyRound(ask: Ask, round: readonly Merge[], { now, cause, by }: Why): Promise<void> {
  const pairs = [round.map(({ sourceId }) => sourceId), round.map(({ targetId }) => targetId)] as const
  const moved = new Map<string, Moved>(round.map(({ sourceId }) => [sourceId, nothingMoved()]))
  await moveFans(ask, pairs, moved)
  await moveIdentities(ask, pairs, moved)
  await mergeTags(ask, round, moved)
  await mergeAttributes(ask, { round, moved, now })
  await moveAliases(ask, pairs, { moved, now, cause })
  await ask(
    `insert into contact_merges (source_id, target_id, cause, evidence, moved, merged_at, merged_by)
     select source, target, $5, evidence::jsonb, moved::jsonb, $6::timestamptz, $7::bigint
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) with ordinality
       as p (source, target, evidence, moved, ord)
     order by ord`,
    [
      ...pairs,
      round.map(({ evidence }) => JSON.stringify({ links: evidence })),
      round.map(({ sourceId }) => JSON.stringify(moved.get(sourceId))),
      cause,
      now,
      by,
    ],
  )
  await settleReviews(ask, pairs[1], { now, by })
}

type Pairs = readonly [readonly string[], readonly string[]]
type MovedOf = ReadonlyMap<string, Moved>

async function moveFans(ask: Ask, pairs: Pairs, moved: MovedOf): Promise<void> {
  const rows = await ask<{ source: string; id: string }>(
    `update fans f set contact_id = p.target from ${PAIRS} where f.contact_id = p.source returning p.source, f.id`,
    pairs,
  )
  for (const { source, id } of rows) moved.get(source)?.fans.push(id)
}

async function moveIdentities(ask: Ask, pairs: Pairs, moved: MovedOf): Promise<void> {
  const rows = await ask<{ source: string; kind: string; value: string }>(
    `update contact_identities i set contact_id = p.target from ${PAIRS}
     where i.contact_id = p.source returning p.source, i.kind, i.value`,
    pairs,
  )
  for (const { source, kind, value } of rows) moved.get(source)?.identities.push({ kind, value })
  const named = await ask<{ source: string; name: string }>(
    `update contacts t set name = s.name from ${PAIRS} join contacts s on s.id = p.source
     where t.id = p.target and t.name is null and s.name is not null returning p.source, t.name`,
    pairs,
  )
  for (const { source, name } of named) {
    const one = moved.get(source)
    if (one !== undefined) one.name = name
  }
}

async function moveAliases(
  ask: Ask,
  pairs: Pairs,
  { moved, now, cause }: { moved: MovedOf; now: Date; cause: Cause },
): Promise<void> {
  const rows = await ask<{ source: string; contact_id: string }>(
    `update contact_aliases a set merged_into = p.target from ${PAIRS}
     where a.merged_into = p.source returning p.source, a.contact_id`,
    pairs,
  )
  for (const { source, contact_id } of rows) moved.get(source)?.aliases.push(contact_id)
  await ask(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause)
     select source, target, $3::timestamptz, $4 from ${PAIRS}`,
    [...pairs, now, cause],
  )
}

/** Whoever has become one person is no longer to be decided about. */
async function settleReviews(
  ask: Ask,
  targets: readonly string[],
  { now, by }: { now: Date; by: string | null },
): Promise<void> {
  await ask(
    `with mine as (
       select t as id, t as person from unnest($1::bigint[]) as t
       union select contact_id, merged_into from contact_aliases where merged_into = any($1::bigint[]))
     update contact_reviews r set state = 'merged', decided_at = $2::timestamptz, decided_by = $3::bigint
     from mine a, mine b
     where r.state = 'open' and r.contact_a = a.id and r.contact_b = b.id and a.person = b.person`,
    [targets, now, by],
  )
}
