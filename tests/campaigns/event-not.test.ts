import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideWaits } from '../../src/modules/campaigns/triggers/waits.ts'
import { seed, sized } from '../support/size.ts'
import { type CampaignWorld, createCampaignWorld, HOUR, MINUTE, type NewEvent } from './world.ts'

let world: CampaignWorld
beforeAll(async () => {
  world = await createCampaignWorld(12)
})
afterAll(() => world?.close())

let names = 0
const pair = () => ({ a: `a.${++names}`, b: `b.${names}` })
const WITHIN = 20 * MINUTE
const without = ({ a, b }: { a: string; b: string }, fields: object = {}) => ({
  trigger: {
    kind: 'event-not',
    event: { event: a, where: [] },
    without: { event: b, where: [] },
    within: { amount: 20, unit: 'minute' },
    ...fields,
  },
})
const after = (at: Date, ms: number) => new Date(at.getTime() + ms)
const people = async (campaign: { id: string }) =>
  (await world.planned(campaign as never)).map(({ person }) => person)
const states = async (campaign: { id: string }) => {
  const { rows } = await world.ctx.pool.query<{ state: string; n: number }>(
    'select state, count(*)::int as n from campaign_waits where campaign_id = $1 group by 1',
    [campaign.id],
  )
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

test('B8: B counts at A’s own instant and up to the last millisecond; before A, and one later, it doesn’t', async () => {
  const { a, b } = pair()
  const campaign = await world.start(without({ a, b }))
  const t = world.now()
  await world.happen([
    // B before A, in the log and in time
    { name: b, person: 1, at: after(t, -1) },
    ...[1, 2, 3, 4, 5].map((person): NewEvent => ({ name: a, person, at: t })),
    { name: b, person: 2, at: t },
    { name: b, person: 3, at: after(t, WITHIN) },
    { name: b, person: 4, at: after(t, WITHIN + 1) },
  ])
  await world.work()
  expect(await people(campaign)).toEqual([])
  world.forward(WITHIN + 4_999)
  await world.work()
  expect(await people(campaign)).toEqual([])
  world.forward(1)
  await world.work()
  expect((await people(campaign)).toSorted()).toEqual([1, 4, 5])
  expect(await states(campaign)).toEqual({ fired: 3, did_b: 2 })
})

test('B8: a B on its way for five seconds after the deadline counts by its own time; a millisecond longer, and it doesn’t', async () => {
  const { a, b } = pair()
  const campaign = await world.start(without({ a, b }))
  const t = world.now()
  await world.happen([1, 2].map((person) => ({ name: a, person, at: t })))
  await world.follow()
  await world.happen([
    { name: b, person: 1, at: after(t, WITHIN), receivedAt: after(t, WITHIN + 5_000) },
    { name: b, person: 2, at: after(t, WITHIN), receivedAt: after(t, WITHIN + 5_001) },
  ])
  world.forward(WITHIN + HOUR)
  await world.work()
  expect(await people(campaign)).toEqual([2])
})

test('B8: A and B may come in in any order, also together and hours late', async () => {
  const { a, b } = pair()
  const campaign = await world.start(without({ a, b }))
  const t = world.now()
  world.forward(3 * HOUR)
  const late = { receivedAt: world.now() }
  await world.happen([
    { name: b, person: 1, at: after(t, MINUTE), ...late },
    { name: a, person: 1, at: t, ...late },
    { name: a, person: 2, at: t, ...late },
  ])
  await world.work()
  expect(await people(campaign)).toEqual([])
  world.forward(5_000)
  await world.work()
  expect(await people(campaign)).toEqual([2])
})

test('B8: A is not its own B where both are the same kind of event', async () => {
  const { a } = pair()
  const where = [{ property: 'page', type: 'text', test: { op: 'is', values: ['cart'] } }]
  const campaign = await world.start(without({ a, b: a }, { event: { event: a, where } }))
  await world.happen([
    { name: a, person: 1, properties: { page: 'cart' } },
    { name: a, person: 2, properties: { page: 'cart' } },
    { name: a, person: 2, properties: { page: 'paid' } },
  ])
  await world.follow()
  world.forward(WITHIN + 5_000)
  await world.work()
  expect(await people(campaign)).toEqual([1])
})

test('B8: reached counts from the end of B’s time, and the limit per person counts messages, not firings', async () => {
  const { a, b } = pair()
  const reach = { kind: 'delay', length: { amount: 10, unit: 'minute' } }
  const campaign = await world.start(without({ a, b }, { reach, perPerson: 1 }))
  const t = world.now()
  await world.happen([
    { name: a, person: 1, at: t },
    { name: b, person: 1, at: after(t, 1) },
    { name: a, person: 1, at: after(t, 2) },
    { name: a, person: 1, at: after(t, 3) },
  ])
  await world.follow()
  world.forward(WITHIN + 6_000)
  await world.work()
  expect(await world.planned(campaign)).toMatchObject([
    { person: 1, dueAt: after(t, 2 + WITHIN + 10 * MINUTE) },
  ])
  expect(await states(campaign)).toEqual({ did_b: 1, fired: 1, limited: 1 })
})

test('B7: asked live, who has left the audience by the time of firing is told so and gets nothing', async () => {
  const { a, b } = pair()
  const rule = {
    kind: 'not',
    of: { kind: 'behaviour', event: `${a}.left`, where: [], window: { kind: 'ever' } },
  }
  const campaign = await world.start({
    ...without({ a, b }, { check: 'live' }),
    audience: { kind: 'rule', rule, updateKind: 'live' },
  })
  await world.happen([1, 2].map((person) => ({ name: a, person })))
  await world.follow()
  await world.happen([{ name: `${a}.left`, person: 1 }])
  world.forward(WITHIN + 5_000)
  await world.work()
  expect(await people(campaign)).toEqual([2])
  expect((await world.why(campaign, world.contacts[1] as string)).steps.map(({ step }) => step)).toEqual([
    'a_fan',
    'not_in_audience',
    'events',
    'wait_left',
  ])
})

test('B8: ended by hand, firings that wait come to nothing; ended by its time, they are still decided', async () => {
  const { a, b } = pair()
  const until = after(world.now(), MINUTE).toISOString()
  const byHand = await world.start(without({ a, b }))
  const byTime = await world.start(without({ a, b }, { until }))
  await world.happen([{ name: a, person: 1 }])
  await world.follow()
  expect((await world.act(byHand, 'end')).body.state).toBe('ended')
  world.forward(MINUTE + 5_000)
  await world.work()
  expect((await world.read(byTime)).state).toBe('running')
  world.forward(WITHIN)
  await world.work()
  expect([await states(byHand), await states(byTime)]).toEqual([{ cancelled: 1 }, { fired: 1 }])
  await world.deliver()
  await world.work()
  expect((await world.read(byTime)).state).toBe('ended')
})

/** The obvious reading: everything of one person looked at again for every A. */
function obvious(
  events: readonly (NewEvent & { at: Date; receivedAt: Date })[],
  a: string,
  b: string,
  n: number,
) {
  const fired: { person: number; at: number }[] = []
  for (const person of new Set(events.map((event) => event.person))) {
    const own = events.filter((event) => event.person === person)
    const reached = own.filter(({ name }) => name === a).filter((_, index) => (index + 1) % n === 0)
    for (const event of reached) {
      const deadline = event.at.getTime() + WITHIN
      const decided = Math.max(deadline, event.receivedAt.getTime()) + 5_000
      const followed = own.some(
        (other) =>
          other.name === b &&
          other.at >= event.at &&
          other.at.getTime() <= deadline &&
          other.receivedAt.getTime() <= decided,
      )
      if (!followed) fired.push({ person, at: event.at.getTime() })
    }
  }
  return fired
}

const sorted = <T extends { person: number; at: number }>(rows: readonly T[]) =>
  rows.map(({ person, at }) => `${person}@${at}`).toSorted()

test('B8: over random streams, firings are those of an obvious reading, whatever the order and lateness', async () => {
  const times = fc.constantFrom(0, 1, 60_000, WITHIN - 1, WITHIN, WITHIN + 1, WITHIN + 5_000, 2 * WITHIN)
  const lateness = fc.constantFrom(0, 1, 4_999, 5_000, 5_001, WITHIN, HOUR)
  const one = fc.record({
    kind: fc.constantFrom('a', 'a', 'b'),
    person: fc.integer({ min: 0, max: 4 }),
    at: times,
    late: lateness,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 3 }),
      async (stream, n) => {
        const { a, b } = pair()
        const campaign = await world.start(without({ a, b }, { count: { mode: 'every', n } }))
        const t = world.now()
        const events = stream.map(({ kind, person, at, late }) => ({
          name: kind === 'a' ? a : b,
          person,
          at: after(t, at),
          receivedAt: after(t, at + late),
        }))
        await world.happen(events)
        await world.follow()
        world.forward(6 * HOUR)
        while ((await decideWaits(world.ctx)) > 0);
        const rows = await world.planned(campaign)
        const { rows: when } = await world.ctx.pool.query<{ id: string; at: Date }>(
          'select id, at from events where id = any($1::bigint[])',
          [rows.map(({ eventId }) => eventId)],
        )
        const atOf = new Map(when.map((row) => [row.id, row.at.getTime()]))
        const fired = rows.map(({ person, eventId }) => ({ person, at: atOf.get(eventId) ?? 0 }))
        expect(sorted(fired)).toEqual(sorted(obvious(events, a, b, n)))
        await world.act(campaign, 'end')
      },
    ),
    { numRuns: sized(25, 300), seed, endOnFailure: true },
  )
}, 280_000)
