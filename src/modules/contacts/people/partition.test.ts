import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seed, sized } from '../../../../tests/support/index.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import { bindAccount } from '../../accounts/index.ts'
import { findOrMakePeople, type PersonClaim, type PersonRef } from '../index.ts'

let world: TestWorld
let accountId: string
let run = 0

beforeAll(async () => {
  world = await createTestWorld()
  accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
})
afterAll(() => world?.close())

const ORDER = ['user', 'unionid', 'externalUser', 'openid', 'phone', 'anonymous'] as const
type Kind = (typeof ORDER)[number]
type Drawn = { ids: Partial<Record<Kind, number>>; mayLink: boolean }

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    ids: fc.record(
      Object.fromEntries(ORDER.map((kind) => [kind, fc.integer({ min: 0, max: 3 })])) as Record<
        Kind,
        fc.Arbitrary<number>
      >,
      { requiredKeys: [] },
    ),
    mayLink: fc.boolean(),
  })
  .filter(({ ids, mayLink }) =>
    (mayLink ? ORDER : (['openid', 'anonymous'] as const)).some((kind) => kind in ids),
  )

/** One after the other over plain sets of ids, as the rules are told. */
function reference(claims: readonly Drawn[]): Set<string>[] {
  let people: Set<string>[] = []
  const kindOf = (id: string) => id.split(' ')[0]
  const isStrong = (one: Set<string>) => [...one].some((id) => kindOf(id) !== 'anonymous')
  const differ = (a: Set<string>, b: Set<string>, kind: Kind) =>
    [...a].some((id) => kindOf(id) === kind) && [...b].some((id) => kindOf(id) === kind)
  for (const { ids, mayLink } of claims) {
    const fresh = new Set<Set<string>>()
    let person: Set<string> | undefined
    for (const kind of mayLink ? ORDER : (['openid', 'anonymous'] as const)) {
      if (ids[kind] === undefined) continue
      const id = `${kind} ${ids[kind]}`
      let owner = people.find((one) => one.has(id))
      if (owner === undefined) {
        owner = new Set([id])
        people.push(owner)
        fresh.add(owner)
      }
      if (person === undefined) person = owner
      if (owner === person) continue
      if (!mayLink && !fresh.has(owner)) continue
      if (kind === 'anonymous' && isStrong(owner)) continue
      const apart = (['user', 'unionid', 'externalUser'] as const).some((one) =>
        differ(person as Set<string>, owner, one),
      )
      const phones = !fresh.has(owner) && !fresh.has(person) && differ(person, owner, 'phone')
      if (apart || phones) continue
      for (const one of owner) person.add(one)
      if (!fresh.has(owner)) fresh.delete(person)
      people = people.filter((one) => one !== owner)
    }
  }
  return people
}

const phoneOf = (n: number) => `+8613${String(run % 1000).padStart(3, '0')}00000${n}`
const claimOf = ({ ids, mayLink }: Drawn): PersonClaim => {
  const claim: PersonClaim = { mayLink }
  for (const kind of ORDER) {
    const n = ids[kind]
    if (n === undefined) continue
    if (kind === 'openid') claim.openid = { accountId, openid: `o${run}_${n}` }
    else claim[kind] = kind === 'phone' ? phoneOf(n) : `${kind}${run}.${n}`
  }
  return claim
}

async function feed(claims: readonly PersonClaim[]): Promise<PersonRef[]> {
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin')
    const found = await findOrMakePeople(client, claims, world.ctx.clock.now())
    await client.query('commit')
    return found
  } finally {
    client.release()
  }
}

/** `kind n` → contact, as the database has it. */
async function partition(): Promise<Map<string, string>> {
  const { rows } = await world.ctx.pool.query<{ id: string; contact_id: string }>(
    `select case kind when 'external_user' then 'externalUser' else kind end || ' ' || right(value, 1) as id, contact_id
       from contact_identities where value like any($1)
     union all select 'unionid ' || right(unionid, 1), id from contacts where unionid like $2
     union all select 'openid ' || right(openid, 1), contact_id from fans where openid like $3`,
    [
      [`user${run}.%`, `externalUser${run}.%`, `anonymous${run}.%`, `${phoneOf(0).slice(0, -1)}%`],
      `unionid${run}.%`,
      `o${run}\\_%`,
    ],
  )
  return new Map(rows.map((row) => [row.id, row.contact_id]))
}

test('F1: any sequence of claims, in batches of any size, leaves the people that one after the other leaves', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 25 }),
      async (claims, sizes) => {
        run += 1
        const refs: PersonRef[] = []
        for (let at = 0, turn = 0; at < claims.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number
          refs.push(...(await feed(claims.slice(at, at + size).map(claimOf))))
          at += size
        }
        const expected = reference(claims)
        const found = await partition()
        const groups = Map.groupBy([...found.keys()], (id) => found.get(id))
        const sorted = (sets: Iterable<Iterable<string>>) =>
          [...sets].map((one) => [...one].sort().join()).sort()
        expect(sorted(groups.values())).toEqual(sorted(expected))
        await namesThePerson(claims, refs, found)
      },
    ),
    { numRuns: sized(60, 600), seed },
  )
})

/** Each claim got the person of its best id, under an id that leads there today; aliases are flat. */
async function namesThePerson(
  claims: readonly Drawn[],
  refs: readonly PersonRef[],
  found: ReadonlyMap<string, string>,
): Promise<void> {
  const ids = refs.map((ref) => ref.contactId)
  const { rows } = await world.ctx.pool.query<{ contact_id: string; merged_into: string }>(
    'select contact_id, merged_into from contact_aliases where contact_id = any($1)',
    [ids],
  )
  const aliases = new Map(rows.map((row) => [row.contact_id, row.merged_into]))
  for (const [index, { ids: named, mayLink }] of claims.entries()) {
    const kind = (mayLink ? ORDER : (['openid', 'anonymous'] as const)).find((one) => one in named) as Kind
    const today = aliases.get(ids[index] as string) ?? ids[index]
    expect(today).toBe(found.get(`${kind} ${named[kind]}`))
    expect(aliases.has(today as string)).toBe(false)
  }
}
