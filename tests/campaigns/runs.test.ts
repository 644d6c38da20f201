import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDue } from '../../src/modules/campaigns/lifecycle/due.ts'
import { freezeNext } from '../../src/modules/campaigns/lifecycle/freeze.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { PAYMENT_EVENT } from '../../src/modules/deliveries/index.ts'
import { queueDue } from '../../src/modules/segments/snapshots/due.ts'
import { type CampaignWorld, createCampaignWorld, DAY, HOUR, MINUTE, ok } from './world.ts'

let world: CampaignWorld
const PEOPLE = 30
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `crowd.${++names}`
const later = (ms: number) => new Date(world.now().getTime() + ms)
const once = (fields: object) => ({ trigger: { kind: 'once', ...fields } })
const people = async (campaign: Campaign) =>
  (await world.planned(campaign)).map(({ person }) => person).toSorted((a, b) => a - b)
const everyone = Array.from({ length: PEOPLE }, (_, person) => person)

/** The next whole hour from now on, so that daily runs are where a test wants them. */
const atHour = (hours: number) => {
  const at = new Date(Math.ceil(world.now().getTime() / HOUR) * HOUR + hours * HOUR)
  return { at, time: new Date(at.getTime() + 8 * HOUR).toISOString().slice(11, 16) }
}
const daily = (times: string[], fields: object = {}) => ({
  trigger: { kind: 'repeat', schedule: { kind: 'daily', times }, ...fields },
})
const moveTo = (at: Date) => world.forward(at.getTime() - world.now().getTime())

async function crowd(persons: readonly number[], updateKind = 'on_demand') {
  const event = fresh()
  const add = (who: readonly number[]) => world.happen(who.map((person) => ({ name: event, person })))
  await add(persons)
  const rule = { kind: 'behaviour', event, where: [], window: { kind: 'ever' } }
  const id = await world.segment({ name: event, updateKind, rule })
  return { id, add, audience: { kind: 'segments', include: [id] } }
}

describe('定时单次', () => {
  test('A5, A7: at once: everyone once; running, then ended when nothing is on its way', async () => {
    const campaign = await world.start(once({ at: 'now' }))
    await world.work()
    expect(await people(campaign)).toEqual(everyone)
    expect((await world.read(campaign)).state).toBe('running')
    await world.deliver()
    await world.work()
    const ended = await world.read(campaign)
    expect(ended).toMatchObject({ state: 'ended', counts: { delivered: PEOPLE, planned: 0 } })
    expect(await world.runs(campaign)).toMatchObject([
      { state: 'done', planned: PEOPLE, counts: { delivered: PEOPLE } },
    ])
  })

  test('A5: at an instant, and not a millisecond before; also so long after the start', async () => {
    const at = later(HOUR)
    const set = await world.start(once({ at: at.toISOString() }))
    const delayed = await world.start(once({ at: { after: { amount: 1, unit: 'hour' } } }))
    expect(set).toMatchObject({ state: 'scheduled', nextAt: at.toISOString() })
    world.forward(HOUR - 1)
    await world.work()
    expect([await people(set), await people(delayed)]).toEqual([[], []])
    world.forward(1)
    await world.work()
    expect([await people(set), await people(delayed)]).toEqual([everyone, everyone])
  })

  test.each([
    ['send', 'running', 'running'],
    ['skip', 'skipped', 'ended'],
    ['ask', 'asking', 'scheduled'],
  ] as const)('a start missed by more than ten minutes of down-time: %s', async (missed, run, state) => {
    const campaign = await world.start(once({ at: later(HOUR).toISOString(), missed }))
    world.forward(HOUR + 10 * MINUTE + 1)
    await world.work()
    expect(await world.runs(campaign)).toMatchObject([{ state: run, detail: { minutesLate: 10 } }])
    expect((await world.read(campaign)).state).toBe(state)
    expect(await people(campaign)).toEqual(missed === 'send' ? everyone : [])
    if (missed === 'send') expect((await world.runs(campaign))[0]?.reason).toBe('late')
  })

  test('ten minutes late is on time', async () => {
    const campaign = await world.start(once({ at: later(HOUR).toISOString(), missed: 'skip' }))
    world.forward(HOUR + 10 * MINUTE)
    await world.work()
    expect(await people(campaign)).toEqual(everyone)
  })

  test.each([
    [true, 'running', PEOPLE],
    [false, 'ended', 0],
  ])('asked about a missed start, the answer %s is what happens, once', async (send, state, reached) => {
    const campaign = await world.start(once({ at: later(HOUR).toISOString(), missed: 'ask' }))
    world.forward(DAY)
    await world.work()
    const [run] = await world.runs(campaign)
    expect(await world.read(campaign)).toMatchObject({ asking: 1 })
    ok(await world.act(campaign, `runs/${run?.id}/decide`, { send }))
    expect(await world.act(campaign, `runs/${run?.id}/decide`, { send: true })).toMatchObject({
      status: 409,
      body: { error: { reason: 'run_not_asking' } },
    })
    await world.work()
    expect((await world.read(campaign)).state).toBe(state)
    expect(await people(campaign)).toHaveLength(reached)
  })

  test('design 5: an audience that is not the one shown is asked about, nobody is planned; agreed to, it goes', async () => {
    const { audience, add } = await crowd([1, 2])
    const campaign = await world.start({ ...once({ at: later(HOUR).toISOString() }), audience })
    await add(everyone.slice(3, 16))
    world.forward(HOUR)
    await world.work()
    expect(await people(campaign)).toEqual([])
    const [run] = await world.runs(campaign)
    expect(run).toMatchObject({ state: 'asking', reason: 'drift', detail: { expected: 2, now: 15 } })
    ok(await world.act(campaign, `runs/${run?.id}/decide`, { send: true }))
    await world.work()
    expect(await people(campaign)).toHaveLength(15)
  })

  test('A4: of everyone, those who did something in the account in the 48 hours before', async () => {
    const t = world.now()
    const ago = (ms: number) => new Date(t.getTime() - ms)
    await world.happen([
      { name: 'wechat.message', person: 1, at: ago(48 * HOUR - 1) },
      { name: 'wechat.menu_click', person: 2, at: ago(MINUTE) },
      { name: 'wechat.menu_view', person: 3, at: ago(MINUTE) },
      { name: 'wechat.follow', person: 4, at: ago(MINUTE) },
      { name: 'wechat.scan', person: 5, at: ago(MINUTE) },
      { name: 'wechat.message', person: 6, at: ago(48 * HOUR) },
      { name: 'wechat.unfollow', person: 7, at: ago(MINUTE) },
      { name: PAYMENT_EVENT, person: 8, at: ago(MINUTE), accountId: null },
    ])
    const campaign = await world.start(once({ audienceWindow: 'interacted-48h' }))
    await world.work()
    expect(await people(campaign)).toEqual([1, 2, 3, 4, 5, 8])
  })
})

describe('定时重复', () => {
  test('B6: every time reaches everyone again, each run once, until the end', async () => {
    const { at, time } = atHour(2)
    const until = new Date(at.getTime() + DAY).toISOString()
    const campaign = await world.start(daily([time], { until }))
    expect(campaign.nextAt).toBe(at.toISOString())
    for (let day = 0; day < 2; day += 1) {
      moveTo(new Date(at.getTime() + day * DAY))
      await world.work()
      await world.work()
    }
    expect(await people(campaign)).toHaveLength(2 * PEOPLE)
    await world.deliver()
    await world.work()
    expect((await world.read(campaign)).state).toBe('ended')
    expect(await world.runs(campaign)).toMatchObject([{ state: 'done' }, { state: 'done' }])
  })

  test.each([
    ['skip', ['skipped', 'skipped', 'running'], 1],
    ['send', ['skipped', 'skipped', 'running'], 1],
  ] as const)(
    'runs missed while nothing ran are written down (%s); one that is due now goes',
    async (missed, states, sent) => {
      const { at, time } = atHour(2)
      const campaign = await world.start(daily([time], { missed }))
      moveTo(new Date(at.getTime() + 2 * DAY))
      await world.work()
      expect((await world.runs(campaign)).map(({ state }) => state)).toEqual(states)
      expect(await people(campaign)).toHaveLength(sent * PEOPLE)
      await world.act(campaign, 'end')
    },
  )

  test.each([
    ['skip', ['skipped', 'skipped'], 0],
    ['send', ['skipped', 'running'], 1],
    ['ask', ['asking', 'asking'], 0],
  ] as const)('of those all missed, %s: %j', async (missed, states, sent) => {
    const { at, time } = atHour(2)
    const campaign = await world.start(daily([time], { missed }))
    moveTo(new Date(at.getTime() + DAY + HOUR))
    await world.work()
    const runs = (await world.runs(campaign)).map(({ state }) => state)
    expect(runs).toEqual(missed === 'ask' ? ['skipped', 'asking'] : states)
    expect(await people(campaign)).toHaveLength(sent * PEOPLE)
    await world.act(campaign, 'end')
  })

  test('B7: refreshed 15 minutes before each run, or kept as it was at the start', async () => {
    const { at, time } = atHour(2)
    const { audience, add } = await crowd([1])
    const refreshed = await world.start({ ...daily([time]), audience })
    const kept = await world.start({ ...daily([time], { refresh: false }), audience })
    moveTo(new Date(at.getTime() - 15 * MINUTE - 1))
    await world.work()
    await add([2])
    world.forward(1)
    await world.work()
    await add([3])
    moveTo(at)
    await world.work()
    expect(await people(refreshed)).toEqual([1, 2])
    expect(await people(kept)).toEqual([1])
    for (const one of [refreshed, kept]) await world.act(one, 'end')
  })

  test.each([
    ['last-good', 'running', 'last_good', [1]],
    ['dont-send', 'skipped', 'refresh_failed', []],
  ] as const)('B7: on a failed refresh: %s', async (onRefreshFailed, state, reason, reached) => {
    const { at, time } = atHour(2)
    const { audience, id } = await crowd([1])
    const campaign = await world.start({ ...daily([time], { onRefreshFailed }), audience })
    moveTo(new Date(at.getTime() - 15 * MINUTE))
    await queueDue(world.ctx)
    await world.ctx.pool.query(
      `update segment_snapshots set state = 'failed', finished_at = $2, failure_reason = 'internal'
       where segment_id = $1 and state = 'queued'`,
      [id, world.now()],
    )
    moveTo(at)
    await world.work()
    expect(await world.runs(campaign)).toMatchObject([{ state, reason }])
    expect(await people(campaign)).toEqual(reached)
    await world.act(campaign, 'end')
  })

  test('two processes on one due run freeze it once', async () => {
    const { at, time } = atHour(2)
    const campaign = await world.start(daily([time]))
    moveTo(at)
    const other = { ...(await world.another()), clock: world.ctx.clock }
    const never = new AbortController().signal
    for (const part of [openDue, freezeNext])
      await Promise.all([world.ctx, other, world.ctx, other].map((ctx) => part(ctx as never)))
    expect(never.aborted).toBe(false)
    expect(await world.runs(campaign)).toHaveLength(1)
    expect(await people(campaign)).toEqual(everyone)
    await world.act(campaign, 'end')
  })

  test('A7: paused over a run, it is treated as missed; ended early, the remaining are told off', async () => {
    const { at, time } = atHour(2)
    const campaign = await world.start(daily([time], { missed: 'ask' }))
    ok(await world.act(campaign, 'pause'))
    moveTo(new Date(at.getTime() + HOUR))
    await world.work()
    expect(await world.runs(campaign)).toEqual([])
    ok(await world.act(campaign, 'resume'))
    await world.work()
    expect(await world.runs(campaign)).toMatchObject([{ state: 'asking', reason: 'missed' }])
    expect(ok(await world.act(campaign, 'end')).state).toBe('ended')
    expect(await world.runs(campaign)).toMatchObject([{ state: 'skipped', reason: 'ended_early' }])
  })
})
