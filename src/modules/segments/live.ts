import { type RawBuilder, sql } from 'kysely'
import { type Executor, prepare } from '../../infra/transaction.ts'
import type { ReactionEvent } from '../manifest.ts'
import { type Catalogue, members, peopleSet, questions } from './compiler/index.ts'
import { all, propertyFits } from './compiler/values.ts'
import type { EventMatch, Rule } from './schema/rule.ts'

/** What fires when such an event comes in and, where there is an audience, its person is in it. */
export type LiveRule = { id: string; event: EventMatch; audience: Rule | null; catalogue: Catalogue }
export type Fired = { ruleId: string; eventId: string }

/** Rules whose events these are, by the event's name: nothing is asked of the others. */
export type LiveRules = ReadonlyMap<string, readonly LiveRule[]>

export const byEvent = (rules: readonly LiveRule[]): LiveRules =>
  new Map(
    Object.entries(Object.groupBy(rules, (rule) => rule.event.event)).map(([name, own]) => [name, own ?? []]),
  )

/** Rules decided in one statement. */
const AT_ONCE = 25

/**
 * Which rules fire for which events, decided at one instant by the compiler that counts audiences: each rule is asked once
 * about all people its events name, and only the rules of names that came in. Events of nobody fire nothing.
 */
export async function decideEvents(
  db: Executor,
  rules: LiveRules,
  { events, at }: { events: readonly ReactionEvent[]; at: Date },
): Promise<Fired[]> {
  const people = await resolved(db, events)
  const asked: Asked[] = []
  for (const [name, own] of Object.entries(Object.groupBy(people, (event) => event.name))) {
    for (const rule of rules.get(name) ?? []) {
      const { accountId } = rule.event
      const fitting = (own ?? []).filter((event) => accountId === undefined || event.accountId === accountId)
      if (fitting.length > 0) asked.push({ rule, events: fitting })
    }
  }
  const filtered = await applyFilters(db, asked, at)
  const fired = filtered
    .filter(({ rule }) => rule.audience === null)
    .flatMap(({ rule, events: own }) => own.map(({ id }) => ({ ruleId: rule.id, eventId: id })))
  const audiences = filtered.flatMap(({ rule, events: own }) =>
    rule.audience === null || own.length === 0 ? [] : [inAudience(rule, rule.audience, own, at)],
  )
  return [...fired, ...(await together(db, audiences))]
}

type Asked = { rule: LiveRule; events: readonly ReactionEvent[] }
type Answer = RawBuilder<{ rule: string; event: string }>

async function together(db: Executor, parts: readonly Answer[]): Promise<Fired[]> {
  const fired: Fired[] = []
  for (let start = 0; start < parts.length; start += AT_ONCE) {
    const { rows } = await sql<{ rule: string; event: string }>`${sql.join(
      parts.slice(start, start + AT_ONCE),
      sql` union all `,
    )}`.execute(db)
    for (const { rule, event } of rows) fired.push({ ruleId: rule, eventId: event })
  }
  return fired
}

/** Events with whom they are about today; those of nobody are left out. */
async function resolved(db: Executor, events: readonly ReactionEvent[]): Promise<ReactionEvent[]> {
  const known = events.flatMap((event) => (event.contactId === null ? [] : [event.contactId]))
  if (known.length === 0) return []
  const { rows } = await sql<{ id: string; into: string }>`${prepare}
    select contact_id as id, merged_into as into from contact_aliases where contact_id = any(${known}::bigint[])`.execute(
    db,
  )
  const became = new Map(rows.map(({ id, into }) => [id, into]))
  return events.flatMap((event) =>
    event.contactId === null ? [] : [{ ...event, contactId: became.get(event.contactId) ?? event.contactId }],
  )
}

/** Filters on the event itself go first, apart: the query about people then knows how many it is about. */
async function applyFilters(db: Executor, asked: readonly Asked[], at: Date): Promise<Asked[]> {
  const instant = sql<Date>`${at.toISOString()}::timestamptz`
  const parts = asked
    .filter(({ rule }) => rule.event.where.length > 0)
    .map(
      ({ rule, events }): Answer => sql`
        select ${rule.id}::text as rule, s.n as event
        from unnest(${events.map(({ id }) => id)}::bigint[],
          ${events.map(({ properties }) => JSON.stringify(properties))}::jsonb[]) as s (n, properties)
        where ${all(rule.event.where.map((filter) => propertyFits(filter, instant)))}`,
    )
  const passed = new Set((await together(db, parts)).map(({ ruleId, eventId }) => `${ruleId}:${eventId}`))
  return asked.map(({ rule, events }) =>
    rule.event.where.length === 0
      ? { rule, events }
      : { rule, events: events.filter(({ id }) => passed.has(`${rule.id}:${id}`)) },
  )
}

function inAudience(rule: LiveRule, audience: Rule, events: readonly ReactionEvent[], at: Date): Answer {
  const asked = sql`
    select s.n, s.contact_id, ${at.toISOString()}::timestamptz as at
    from unnest(${events.map(({ id }) => id)}::bigint[], ${events.map(({ contactId }) => contactId)}::bigint[])
      as s (n, contact_id)`
  const frame = questions(asked, false)
  const keys = members(peopleSet(audience, frame, rule.catalogue), frame.everyone)
  return sql`select ${rule.id}::text as rule, q.k as event from (${keys}) q`
}
