import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReactionEvent } from '../../src/modules/manifest.ts'
import { readCatalogue } from '../../src/modules/segments/compiler/index.ts'
import { byEvent, decideEvents } from '../../src/modules/segments/live.ts'
import { type Rule, ruleSchema } from '../../src/modules/segments/schema/rule.ts'
import { seed, sized } from '../support/index.ts'
import { BASE, openPopulation, type PopulationWorld } from './population.ts'
import { isTrue } from './reference.ts'
import { anyRule } from './rules.ts'

let db: PopulationWorld['db']
let world: PopulationWorld['world']
let open: PopulationWorld

beforeAll(async () => {
  open = await openPopulation(seed)
  ;({ db, world } = open)
})
afterAll(() => open?.close())

const at = new Date(BASE)
const reactionEvents = (): ReactionEvent[] =>
  world.events.slice(0, 120).map((event, index) => ({
    id: String(index + 1),
    accountId: event.account,
    contactId: index % 11 === 0 ? null : event.person,
    fanId: null,
    sourceId: null,
    name: event.name,
    at: new Date(event.at),
    receivedAt: new Date(event.at),
    properties: event.properties,
  }))

test('B8: each rule fires for the events of its name whose people its audience holds now, and for no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRule(world), { minLength: 1, maxLength: 4 }), async (audiences) => {
      const events = reactionEvents()
      const catalogues = await Promise.all(
        audiences.map((rule) => readCatalogue(db, ruleSchema.parse(rule), at)),
      )
      const rules = audiences.map((rule, index) => ({
        id: `r${index}`,
        event: { event: index % 2 === 0 ? 'view' : 'order', where: [] },
        audience: ruleSchema.parse(rule) as Rule,
        catalogue: catalogues[index] as (typeof catalogues)[number],
      }))
      const fired = await decideEvents(db, byEvent(rules), { events, at })
      const wanted = rules.flatMap((rule) =>
        events
          .filter(({ name, contactId }) => name === rule.event.event && contactId !== null)
          .filter(({ contactId }) => {
            const person = world.aliases.get(contactId as string) ?? (contactId as string)
            return isTrue(rule.audience, person, { world, at: BASE, history: false })
          })
          .map(({ id }) => `${rule.id}:${id}`),
      )
      expect(fired.map(({ ruleId, eventId }) => `${ruleId}:${eventId}`).sort()).toEqual(wanted.sort())
    }),
    { numRuns: sized(100, 1_000), seed, endOnFailure: false },
  )
}, 300_000)

test('B8: filters on the event itself decide before anybody is asked about, and 60 rules are decided as one is', async () => {
  const events = reactionEvents()
  const catalogue = await readCatalogue(db, { kind: 'identity', has: 'fan' }, at)
  const rules = Array.from({ length: 60 }, (_, index) => ({
    id: String(index),
    event: {
      event: 'order',
      where: [{ property: 'price', type: 'number' as const, test: { op: 'gte' as const, value: index * 5 } }],
    },
    audience: null,
    catalogue,
  }))
  const fired = await decideEvents(db, byEvent(rules), { events, at })
  const price = (event: ReactionEvent) => Number(event.properties['price'] ?? Number.NaN)
  for (const rule of rules) {
    const expected = events.filter(
      (event) =>
        event.name === 'order' &&
        event.contactId !== null &&
        event.properties['price'] !== '1e9' &&
        price(event) >= Number(rule.id) * 5,
    )
    expect(fired.filter(({ ruleId }) => ruleId === rule.id)).toHaveLength(expected.length)
  }
})
