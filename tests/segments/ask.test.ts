import fc from 'fast-check'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, withActor } from '../../src/context.ts'
import { estimateRule, samplePeople } from '../../src/modules/segments/ask/estimate.ts'
import { explainRule } from '../../src/modules/segments/ask/explain.ts'
import { leafCacheOf, Superseded } from '../../src/modules/segments/ask/leaves.ts'
import { peopleOf } from '../../src/modules/segments/ask/people.ts'
import { isGroup, type Rule, ruleSchema } from '../../src/modules/segments/schema/rule.ts'
import { seed, sized } from '../support/index.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'
import { BASE, makePopulation, type Population } from './population.ts'
import { isTrue } from './reference.ts'
import { anyRule } from './rules.ts'

let ours: TestWorld
let client: pg.Client
let world: Population

beforeAll(async () => {
  ours = await createTestWorld()
  client = new pg.Client({ connectionString: ours.databaseUrl })
  await client.connect()
  world = await makePopulation(client, seed)
})
afterAll(async () => {
  await client?.end()
  await ours?.close()
})

const at = new Date(BASE).toISOString()
const asking = () => ({ world, at: BASE, history: true })
const whom = (rule: Rule) => world.people.filter((person) => isTrue(rule, person, asking()))

/** Every node of a rule with its place, depth first. */
function* nodes(rule: Rule, path: number[] = []): Generator<{ path: number[]; node: Rule; parent?: Rule }> {
  yield { path, node: rule }
  if (isGroup(rule)) for (const [index, child] of rule.of.entries()) yield* nodes(child, [...path, index])
  else if (rule.kind === 'not') yield* nodes(rule.of, [...path, 0])
}

test('B4: the estimate is the number that a send at that instant finds, with what every condition leaves', async () => {
  await fc.assert(
    fc.asyncProperty(anyRule(world), async (drawn) => {
      const rule = ruleSchema.parse(drawn)
      const estimate = await estimateRule(ours.ctx, { rule, at, funnel: true })
      const relation = await peopleOf(ours.ctx, { rule, at: new Date(BASE) })
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from (${relation}) p`.execute(
        ours.ctx.db,
      )
      expect(estimate.count).toBe(whom(rule).length)
      expect(rows[0]?.n).toBe(estimate.count)
      expect(estimate.total).toBe(world.people.length)
      const expected = [...nodes(rule)]
      expect(estimate.clauses.map(({ path }) => path)).toEqual(expected.map(({ path }) => path))
      expect(estimate.clauses.map(({ alone }) => alone)).toEqual(
        expected.map(({ node }) => whom(node).length),
      )
      for (const { path, node } of expected) {
        if (!isGroup(node)) continue
        for (const index of node.of.keys()) {
          const clause = estimate.clauses.find((one) => one.path.join() === [...path, index].join())
          expect(clause?.running).toBe(whom({ ...node, of: node.of.slice(0, index + 1) }).length)
        }
      }
    }),
    { numRuns: sized(150, 2_000), seed, endOnFailure: false },
  )
}, 300_000)

test('G2: why somebody is in or out is told by the queries that decide, node by node', async () => {
  await fc.assert(
    fc.asyncProperty(anyRule(world), fc.constantFrom(...world.people), async (drawn, contactId) => {
      const rule = ruleSchema.parse(drawn)
      const answer = await explainRule(ours.ctx, { rule, contactId, at })
      expect(answer.nodes.map(({ path, passes }) => ({ path, passes }))).toEqual(
        [...nodes(rule)].map(({ path, node }) => ({ path, passes: isTrue(node, contactId, asking()) })),
      )
    }),
    { numRuns: sized(100, 1_000), seed, endOnFailure: false },
  )
}, 300_000)

test('G2: a person is explained by the id they had before they were merged', async () => {
  const [[merged, person]] = [...world.aliases] as [[string, string]]
  const rule: Rule = { kind: 'identity', has: 'fan' }
  expect(await explainRule(ours.ctx, { rule, contactId: merged })).toMatchObject({ contactId: person })
})

test('G2: what an attribute saw is its value', async () => {
  const [person, spans] = [...world.attributes].find(([, all]) =>
    all.some(({ key, since, until }) => key === 'points' && since <= BASE && until > BASE),
  ) as [string, { key: string; since: number; until: number; values: number[] }[]]
  const points = spans.find(({ key, since, until }) => key === 'points' && since <= BASE && until > BASE)
  const rule: Rule = { kind: 'attribute', attribute: 'points', test: { op: 'lt', value: -1 } }
  const answer = await explainRule(ours.ctx, { rule, contactId: person, at })
  expect(answer.nodes[0]).toMatchObject({ passes: false, saw: { value: points?.values[0] } })
})

test('B4: editing one condition asks the database for that one only', async () => {
  const cache = leafCacheOf(ours.ctx)
  cache.clear()
  const heavy: Rule = { kind: 'identity', has: 'phone' }
  await estimateRule(ours.ctx, { rule: heavy, at, funnel: false })
  // had it been asked again, it would find nobody now
  await client.query(
    `update contact_identities set kind = 'user', value = 'was ' || value where kind = 'phone'`,
  )
  const edited: Rule = {
    kind: 'and',
    of: [heavy, { kind: 'not', of: { kind: 'segment', segmentId: world.stored.id } }],
  }
  const cached = await estimateRule(ours.ctx, { rule: edited, at, funnel: true })
  expect(cached.clauses[1]?.alone).toBe(whom(heavy).length)
  cache.clear()
  const asked = await estimateRule(ours.ctx, { rule: edited, at, funnel: true })
  expect(asked.clauses[1]?.alone).toBe(0)
  await client.query(
    `update contact_identities set kind = 'phone', value = substr(value, 5) where value like 'was %'`,
  )
  cache.clear()
})

test('B4: an estimate nobody waits for is cancelled in the database', async () => {
  const slow: Rule = { kind: 'identity', has: 'user' }
  const lock = await ours.ctx.pool.connect()
  await lock.query('begin; lock table contact_identities in access exclusive mode')
  const gone = new AbortController()
  const estimate = estimateRule(ours.ctx, { rule: slow, at, funnel: false }, gone.signal)
  const ended = expect(estimate).rejects.toThrow(Superseded)
  for (;;) {
    const { rows } = await client.query(
      `select 1 from pg_locks where not granted and relation = 'contact_identities'::regclass`,
    )
    if (rows.length > 0) break
  }
  gone.abort()
  await ended
  await lock.query('rollback')
  lock.release()
})

const operatorOf = (accounts: string[] | null, role: 'operator' | 'analyst' = 'operator'): Actor => ({
  kind: 'operator',
  id: '1',
  name: 'x',
  role,
  accounts,
  locale: 'zh-CN',
})

test('F3: who may see one account counts and sees its people only', async () => {
  const [account = ''] = world.accounts
  const own = new Set(world.fans.filter((fan) => fan.account === account).map((fan) => fan.person))
  const ctx = withActor(ours.ctx, operatorOf([account]))
  const rule: Rule = { kind: 'not', of: { kind: 'identity', has: 'phone' } }
  const estimate = await estimateRule(ctx, { rule, at, funnel: false })
  expect(estimate.total).toBe(own.size)
  expect(estimate.count).toBe(whom(rule).filter((person) => own.has(person)).length)
  const people = await samplePeople(ctx, { rule, at, limit: 50 })
  expect(people.every(({ contactId }) => own.has(contactId))).toBe(true)
  const outside = world.people.find((person) => !own.has(person)) as string
  await expect(explainRule(ctx, { rule, contactId: outside, at })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('F3: samples are the same people as long as nothing changes, and shortened for analysts', async () => {
  const rule: Rule = { kind: 'identity', has: 'fan' }
  const first = await samplePeople(ours.ctx, { rule, limit: 5 })
  expect(first).toHaveLength(5)
  expect(await samplePeople(ours.ctx, { rule, limit: 5 })).toEqual(first)
  const masked = await samplePeople(withActor(ours.ctx, operatorOf(null, 'analyst')), { rule, limit: 5 })
  expect(masked.every(({ openid }) => openid?.includes('…'))).toBe(true)
})

test.each([
  [{ kind: 'attribute', attribute: "'; drop table contacts", test: { op: 'empty' } }, 'unknown_attribute'],
  [{ kind: 'attribute', attribute: 'points', test: { op: 'contains', value: '1' } }, 'test_not_for_type'],
  [{ kind: 'attribute', attribute: 'points', test: { op: 'is', values: ['many'] } }, 'not_a_number'],
  [{ kind: 'tag', match: 'any', tags: [{ of: 'own', tagId: '999999' }] }, 'unknown_tag'],
  [{ kind: 'fan', accountId: '999999', test: { fact: 'follows' } }, 'unknown_account'],
  [{ kind: 'segment', segmentId: '999999' }, 'unknown_segment'],
  [{ kind: 'detail', dataset: 'nothing', over: 'rows', window: { kind: 'ever' } }, 'unknown_dataset'],
  [{ kind: 'send', what: 'converted', broadcast: 'any' }, 'goal_missing'],
])('F3: %j is refused with its place and why: %s', async (raw, reason) => {
  const rule = ruleSchema.parse({
    kind: 'and',
    of: [
      { kind: 'identity', has: 'fan' },
      { kind: 'not', of: raw },
    ],
  })
  await expect(estimateRule(ours.ctx, { rule, at, funnel: false })).rejects.toMatchObject({
    reason: 'rule_invalid',
    detail: { problems: [{ path: [1, 0], reason }] },
  })
})

test('G5: an instant that has not come is refused', async () => {
  const rule: Rule = { kind: 'identity', has: 'fan' }
  const later = new Date(Date.now() + 60_000).toISOString()
  await expect(estimateRule(ours.ctx, { rule, at: later, funnel: false })).rejects.toMatchObject({
    reason: 'at_in_future',
  })
})
