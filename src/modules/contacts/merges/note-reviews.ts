import type { Ask } from '../people/ask.ts'
import type { Identity, IdentityKind } from '../people/claims.ts'
import { pairOf } from '../people/plan.ts'

export type Doubt = {
  a: string
  b: string
  evidence: readonly Identity[]
  conflicts: readonly IdentityKind[]
}

/** One shared phone must not fill the list: more doubts about one person than this are not noted. */
const MAX_OPEN_PER_PERSON = 100

/** Pairs that something links and something keeps apart, for an operator to decide; one already there is counted on. */
export async function noteReviews(ask: Ask, doubts: readonly Doubt[], now: Date): Promise<void> {
  const pairs = Map.groupBy(
    doubts.filter(({ a, b }) => a !== b),
    ({ a, b }) => pairOf(a, b),
  )
  if (pairs.size === 0) return
  const rows = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))
  await ask(
    `insert into contact_reviews as r (contact_a, contact_b, evidence, conflicts, seen, created_at, last_seen_at)
     select a, b, evidence::jsonb, conflicts::jsonb, seen, $6::timestamptz, $6::timestamptz
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::int[]) as i (a, b, evidence, conflicts, seen)
     where exists (select from contact_reviews o where o.contact_a = i.a and o.contact_b = i.b)
       or ((select count(*) from contact_reviews o where o.contact_a = i.a and o.state = 'open') < ${MAX_OPEN_PER_PERSON}
         and (select count(*) from contact_reviews o where o.contact_b = i.b and o.state = 'open') < ${MAX_OPEN_PER_PERSON})
     on conflict (contact_a, contact_b) do update
       set seen = r.seen + excluded.seen, last_seen_at = excluded.last_seen_at`,
    [
      rows.map(([pair]) => pair.split(' ')[0]),
      rows.map(([pair]) => pair.split(' ')[1]),
      rows.map(([, some]) => JSON.stringify({ links: some[0]?.evidence ?? [] })),
      rows.map(([, some]) => JSON.stringify(some[0]?.conflicts ?? [])),
      rows.map(([, some]) => some.length),
      now,
    ],
  )
}
