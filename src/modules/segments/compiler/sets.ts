import { sql } from 'kysely'
import type { Keys } from './frame.ts'

/**
 * A set of people: those whom `keys` names, or, negated, everyone else. Keeping "everyone else" unspoken lets "and not"
 * be an anti join instead of the difference of a million and a few.
 */
export type PeopleSet = {
  keys: Keys
  negated: boolean
  /** Each key at most once. */
  unique: boolean
}

export const matching = (keys: Keys, unique = false): PeopleSet => ({ keys, negated: false, unique })
export const notMatching = (keys: Keys): PeopleSet => ({ keys, negated: true, unique: false })
export const NOBODY: PeopleSet = {
  keys: sql`select null::bigint as k where false`,
  negated: false,
  unique: true,
}
export const EVERYBODY: PeopleSet = { ...NOBODY, negated: true }

export const complement = (set: PeopleSet): PeopleSet => ({ ...set, negated: !set.negated })

const once = (set: PeopleSet): Keys => (set.unique ? set.keys : sql`select distinct d.k from (${set.keys}) d`)

/** 且. */
export function intersection(sets: readonly PeopleSet[]): PeopleSet {
  const [only] = sets
  if (sets.length === 1 && only !== undefined) return only
  const wanted = sets.filter((set) => !set.negated)
  const unwanted = sets.filter((set) => set.negated)
  const base = wanted.find((set) => set.unique) ?? wanted[0]
  if (base === undefined) return complement(gathered(unwanted))
  const others = wanted.filter((set) => set !== base)
  const tests = [
    ...others.map((set) => sql`exists (select from (${set.keys}) o where o.k = b.k)`),
    ...unwanted.map((set) => sql`not exists (select from (${set.keys}) o where o.k = b.k)`),
  ]
  return matching(sql`select b.k from (${once(base)}) b where ${sql.join(tests, sql` and `)}`, true)
}

/** 或. */
export function union(sets: readonly PeopleSet[]): PeopleSet {
  const [only] = sets
  if (sets.length === 1 && only !== undefined) return only
  if (sets.every((set) => !set.negated)) return gathered(sets)
  return complement(intersection(sets.map(complement)))
}

/** What any of the sets names, their negation left aside. */
const gathered = (sets: readonly PeopleSet[]): PeopleSet => {
  const [only] = sets
  if (sets.length === 1 && only !== undefined) return { ...only, negated: false }
  return matching(
    sql`${sql.join(
      sets.map((set) => sql`(${set.keys})`),
      sql` union `,
    )}`,
    true,
  )
}

/** The members themselves, each once. */
export const members = (set: PeopleSet, everyone: Keys): Keys =>
  set.negated
    ? sql`select e.k from (${everyone}) e where not exists (select from (${set.keys}) o where o.k = e.k)`
    : once(set)
