import { type RawBuilder, sql } from 'kysely'

/** A SELECT of one column `k`: a person, or the number of a question. */
export type Keys = RawBuilder<{ k: string }>

/**
 * Whom a rule is asked about and when. The same leaves answer for everybody at one instant and for a list of
 * (person, instant): only where rows come from, what names the answer and what time it is differ.
 */
export type Frame = {
  /** The instant asked about, as an expression; in a list of questions a column. */
  readonly at: RawBuilder<Date>
  /** Facts learned after the instant are left out; not asked for where the instant is now. */
  readonly history: boolean
  /** `from … s` over a table whose rows keep the contact they came with: merged people are found under each of their ids. */
  kept(table: RawBuilder<unknown>): RawBuilder<unknown>
  /** `from … s` over a table whose rows move when people merge. */
  moved(table: RawBuilder<unknown>): RawBuilder<unknown>
  /** What names the answer, for rows of either kind. */
  readonly keptKey: RawBuilder<string>
  readonly movedKey: RawBuilder<string>
  /** Everyone asked about, each once. */
  readonly everyone: Keys
}

/** Canonical people, each once. */
const PEOPLE = sql<{ k: string }>`
  select c.id as k from contacts c where not exists (select from contact_aliases gone where gone.contact_id = c.id)`

/** Everybody at one instant. `history`: the instant lies in the past, and what was learned since doesn't count. */
export const everybodyAt = (at: Date, history: boolean): Frame => ({
  at: sql<Date>`${at.toISOString()}::timestamptz`,
  history,
  kept: (table) => sql`from ${table} s left join contact_aliases became on became.contact_id = s.contact_id`,
  moved: (table) => sql`from ${table} s`,
  keptKey: sql<string>`coalesce(became.merged_into, s.contact_id)`,
  movedKey: sql<string>`s.contact_id`,
  everyone: PEOPLE,
})

/**
 * Questions: a SELECT of `n` (unique, the answer's key), `contact_id` (canonical) and `at`. A handful to some thousands
 * of them; each leaf goes from the questions to the rows by its index.
 */
export function questions(asked: RawBuilder<unknown>, history: boolean): Frame {
  const people = sql`(${asked}) w`
  const ids = sql`(select w.n, w.at, i.id from (${asked}) w cross join lateral (
    select w.contact_id as id union all select a.contact_id from contact_aliases a where a.merged_into = w.contact_id) i) w`
  return {
    at: sql<Date>`w.at`,
    history,
    kept: (table) => sql`from ${ids} join ${table} s on s.contact_id = w.id`,
    moved: (table) => sql`from ${people} join ${table} s on s.contact_id = w.contact_id`,
    keptKey: sql<string>`w.n`,
    movedKey: sql<string>`w.n`,
    everyone: sql<{ k: string }>`select w.n as k from ${people}`,
  }
}
