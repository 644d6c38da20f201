import { sql } from 'kysely'
import { type Condition, isGroup, type Rule } from '../schema/rule.ts'
import type { Catalogue } from './catalogue.ts'
import { isFact, postgresFacts } from './facts.ts'
import type { Frame, Keys } from './frame.ts'
import { attributePeople } from './leaves/attribute.ts'
import { campaignPeople } from './leaves/campaign.ts'
import { fanPeople } from './leaves/fan.ts'
import { identityPeople } from './leaves/identity.ts'
import { sendPeople } from './leaves/send.ts'
import { tagPeople } from './leaves/tag.ts'
import { complement, intersection, matching, members, NOBODY, type PeopleSet, union } from './sets.ts'

export { type Catalogue, readCatalogue } from './catalogue.ts'
export { everybodyAt, type Frame, type Keys, questions, type When } from './frame.ts'
export { complement, intersection, members, type PeopleSet, union } from './sets.ts'

/** What a tree of 且, 或 and 非 is worked out with: queries, or sets of bits. */
export type Algebra<T> = {
  leaf(condition: Condition): T
  and(parts: readonly T[]): T
  or(parts: readonly T[]): T
  not(part: T): T
}

/** The one walk over a rule. `visit` sees every node's result with its place, children before parents. */
export function walk<T>(
  rule: Rule,
  algebra: Algebra<T>,
  visit: (path: readonly number[], result: T, children: readonly T[]) => void = () => undefined,
  path: readonly number[] = [],
): T {
  if (isGroup(rule)) {
    const parts = rule.of.map((child, index) => walk(child, algebra, visit, [...path, index]))
    const result = rule.kind === 'and' ? algebra.and(parts) : algebra.or(parts)
    visit(path, result, parts)
    return result
  }
  if (rule.kind === 'not') {
    const part = walk(rule.of, algebra, visit, [...path, 0])
    const result = algebra.not(part)
    visit(path, result, [part])
    return result
  }
  const result = algebra.leaf(rule)
  visit(path, result, [])
  return result
}

/** A rule as a SELECT of `k`: everyone asked about of whom it is true, each once. Every value is a bound parameter. */
export function compileRule(rule: Rule, frame: Frame, catalogue: Catalogue): Keys {
  return members(peopleSet(rule, frame, catalogue), frame.everyone)
}

/** The same, its negation left unspoken, to be combined further. `within`: live segments being unfolded. */
export function peopleSet(
  rule: Rule,
  frame: Frame,
  catalogue: Catalogue,
  within: readonly string[] = [],
): PeopleSet {
  return walk<PeopleSet>(rule, {
    leaf: (condition) => leafPeople(condition, frame, catalogue, within),
    and: intersection,
    or: union,
    not: complement,
  })
}

function leafPeople(
  condition: Condition,
  frame: Frame,
  catalogue: Catalogue,
  within: readonly string[],
): PeopleSet {
  if (isFact(condition)) return postgresFacts.people(condition, frame, catalogue)
  switch (condition.kind) {
    case 'attribute':
      return attributePeople(condition, frame, catalogue)
    case 'tag':
      return tagPeople(condition, frame)
    case 'fan':
      return fanPeople(condition, frame)
    case 'identity':
      return identityPeople(condition.has, frame)
    case 'send':
      return sendPeople(condition, frame, catalogue)
    case 'campaign':
      return campaignPeople(condition, frame)
    case 'segment':
      return segmentPeople(condition.segmentId, frame, catalogue, within)
  }
}

/** A live segment is its rule, asked in the same frame; any other the members of its snapshot, merged ones found. */
function segmentPeople(id: string, frame: Frame, catalogue: Catalogue, within: readonly string[]): PeopleSet {
  const segment = catalogue.segments.get(id)
  // a circle is refused when a rule is saved; should there be one, it holds nobody
  if (segment === undefined || within.includes(id)) return NOBODY
  const fansOnly = (set: PeopleSet) =>
    segment.accountId === null ? set : intersection([set, fansOf([segment.accountId], frame)])
  if (segment.rule !== null) return fansOnly(peopleSet(segment.rule, frame, catalogue, [...within, id]))
  if (segment.snapshotId === null) return NOBODY
  const lookedUp = frame.inSnapshot(segment.snapshotId)
  if (lookedUp !== null) return matching(lookedUp)
  const stored = sql`(select m as contact_id from segment_member_ids(${segment.snapshotId}::bigint) m)`
  // as long as nobody merged since, members are who they were, each once
  return segment.mergedSince
    ? matching(sql`select ${frame.keptKey} as k ${frame.kept(stored)}`)
    : matching(sql`select ${frame.movedKey} as k ${frame.moved(stored)}`, true)
}

/** Everyone known as a fan of one of the accounts, following or not. */
export const fansOf = (accountIds: readonly string[], frame: Frame): PeopleSet =>
  matching(sql`select ${frame.movedKey} as k ${frame.moved(sql`fans`)}
    where s.account_id = any(${[...accountIds]}::bigint[])`)
