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
  /** Whether a row with an interval (of when we knew it) held at the instant; `alias` is its table. */
  holds(alias: string): RawBuilder<boolean>
  /** `from … s` over a table whose rows keep the contact they came with: merged people are found under each of their ids. */
  kept(table: RawBuilder<unknown>): RawBuilder<unknown>
  /** `from … s` over a table whose rows move when people merge. */
  moved(table: RawBuilder<unknown>): RawBuilder<unknown>
  /** What names the answer, for rows of either kind. */
  readonly keptKey: RawBuilder<string>
  readonly movedKey: RawBuilder<string>
  /** Everyone asked about, each once. */
  readonly everyone: Keys
  /** Those of a snapshot, where looking up each person asked about is cheaper than reading it whole; null where it isn't. */
  inSnapshot(snapshotId: string): Keys | null
}

/** Canonical people, each once. */
const PEOPLE = sql<{ k: string }>`
  select c.id as k from contacts c where not exists (select from contact_aliases gone where gone.contact_id = c.id)`

/** `now`: what holds in the database as the question is asked, whatever the clocks of those who wrote it say. */
export type When = 'now' | 'moments-ago' | 'earlier'

/**
 * Everybody at one instant. `earlier`: what was learned since doesn't count at all; `moments-ago`: of what was known then late
 * events count.
 */
export const everybodyAt = (at: Date, when: When): Frame => ({
  at: sql<Date>`${at.toISOString()}::timestamptz`,
  history: when === 'earlier',
  holds: (alias) =>
    when === 'now'
      ? sql<boolean>`${sql.ref(`${alias}.until`)} = 'infinity'`
      : heldAt(alias, sql`${at.toISOString()}::timestamptz`),
  kept: (table) => sql`from ${table} s left join contact_aliases became on became.contact_id = s.contact_id`,
  moved: (table) => sql`from ${table} s`,
  keptKey: sql<string>`coalesce(became.merged_into, s.contact_id)`,
  movedKey: sql<string>`s.contact_id`,
  everyone: PEOPLE,
  inSnapshot: () => null,
})

const heldAt = (alias: string, at: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(`${alias}.since`)} <= ${at} and ${sql.ref(`${alias}.until`)} > ${at}`

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
    holds: (alias) => heldAt(alias, sql`w.at`),
    kept: (table) => sql`from ${ids} join ${table} s on s.contact_id = w.id`,
    moved: (table) => sql`from ${people} join ${table} s on s.contact_id = w.contact_id`,
    keptKey: sql<string>`w.n`,
    movedKey: sql<string>`w.n`,
    everyone: sql<{ k: string }>`select w.n as k from ${people}`,
    inSnapshot: (snapshotId) => sql<{ k: string }>`select w.n as k from ${ids} join segment_chunks c
      on c.snapshot_id = ${snapshotId}::bigint and c.chunk = w.id >> 16
      where ((w.id & 65535) - 32768)::smallint = any(c.members)`,
  }
}
