import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDue } from '../../src/modules/campaigns/lifecycle/due.ts'
import { beginPrepared } from '../../src/modules/campaigns/lifecycle/prepare.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { queueDue } from '../../src/modules/segments/snapshots/due.ts'
import { until } from '../support/until.ts'
import { type CampaignWorld, createCampaignWorld, HOUR, MINUTE, ok } from './world.ts'

let world: CampaignWorld
const PEOPLE = 4
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `refresh.${++names}`
const later = (ms: number) => new Date(world.now().getTime() + ms).toISOString()
const people = async (campaign: { id: string }) =>
  (await world.planned(campaign as never)).map(({ person }) => person).toSorted()
const did = (event: string) => ({
  kind: 'behaviour',
  event,
  where: [],
  window: { kind: 'ever' },
  measure: { of: 'count' },
  compare: { op: 'gte', value: 1 },
})
const crowd = (event: string) =>
  world.segment({ name: event, updateKind: 'on_demand', rule: did(`${event}.in`) })
const chosen = (...include: string[]) => ({ audience: { kind: 'segments', include } })
const onEvent = (event: string) => ({
  trigger: { kind: 'event', event: { event, where: [] }, check: 'stored' },
})

test('B7: a missed run that was agreed to waits for the refresh of its crowd like any other', async () => {
  const event = fresh()
  await world.happen([{ name: `${event}.in`, person: 1 }])
  const campaign = await world.start({
    trigger: { kind: 'once', at: later(HOUR), missed: 'ask' },
    ...chosen(await crowd(event)),
  })
  await world.happen([{ name: `${event}.in`, person: 2 }])
  world.forward(2 * HOUR)
  // its refresh stands in the lane, and nobody computes
  await queueDue(world.ctx)
  await openAsking(campaign)
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `update segment_snapshots set state = 'running', lease_until = clock_timestamp() + interval '1 minute'
     where state = 'queued' returning id`,
  )
  expect(rows).toHaveLength(1)
  const [run] = await world.runs(campaign)
  ok(await world.act(campaign, `runs/${run?.id}/decide`, { send: true }))
  await world.work()
  expect(await world.runs(campaign)).toMatchObject([{ state: 'due', planned: null }])
  await world.ctx.pool.query(
    `update segment_snapshots set lease_until = clock_timestamp() - interval '1 second' where id = $1`,
    [rows[0]?.id],
  )
  await until(async () => {
    await world.work()
    return (await people(campaign)).length > 0
  })
  expect(await people(campaign)).toEqual([1, 2])
  expect(await world.runs(campaign)).toMatchObject([{ state: 'running', reason: 'late' }])
})

async function openAsking(campaign: Campaign): Promise<void> {
  await openDue(world.ctx)
  expect(await world.runs(campaign)).toMatchObject([{ state: 'asking', reason: 'missed' }])
}

/** Its computation is taken out of the lane, as if somebody else were at it. */
const held = (segmentId: string | null) =>
  world.ctx.pool.query(
    `update segment_snapshots set state = 'running', lease_until = clock_timestamp() + interval '1 hour'
     where segment_id = $1 and state = 'queued'`,
    [segmentId],
  )
const computed = (segmentId: string | null) =>
  world.ctx.pool.query(
    `update segment_snapshots set lease_until = clock_timestamp() - interval '1 second' where segment_id = $1`,
    [segmentId],
  )

test('B7: edited to a crowd that is still being computed, it says that it prepares, and goes on once the crowd is there', async () => {
  const event = fresh()
  const campaign = await world.start(onEvent(event))
  await world.happen([{ name: `${event}.in`, person: 1 }])
  const audience = { kind: 'rule', rule: did(`${event}.in`), updateKind: 'on_demand' }
  const edited = await world.edit(campaign, { audience })
  expect(edited).toMatchObject({ state: 'preparing', startedAt: campaign.startedAt })
  await held(edited.segmentId)
  await world.work()
  expect((await world.read(campaign)).state).toBe('preparing')
  await computed(edited.segmentId)
  world.forward(MINUTE)
  await world.work()
  expect(await world.read(campaign)).toMatchObject({ state: 'running', startedAt: campaign.startedAt })
  await world.happen([1, 2].map((person) => ({ name: event, person })))
  await world.work()
  expect(await people(campaign)).toEqual([1])
})

test('B7: paused and edited so, it prepares once it is resumed; before its start, it is scheduled again', async () => {
  const [event, other] = [fresh(), fresh()]
  const paused = await world.start(onEvent(event))
  ok(await world.act(paused, 'pause'))
  const audience = { kind: 'rule', rule: did(`${event}.in`), updateKind: 'on_demand' }
  const edited = await world.edit(paused, { audience })
  expect(edited.state).toBe('paused')
  await held(edited.segmentId)
  expect(ok(await world.act(paused, 'resume')).state).toBe('preparing')
  await beginPrepared(world.ctx)
  expect((await world.read(paused)).state).toBe('preparing')
  await computed(edited.segmentId)
  await world.work()
  expect((await world.read(paused)).state).toBe('running')

  const from = later(HOUR)
  const waits = await world.start({ trigger: { ...onEvent(other).trigger, from } })
  expect(waits.state).toBe('scheduled')
  expect((await world.edit(waits, { audience })).state).toBe('preparing')
  await world.work()
  expect(await world.read(waits)).toMatchObject({ state: 'scheduled', startsAt: from })
})

test('B7: paused by the engine while it prepares, it prepares again once it is resumed', async () => {
  const event = fresh()
  const campaign = await world.start(onEvent(event))
  const audience = { kind: 'rule', rule: did(`${event}.in`), updateKind: 'on_demand' }
  const { segmentId } = await world.edit(campaign, { audience })
  await held(segmentId)
  await world.ctx.pool.query(
    `update sends set state = 'paused', pause_reason = 'content_refused', pause_detail = '{"errcode": 40008}' where id = $1`,
    [campaign.sendId],
  )
  await world.work()
  expect(await world.read(campaign)).toMatchObject({
    state: 'paused',
    pauseReason: 'content_refused',
    pauseDetail: { errcode: 40008 },
  })
  expect(ok(await world.act(campaign, 'resume')).state).toBe('preparing')
  await computed(segmentId)
  await world.work()
  expect((await world.read(campaign)).state).toBe('running')
})

test('B7: an edit to a crowd that was never computed, and that nobody computes, is refused and says which', async () => {
  const event = fresh()
  const campaign = await world.start(onEvent(event))
  const segment = { name: event, accountId: world.accountId, updateKind: 'on_demand', rule: did(event) }
  const { id } = ok(await world.api<{ id: string }>('POST', '/api/segments', segment))
  // put away before its turn came, and brought back
  ok(await world.api('POST', `/api/segments/${id}/archive`, {}))
  ok(await world.api('POST', `/api/segments/${id}/restore`, {}))
  const { revision } = await world.read(campaign)
  expect(await world.act(campaign, 'edit', { revision, plan: chosen(id) })).toMatchObject({
    status: 409,
    body: { error: { reason: 'segment_not_computed', detail: { segmentId: id, name: event } } },
  })
  expect(await world.read(campaign)).toMatchObject({ state: 'running', revision })
})
