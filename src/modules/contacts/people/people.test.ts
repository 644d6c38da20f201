import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import { bindAccount } from '../../accounts/index.ts'
import { findOrMakePeople, type PersonClaim } from '../index.ts'

let world: TestWorld
let accountId: string

beforeAll(async () => {
  world = await createTestWorld()
  accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
})
afterAll(() => world?.close())

const people = async (...claims: PersonClaim[]) => {
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin')
    const found = await findOrMakePeople(client, claims, world.ctx.clock.now())
    await client.query('commit')
    return found
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
const idOf = async (claim: Omit<PersonClaim, 'mayLink'>, mayLink = true) =>
  (await people({ ...claim, mayLink }))[0]?.contactId
const count = async (sql: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`, values)).rows[0]?.n
let serial = 0
const fresh = (what = 'u') => `${what}-${++serial}`

test('F1: an id finds the same person again, whichever of the linked ids it is', async () => {
  const [user, unionid, externalUser, anonymous] = [fresh(), fresh('U'), fresh('w'), fresh('a')]
  const phone = '138 0013 8000'
  const all = await idOf({ user, phone, unionid, externalUser, anonymous })
  for (const claim of [
    { user },
    { phone: '+86 13800138000' },
    { unionid },
    { externalUser },
    { anonymous },
  ]) {
    expect(await idOf(claim)).toBe(all)
  }
  expect(await count('contact_identities where contact_id = $1', [all])).toBe(4)
  expect(await count(`contact_identities where kind = 'phone' and value = '+8613800138000'`)).toBe(1)
})

test('F1: an openid nobody knew becomes a fan who is not known to follow, and is the same fan after', async () => {
  const openid = { accountId, openid: fresh('oNew') }
  const [first] = await people({ openid, mayLink: true })
  const [again] = await people({ openid, mayLink: false })
  expect(again).toEqual(first)
  expect(first?.fanId).not.toBeNull()
  expect(
    await count('fans where id = $1 and not following and detail_due_at is not null', [first?.fanId]),
  ).toBe(1)
})

test('F1: one batch names the same new person many times and makes one contact', async () => {
  const before = await count('contacts')
  const user = fresh()
  const found = await people(
    ...Array.from({ length: 300 }, (_, n) => ({ user, anonymous: `m${n % 7}`, mayLink: true })),
  )
  expect(new Set(found.map((one) => one.contactId)).size).toBe(1)
  expect(await count('contacts')).toBe((before as number) + 1)
})

test('F1: a hundred requests at once name the same new id: one contact', async () => {
  const before = await count('contacts')
  const user = fresh()
  const ids = await Promise.all(Array.from({ length: 100 }, () => idOf({ user })))
  expect(new Set(ids).size).toBe(1)
  expect(await count('contacts')).toBe((before as number) + 1)
})

test('F1: a visitor whom a server names becomes that person; what came from the visitor leads there', async () => {
  const [user, anonymous] = [fresh(), fresh('a')]
  const visitor = await idOf({ anonymous }, false)
  const person = await idOf({ user })
  expect(visitor).not.toBe(person)
  expect(await idOf({ user, anonymous })).toBe(person)
  expect(await idOf({ anonymous }, false)).toBe(person)
  expect(await count('contact_aliases where contact_id = $1 and merged_into = $2', [visitor, person])).toBe(1)
  expect(await count(`contact_merges where source_id = $1 and cause = 'linked'`, [visitor])).toBe(1)
})

test('F1: an anonymous id never joins a second person to the first who used it', async () => {
  const [one, two, anonymous] = [fresh(), fresh(), fresh('a')]
  const first = await idOf({ user: one, anonymous })
  const second = await idOf({ user: two, anonymous })
  expect(second).not.toBe(first)
  expect(await idOf({ anonymous })).toBe(first)
  expect(
    await count('contact_reviews where contact_a = any($1) or contact_b = any($1)', [[first, second]]),
  ).toBe(0)
})

test('a public key links nothing strong: what it says of user, phone or unionid names no known person', async () => {
  const [user, unionid, anonymous] = [fresh(), fresh('U'), fresh('a')]
  const person = await idOf({ user, unionid })
  const named = await idOf({ user, unionid, anonymous }, false)
  expect(named).not.toBe(person)
  expect(await idOf({ anonymous }, false)).toBe(named)
  const alone = await idOf({ user }, false)
  expect(alone).not.toBe(person)
  expect(await idOf({ user }, false)).toBe(alone)
  expect(await idOf({ user })).toBe(person)
})

test('a public key with a signed openid and a known visitor of someone else links them not', async () => {
  const [user, anonymous] = [fresh(), fresh('a')]
  const person = await idOf({ user, anonymous })
  const openid = { accountId, openid: fresh('oSigned') }
  const named = await idOf({ openid, anonymous }, false)
  expect(named).not.toBe(person)
  expect(await idOf({ openid, anonymous }, false)).toBe(named)
  expect(await idOf({ anonymous }, false)).toBe(person)
})

test.each([
  ['user', () => ({ user: fresh() }), () => ({ user: fresh() })],
  ['unionid', () => ({ unionid: fresh('U') }), () => ({ unionid: fresh('U') })],
  ['external_user', () => ({ externalUser: fresh('w') }), () => ({ externalUser: fresh('w') })],
  ['phone', () => ({ phone: '13800000001' }), () => ({ phone: '13800000002' })],
] as const)(
  'F1: people with a different %s are never merged: the pair goes to review',
  async (kind, one, two) => {
    const link = { accountId, openid: fresh('oLink') }
    const other = fresh('x')
    const extra = kind === 'user' ? { externalUser: other } : { user: other }
    const a = await idOf({ ...one(), openid: link })
    const b = await idOf({ ...two(), ...extra })
    const named = await idOf({ ...extra, openid: link })
    expect(a).not.toBe(b)
    expect(named).toBe(kind === 'user' ? b : b)
    const { rows } = await world.ctx.pool.query(
      'select conflicts, seen, state from contact_reviews where contact_a = least($1::bigint, $2) and contact_b = greatest($1::bigint, $2)',
      [a, b],
    )
    expect(rows).toEqual([{ conflicts: [kind], seen: 1, state: 'open' }])
  },
)

test('F1: a further phone of a known person is theirs', async () => {
  const user = fresh()
  const person = await idOf({ user, phone: '13800000011' })
  expect(await idOf({ user, phone: '13800000012' })).toBe(person)
  expect(await idOf({ phone: '13800000012' })).toBe(person)
})

test('F1: a phone that is another one’s does not take a new user id along', async () => {
  const [one, two] = [fresh(), fresh()]
  const first = await idOf({ user: one, phone: '13800000021' })
  const second = await idOf({ user: two, phone: '13800000021' })
  expect(second).not.toBe(first)
  expect(await idOf({ user: two })).toBe(second)
  expect(await idOf({ phone: '13800000021' })).toBe(first)
  expect(
    await count(`contact_reviews where conflicts = '["user"]' and contact_a = $1 and contact_b = $2`, [
      first,
      second,
    ]),
  ).toBe(1)
})

test.each([
  [{ phone: 'not a phone' }],
  [{ user: '' }],
  [{ user: 'x'.repeat(257) }],
  [{ user: 'a\0b' }],
  [{}],
])('a claim that names nobody (%j) is the content’s fault', async (claim) => {
  await expect(people({ ...claim, mayLink: true })).rejects.toMatchObject({ code: '22023' })
})

test('a batch of 500 claims takes a few statements, whether everybody is known, new or merged', async () => {
  const visitors = Array.from({ length: 500 }, () => fresh('v'))
  const known = visitors.map((anonymous) => ({ anonymous, mayLink: false }))
  const named = visitors.map((anonymous) => ({ user: fresh('n'), anonymous, mayLink: true }))
  await people(
    ...visitors.slice(0, 250).map((_, place) => ({ user: named[place]?.user as string, mayLink: true })),
  )
  const counted = async (claims: PersonClaim[]) => {
    const client = await world.ctx.pool.connect()
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    let statements = 0
    client.query = ((...args: unknown[]) => {
      statements += 1
      return query(...args)
    }) as typeof client.query
    try {
      await client.query('begin')
      const found = await findOrMakePeople(client, claims, world.ctx.clock.now())
      await client.query('commit')
      return { statements, people: new Set(found.map((one) => one.contactId)).size }
    } finally {
      client.query = query as typeof client.query
      client.release()
    }
  }
  const made = await counted(known)
  const again = await counted(known)
  const merged = await counted(named)
  expect([made.people, again.people, merged.people]).toEqual([500, 500, 500])
  expect(
    await count('contact_aliases where merged_into = any($1)', [
      (await people(...named)).map((one) => one.contactId),
    ]),
  ).toBe(250)
  expect(again.statements).toBeLessThanOrEqual(7)
  expect(made.statements).toBeLessThanOrEqual(20)
  expect(merged.statements).toBeLessThanOrEqual(40)
})
