import type { PoolClient } from 'pg'
import { applyMerges } from '../merges/apply.ts'
import { noteReviews } from '../merges/note-reviews.ts'
import { type Ask, asking } from './ask.ts'
import { type Identity, identitiesOf, keyOf, type PersonClaim, type PersonRef } from './claims.ts'
import { lockContacts, lockIdentities } from './lock.ts'
import { type Member, type Plan, planPeople, rootOf, survivorOf } from './plan.ts'
import { attach, insertContacts, type Owner, selectFacts, selectKeptApart, selectOwners } from './rows.ts'

const ATTEMPTS = 4
const RETRYABLE = new Set(['40001', '40P01', '23505'])

type Named = { claim: PersonClaim; ids: Identity[] }

/**
 * The person of each claim, in its order, found or made, within the caller's transaction; merged and reviewed as
 * `planPeople` has it. Locks the people until the transaction ends, so that the log numbers one person's facts as they
 * are committed. At most 500 claims at a time; a few statements, however many. To be called before the transaction
 * locks fans, and in a transaction that isolates as `read committed`. A claim without a usable id (`identitiesOf`) is
 * an error with a code of SQL (22023): the content's fault.
 */
export async function findOrMakePeople(
  client: PoolClient,
  claims: readonly PersonClaim[],
  now: Date,
): Promise<PersonRef[]> {
  if (claims.length === 0) return []
  const ask = asking(client)
  const named = claims.map((claim) => ({ claim, ids: identitiesOf(claim) }))
  if (named.some(({ ids }) => ids.length === 0)) {
    throw Object.assign(new Error('a claim names nobody'), { code: '22023' })
  }
  for (let attempt = 1; ; attempt += 1) {
    await client.query('savepoint people')
    try {
      const people = await (attempt === 1 ? findSettled(ask, named) : makePeople(ask, named, now))
      if (people !== undefined) {
        await client.query('release savepoint people')
        return people
      }
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error
    }
    // Lets go of the people locked so far: identities are locked before them.
    await client.query('rollback to savepoint people')
  }
}

/** Where everybody is known and nothing is to be linked: two look-ups and the lock between them. */
async function findSettled(ask: Ask, named: readonly Named[]): Promise<PersonRef[] | undefined> {
  const identities = distinct(named)
  const before = await selectOwners(ask, identities)
  const people = named.map((one) => settledOwner(one, before))
  if (people.some((owner) => owner === undefined)) return undefined
  await lockContacts(ask, contactsOf(before))
  const after = await selectOwners(ask, identities)
  const same = [...before].every(([key, owner]) => after.get(key)?.contactId === owner.contactId)
  return same && after.size === before.size
    ? named.map((one, index) => refOf(one, people[index] as string, before))
    : undefined
}

/** The contact that all ids of a claim belong to; undefined where something is unknown or apart. */
function settledOwner({ claim, ids }: Named, owners: ReadonlyMap<string, Owner>): string | undefined {
  const found = ids.map((identity) => owners.get(keyOf(identity))?.contactId)
  if (found.includes(undefined)) return undefined
  if (!claim.mayLink) return found[0]
  return new Set(found).size === 1 ? found[0] : undefined
}

async function makePeople(ask: Ask, named: readonly Named[], now: Date): Promise<PersonRef[]> {
  const identities = distinct(named)
  await lockIdentities(ask, identities)
  const owners = await lockOwners(ask, identities)
  const contactIds = contactsOf(owners)
  const facts = await selectFacts(ask, contactIds)
  const plan = planPeople(named, {
    owners: new Map([...owners].map(([key, owner]) => [key, owner.contactId])),
    facts,
    keptApart: contactIds.length > 1 ? await selectKeptApart(ask, contactIds) : new Set(),
  })
  const idOf = await carryOut(ask, plan, now)
  const fans = await attach(
    ask,
    plan.attached.map(({ identity, to }) => ({ identity, contactId: idOf(to) })),
    now,
  )
  await noteReviews(
    ask,
    plan.reviews.map(({ a, b, ...review }) => ({ ...review, a: idOf(a), b: idOf(b) })),
    now,
  )
  for (const [key, fanId] of fans) owners.set(key, { contactId: '', fanId })
  return named.map((one, index) => refOf(one, idOf(plan.people[index] as Member), owners))
}

const LOOKS = 5

/** The owners of the identities, once none of them changes any more. */
async function lockOwners(ask: Ask, identities: readonly Identity[]): Promise<Map<string, Owner>> {
  const locked = new Set<string>()
  for (let look = 1; look <= LOOKS; look += 1) {
    const owners = await selectOwners(ask, identities)
    const missing = contactsOf(owners).filter((id) => !locked.has(id))
    if (missing.length === 0) return owners
    for (const id of await lockContacts(ask, missing)) locked.add(id)
  }
  throw Object.assign(new Error('people keep moving'), { code: '40001' })
}

/** Makes and merges; afterwards each member of the plan has a contact. */
async function carryOut(ask: Ask, { people, attached, reviews }: Plan, now: Date) {
  const all = [...people, ...attached.map(({ to }) => to), ...reviews.flatMap(({ a, b }) => [a, b])]
  const roots = [...new Set(all.map(rootOf))]
  const fresh = roots.filter((root) => root.facts.size === 0)
  const made = await insertContacts(ask, fresh.length, now)
  const ids = new Map(fresh.map((root, index) => [root, made[index] as string]))
  const merges = []
  for (const root of roots) {
    if (root.facts.size === 0) continue
    const target = survivorOf([...root.facts.values()])
    ids.set(root, target.id)
    const sources = [...root.facts.keys()].filter((id) => id !== target.id)
    merges.push(
      ...sources.map((sourceId, index) => ({
        sourceId,
        targetId: target.id,
        evidence: root.evidence[index] ?? [],
      })),
    )
  }
  await applyMerges(ask, merges, { now, cause: 'linked', by: null })
  return (member: Member): string => ids.get(rootOf(member)) as string
}

function refOf({ ids }: Named, contactId: string, owners: ReadonlyMap<string, Owner>): PersonRef {
  const openid = ids.find(({ kind }) => kind === 'openid')
  return { contactId, fanId: (openid && owners.get(keyOf(openid))?.fanId) ?? null }
}

const contactsOf = (owners: ReadonlyMap<string, Owner>): string[] => [
  ...new Set([...owners.values()].map(({ contactId }) => contactId)),
]

function distinct(named: readonly Named[]): Identity[] {
  const all = named.flatMap(({ ids }) => ids)
  return [...new Map(all.map((identity) => [keyOf(identity), identity])).values()]
}
