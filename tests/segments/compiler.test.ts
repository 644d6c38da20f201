import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decide } from '../../src/modules/segments/ask/people.ts'
import { compileRule, everybodyAt, readCatalogue } from '../../src/modules/segments/compiler/index.ts'
import { conditionsOf, type Rule, ruleSchema } from '../../src/modules/segments/schema/rule.ts'
import { seed, sized } from '../support/index.ts'
import { BASE, INSTANTS, openPopulation, type PopulationWorld } from './population.ts'
import { isTrue } from './reference.ts'
import { anyRule } from './rules.ts'

let db: PopulationWorld['db']
let client: PopulationWorld['client']
let world: PopulationWorld['world']
let open: PopulationWorld

beforeAll(async () => {
  open = await openPopulation(seed)
  ;({ db, client, world } = open)
})
afterAll(() => open?.close())

/** Only an instant of the past leaves out what was learned since. */
const ASKED = INSTANTS.map((at) => [at, at < BASE] as const)

async function found(rule: Rule, at: number, history: boolean): Promise<string[]> {
  const catalogue = await readCatalogue(db, rule, new Date(at))
  const { rows } = await sql<{
    k: string
  }>`${compileRule(rule, everybodyAt(new Date(at), history ? 'earlier' : 'moments-ago'), catalogue)}`.execute(
    db,
  )
  return rows.map((row) => row.k)
}

const expected = (rule: Rule, at: number, history: boolean) =>
  world.people.filter((person) => isTrue(rule, person, { world, at, history }))

const inOrder = (ids: readonly string[]) => [...ids].sort((a, b) => Number(a) - Number(b))

test('F3 B4: any rule finds exactly the people a slow reading of it finds, each once, now and at earlier instants', async () => {
  await fc.assert(
    fc.asyncProperty(anyRule(world), fc.constantFrom(...ASKED), async (rule, [at, history]) => {
      const parsed = ruleSchema.parse(rule)
      expect(inOrder(await found(parsed, at, history))).toEqual(inOrder(expected(parsed, at, history)))
    }),
    { numRuns: sized(2_000, 20_000), seed, endOnFailure: false },
  )
}, 300_000)

test('G2: asked person by person, each at an instant of their own, the answers are the same', async () => {
  await fc.assert(
    fc.asyncProperty(anyRule(world), async (rule) => {
      const parsed = ruleSchema.parse(rule)
      // which send is the newest is looked up once, as of the newest instant
      fc.pre(![...conditionsOf(parsed)].some((one) => one.kind === 'send' && one.broadcast === 'last'))
      const asked = world.people.map((contactId, n) => {
        const at = INSTANTS[n % INSTANTS.length] as number
        return { n, contactId, at: new Date(at) }
      })
      const catalogue = await readCatalogue(db, parsed, new Date(BASE))
      const answers = await decide(db, parsed, asked, { catalogue, history: true })
      const wanted = asked
        .filter(({ contactId, at }) => isTrue(parsed, contactId, { world, at: at.getTime(), history: true }))
        .map(({ n }) => n)
      expect([...answers].sort((a, b) => a - b)).toEqual(wanted)
    }),
    { numRuns: sized(1_000, 10_000), seed, endOnFailure: false },
  )
}, 300_000)

test.each([
  ['2026-11-18T16:00:00.000Z', 'on the first millisecond of the first day', true],
  ['2026-11-18T15:59:59.999Z', 'a millisecond before the first day', false],
  ['2026-11-20T15:59:59.999Z', 'on the last millisecond of the last day', true],
  ['2026-11-20T16:00:00.000Z', 'on the midnight after the last day', false],
])('F3: of 19 to 20 November in Beijing, %s (%s) is inside: %s', async (at, _words, inside) => {
  const name = `edge ${at}`
  await client.query(`insert into events (contact_id, name, at, received_at) values ($1, $2, $3, $3)`, [
    world.people[0],
    name,
    at,
  ])
  const rule = ruleSchema.parse({
    kind: 'behaviour',
    event: name,
    window: { kind: 'between', from: '2026-11-19', to: '2026-11-20' },
  })
  expect(await found(rule, BASE, false)).toEqual(inside ? [world.people[0]] : [])
})

test('F3: a rule of 500 conditions is answered', async () => {
  const rule = ruleSchema.parse({
    kind: 'or',
    of: Array.from({ length: 500 }, (_, index) => ({
      kind: 'behaviour',
      event: 'order',
      window: { kind: 'last', length: { amount: (index % 30) + 1, unit: 'day' } },
      compare: { op: 'gte', value: (index % 7) + 1 },
    })),
  })
  expect(inOrder(await found(rule, BASE, false))).toEqual(inOrder(expected(rule, BASE, false)))
})

test('F3: a segment that names itself through another holds nobody rather than asking for ever', async () => {
  const make = async () =>
    (
      await client.query<{ id: string }>(
        `insert into segments (name, update_kind, rule, created_at, updated_at)
         values ('circle', 'live', '{}', now(), now()) returning id`,
      )
    ).rows[0]?.id as string
  const [a, b] = [await make(), await make()]
  for (const [id, other] of [
    [a, b],
    [b, a],
  ])
    await client.query(`update segments set rule = $2 where id = $1`, [
      id,
      JSON.stringify({ kind: 'segment', segmentId: other }),
    ])
  expect(await found({ kind: 'segment', segmentId: a }, BASE, false)).toEqual([])
})
