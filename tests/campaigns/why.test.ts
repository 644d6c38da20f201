import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHECK_NAMES } from '../../src/modules/deliveries/schema.ts'
import { type CampaignWorld, createCampaignWorld, ok } from './world.ts'

let world: CampaignWorld
beforeAll(async () => {
  world = await createCampaignWorld()
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `why.${++names}`
const every = (event: string) => ({ trigger: { kind: 'event', event: { event, where: [] } } })

test('G2: why has every check as it would be answered now, and names the cap with what counted in it', async () => {
  const cap = ok(
    await world.api<{ id: string }>('POST', '/api/limits/caps', {
      accountId: world.accountId,
      channel: null,
      purpose: 'marketing',
      most: 1,
      amount: 7,
      unit: 'day',
      calendar: false,
      action: 'drop',
      enabled: true,
    }),
  )
  const event = fresh()
  await world.start(every(event))
  await world.happen([{ name: event, person: 4 }])
  await world.follow()
  await world.deliver()
  const campaign = await world.start(every(fresh()))
  const checksOf = async (person: number) => {
    const { decision } = await world.why(campaign, world.contacts[person] as string)
    return new Map(decision?.checks?.map((one) => [one.check, one]))
  }
  const capped = await checksOf(4)
  expect([...capped.keys()]).toEqual([...CHECK_NAMES])
  expect(capped.get('frequency_cap')).toMatchObject({
    verdict: 'skip',
    reason: 'frequency_cap',
    detail: { capId: cap.id, most: 1, used: 1, amount: 7, unit: 'day' },
  })
  expect((await checksOf(5)).get('frequency_cap')).toMatchObject({ verdict: 'pass', reason: null })
  const draft = await world.draft()
  expect((await world.why(draft, world.contacts[4] as string)).decision).toBeNull()
})

test('G2: why says so where a segment of the audience has not been computed yet', async () => {
  const rule = { kind: 'behaviour', event: fresh(), where: [], window: { kind: 'ever' } }
  const { id } = ok(
    await world.api<{ id: string }>('POST', '/api/segments', {
      name: '还没算',
      accountId: world.accountId,
      updateKind: 'on_demand',
      rule,
    }),
  )
  const draft = await world.draft({ audience: { kind: 'segments', include: [id] } })
  const { steps } = await world.why(draft, world.contacts[1] as string)
  expect(steps).toMatchObject([
    { step: 'a_fan' },
    { step: 'audience_unknown', detail: { reason: 'segment_not_computed', name: '还没算' } },
  ])
})
