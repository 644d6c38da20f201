import { type Identity, type IdentityKind, keyOf, type PersonClaim } from './claims.ts'

/** A contact as it was found. */
export type Facts = {
  id: string
  unionid: string | null
  hasFan: boolean
  /** User ids, WeCom ids and phones. */
  strong: readonly Identity[]
}

export type Review = { a: Member; b: Member; evidence: Identity[]; conflicts: IdentityKind[] }

/** A person as the batch sees them: contacts that turned out to be one, or someone new. */
export type Member = {
  facts: Map<string, Facts>
  held: Record<'user' | 'unionid' | 'external_user' | 'phone', Set<string>>
  strong: boolean
  /** What joined each further contact. */
  evidence: Identity[][]
  /** The claim that made it, while that one is still being read. */
  madeBy: PersonClaim | null
  into: Member | null
}

export type Plan = {
  /** In the order of the claims. */
  people: Member[]
  /** Identities nobody had, with whom they belong to now. */
  attached: { identity: Identity; to: Member }[]
  reviews: Review[]
}

export const rootOf = (member: Member): Member => {
  let root = member
  while (root.into !== null) root = root.into
  return root
}

type Known = {
  owners: ReadonlyMap<string, string>
  facts: ReadonlyMap<string, Facts>
  /** `a b` of contacts that someone decided to keep apart, smaller id first. */
  keptApart: ReadonlySet<string>
}
export const pairOf = (a: string, b: string): string => (BigInt(a) < BigInt(b) ? `${a} ${b}` : `${b} ${a}`)

/**
 * Reads the claims one after the other, as if each came alone. Ids of a linking claim make one person, unless both hold
 * a different unionid, user or WeCom id, or different phones, or were decided to stay apart: then the better id names
 * the person and the pair goes to review. An anonymous id joins nobody to anybody: it only follows a person while its
 * visitor has nothing else.
 */
export function planPeople(claims: readonly { claim: PersonClaim; ids: Identity[] }[], known: Known): Plan {
  const members = new Map<string, Member>()
  const owners = new Map<string, Member>()
  const plan: Plan = { people: [], attached: [], reviews: [] }
  const ownerOf = (identity: Identity): Member | undefined => {
    const key = keyOf(identity)
    const owner = owners.get(key)
    if (owner !== undefined) return rootOf(owner)
    const id = known.owners.get(key)
    const facts = id === undefined ? undefined : known.facts.get(id)
    if (id === undefined || facts === undefined) return undefined
    const member = members.get(id) ?? memberOf(facts)
    members.set(id, member)
    owners.set(key, member)
    return rootOf(member)
  }
  const give = (identity: Identity, to: Member): Member => {
    owners.set(keyOf(identity), to)
    plan.attached.push({ identity, to })
    hold(to, identity)
    return to
  }
  for (const { claim, ids } of claims) {
    let person: Member | undefined
    let first: Identity | undefined
    for (const identity of ids) {
      const owner = ownerOf(identity)
      if (person === undefined) {
        person = owner ?? give(identity, newMember(claim))
        first = identity
      } else if (!claim.mayLink) {
        if (owner === undefined) give(identity, person)
      } else {
        const other = owner ?? give(identity, newMember(claim))
        person = join(plan, known, { person, other, evidence: [first as Identity, identity] })
      }
    }
    plan.people.push(person as Member)
    settle(plan, claim)
  }
  return plan
}

type Link = { person: Member; other: Member; evidence: [Identity, Identity] }

function join(plan: Plan, known: Known, { person, other, evidence }: Link): Member {
  if (person === other) return person
  if (evidence[1].kind === 'anonymous' && other.strong) return person
  if (isKeptApart(known, person, other)) return person
  const conflicts = conflictsOf(person, other)
  if (conflicts.length > 0) {
    plan.reviews.push({ a: person, b: other, evidence, conflicts })
    return person
  }
  const both = person.facts.size > 0 && other.facts.size > 0
  for (const [id, facts] of other.facts) person.facts.set(id, facts)
  for (const kind of KINDS) for (const value of other.held[kind]) person.held[kind].add(value)
  person.evidence.push(...other.evidence, ...(both ? [evidence] : []))
  person.strong ||= other.strong
  if (other.madeBy === null) person.madeBy = null
  other.into = person
  return person
}

/** Whoever a claim made is like anyone else for the next one. */
function settle(plan: Plan, claim: PersonClaim): void {
  for (const { to } of plan.attached) if (to.madeBy === claim) to.madeBy = null
}

const KINDS = ['user', 'unionid', 'external_user', 'phone'] as const

/** What proves two people different; an id that was just named for the first time proves less than a phone does. */
export function conflictsOf(a: Member, b: Member): IdentityKind[] {
  return KINDS.filter((kind) => {
    if (kind === 'phone' && (a.madeBy !== null || b.madeBy !== null)) return false
    const [one, two] = [a.held[kind], b.held[kind]]
    return one.size > 0 && two.size > 0 && ![...one].some((value) => two.has(value))
  })
}

function isKeptApart({ keptApart }: Known, a: Member, b: Member): boolean {
  if (keptApart.size === 0) return false
  return [...a.facts.keys()].some((one) => [...b.facts.keys()].some((two) => keptApart.has(pairOf(one, two))))
}

function newMember(claim: PersonClaim | null): Member {
  const held = {
    user: new Set<string>(),
    unionid: new Set<string>(),
    external_user: new Set<string>(),
    phone: new Set<string>(),
  }
  return { facts: new Map(), held, strong: false, evidence: [], madeBy: claim, into: null }
}

export function memberOf(facts: Facts): Member {
  const member = newMember(null)
  member.facts.set(facts.id, facts)
  member.strong = facts.hasFan
  for (const identity of facts.strong) hold(member, identity)
  if (facts.unionid !== null) hold(member, { kind: 'unionid', value: facts.unionid })
  return member
}

function hold(member: Member, { kind, value }: Identity): void {
  if (kind === 'anonymous') return
  member.strong = true
  if (kind !== 'openid') member.held[kind].add(value)
}

/**
 * Who stays of contacts that are one person: the one with a unionid, else with a fan, else with a strong identity, else
 * the oldest; the others become aliases of it.
 */
export function survivorOf(people: readonly Facts[]): Facts {
  const rank = (one: Facts) => (one.unionid !== null ? 3 : one.hasFan ? 2 : one.strong.length > 0 ? 1 : 0)
  return people.reduce((best, one) => {
    if (rank(one) !== rank(best)) return rank(one) > rank(best) ? one : best
    return BigInt(one.id) < BigInt(best.id) ? one : best
  })
}
