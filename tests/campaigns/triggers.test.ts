import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CampaignWorld, createCampaignWorld, HOUR, MINUTE } from './world.ts'

let world: CampaignWorld
beforeAll(async () => {
  world = await createCampaignWorld(20)
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `did.${++names}`
const every = (event: string, fields: object = {}) => ({
  trigger: { kind: 'event', event: { event, where: [] }, ...fields },
})
const people = async (campaign: Parameters<CampaignWorld['planned']>[0]) =>
  (await world.planned(campaign)).map(({ person }) => person)

describe('完成A', () => {
  test('A4: fires every time a fan does it, for nobody else, and knows what happened', async () => {
    const event = fresh()
    const campaign = await world.start(every(event))
    expect(campaign.state).toBe('running')
    await world.happen([
      { name: event, person: 1 },
      { name: 'other', person: 2 },
      { name: event, person: 1, properties: { total: 5 } },
      { name: event, person: 3 },
    ])
    await world.follow()
    expect(await people(campaign)).toEqual([1, 1, 3])
    expect(
      (await world.planned(campaign)).every(({ dueAt }) => dueAt.getTime() === world.now().getTime()),
    ).toBe(true)
    const { rows } = await world.ctx.pool.query(
      `select context from deliveries where send_id = $1 and context #>> '{properties,total}' = '5'`,
      [campaign.sendId],
    )
    expect(rows).toHaveLength(1)
    expect((await world.figures(campaign)).triggered).toEqual({ events: 3, people: 2, firings: 3 })
  })

  test('A4: an event of another account is not of this one, unless the plan names it; one of none is', async () => {
    const event = fresh()
    const other = (
      await world.ctx.pool.query<{ id: string }>(
        `insert into accounts (kind, name, appid, secret_encrypted, callback_key, callback_token_encrypted,
           callback_aes_key_encrypted, verified, created_at)
         values ('service', '另一个', 'wx0123456789abcdef', '', 'other', '', '', true, now()) returning id`,
      )
    ).rows[0]?.id as string
    const here = await world.start(every(event))
    const there = await world.start({
      trigger: { kind: 'event', event: { event, where: [], accountId: other } },
    })
    await world.happen([
      { name: event, person: 1, accountId: other },
      { name: event, person: 2, accountId: null },
      { name: event, person: 3 },
    ])
    await world.follow()
    expect(await people(here)).toEqual([2, 3])
    expect(await people(there)).toEqual([1])
  })

  test('B8: events that don’t fit the filters on their properties don’t count', async () => {
    const event = fresh()
    const where = [{ property: 'total', type: 'number', test: { op: 'gte', value: 100 } }]
    const campaign = await world.start({ trigger: { kind: 'event', event: { event, where } } })
    await world.happen([
      { name: event, person: 1, properties: { total: 99.99 } },
      { name: event, person: 2, properties: { total: '100' } },
      { name: event, person: 3 },
    ])
    await world.follow()
    expect(await people(campaign)).toEqual([2])
  })

  test('B8: only between start and end by the event’s own time, both included', async () => {
    const event = fresh()
    const from = new Date(world.now().getTime() + HOUR)
    const until = new Date(from.getTime() + HOUR)
    const campaign = await world.start(every(event, { from: from.toISOString(), until: until.toISOString() }))
    expect(campaign.state).toBe('scheduled')
    const ms = (at: Date, by: number) => new Date(at.getTime() + by)
    await world.happen([
      { name: event, person: 1, at: ms(from, -1) },
      { name: event, person: 2, at: from },
      { name: event, person: 3, at: until },
      { name: event, person: 4, at: ms(until, 1) },
    ])
    world.forward(HOUR)
    await world.work()
    expect(await people(campaign)).toEqual([2, 3])
    expect((await world.read(campaign)).state).toBe('running')
    world.forward(HOUR + 4_999)
    await world.work()
    expect((await world.read(campaign)).state).toBe('running')
    world.forward(1)
    await world.deliver()
    await world.work()
    expect((await world.read(campaign)).state).toBe('ended')
  })

  test('B8: reaches after a delay, or at a clock time', async () => {
    const event = fresh()
    const late = await world.start(
      every(event, { reach: { kind: 'delay', length: { amount: 90, unit: 'minute' } } }),
    )
    const clock = await world.start(every(event, { reach: { kind: 'clock', time: '10:00', daysLater: 2 } }))
    await world.happen([{ name: event, person: 1 }])
    await world.follow()
    expect((await world.planned(late))[0]?.dueAt).toEqual(new Date(world.now().getTime() + 90 * MINUTE))
    const [reached] = await world.planned(clock)
    const beijing = new Date((reached?.dueAt.getTime() ?? 0) + 8 * HOUR).toISOString()
    expect(beijing.slice(11, 16)).toBe('10:00')
    const today = new Date(world.now().getTime() + 8 * HOUR).toISOString().slice(0, 10)
    expect((Date.parse(beijing.slice(0, 10)) - Date.parse(today)) / 86_400_000).toBe(2)
  })

  test('design 3: 100 of the same at once, counted from their third on, fire once; a limit per person holds', async () => {
    const event = fresh()
    const after = await world.start(every(event, { count: { mode: 'after', n: 3 } }))
    const limited = await world.start(every(event, { perPerson: 2 }))
    await world.happen(Array.from({ length: 100 }, () => ({ name: event, person: 5 })))
    // as two processes would look at the same place of the log
    await Promise.all([world.follow(), world.follow()])
    expect(await people(after)).toEqual([5])
    expect(await people(limited)).toEqual([5, 5])
  })

  test('B8: people who turn out to be one are counted as one', async () => {
    const event = fresh()
    const campaign = await world.start(every(event, { count: { mode: 'every', n: 4 } }))
    await world.happen([6, 6, 7].map((person) => ({ name: event, person })))
    await world.follow()
    expect(await people(campaign)).toEqual([])
    const [keeps, goes] = [world.contacts[6], world.contacts[7]]
    await world.ctx.pool.query(
      `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'test')`,
      [goes, keeps],
    )
    await world.ctx.pool.query('update fans set contact_id = $2 where contact_id = $1', [goes, keeps])
    await world.happen([{ name: event, person: 7 }])
    await world.follow()
    expect(await people(campaign)).toEqual([6])
    const { rows } = await world.ctx.pool.query(
      'select seen, fired from campaign_people where campaign_id = $1',
      [campaign.id],
    )
    expect(rows).toEqual([{ seen: 4, fired: 1 }])
  })

  test('A7: while it is paused it goes on counting and its messages wait; after its end nothing fires', async () => {
    const event = fresh()
    const campaign = await world.start(every(event))
    expect((await world.act(campaign, 'pause')).body.state).toBe('paused')
    await world.happen([{ name: event, person: 1 }])
    await world.work()
    expect(await people(campaign)).toEqual([1])
    await world.deliver()
    expect((await world.read(campaign)).counts).toMatchObject({ planned: 1, delivered: 0 })
    expect((await world.act(campaign, 'resume')).body.state).toBe('running')
    await world.deliver()
    expect((await world.read(campaign)).counts).toMatchObject({ planned: 0, delivered: 1 })
    expect((await world.act(campaign, 'end')).body.state).toBe('ended')
    await world.happen([{ name: event, person: 2 }])
    await world.work()
    expect(await people(campaign)).toEqual([1])
  })
})

describe('刷新 (B7)', () => {
  const inCrowd = (segmentId: string) => ({ audience: { kind: 'segments', include: [segmentId] } })
  const did = (event: string) => ({ kind: 'behaviour', event, where: [], window: { kind: 'ever' } })

  /** People who did something once; more of them may. */
  async function crowd(updateKind: string) {
    const key = fresh()
    await world.happen([{ name: key, person: 1 }])
    const id = await world.segment({ name: key, updateKind, rule: did(key) })
    return { id, add: (person: number) => world.happen([{ name: key, person }]) }
  }

  test('as stored, an on-demand crowd stays as it was when the campaign began, also when somebody refreshes it', async () => {
    const event = fresh()
    const { id, add } = await crowd('on_demand')
    const stored = await world.start({ ...every(event, { check: 'stored' }), ...inCrowd(id) })
    const live = await world.start({ ...every(event, { check: 'live' }), ...inCrowd(id) })
    await add(2)
    await world.api('POST', `/api/segments/${id}/refresh`, {})
    await world.work()
    await world.happen([1, 2, 3].map((person) => ({ name: event, person })))
    await world.follow()
    expect(await people(stored)).toEqual([1])
    expect(await people(live)).toEqual([1, 2])
  })

  test('as stored, a daily crowd is the one last updated', async () => {
    const event = fresh()
    const { id, add } = await crowd('daily')
    const campaign = await world.start({ ...every(event, { check: 'stored' }), ...inCrowd(id) })
    await add(2)
    await world.happen([2].map((person) => ({ name: event, person })))
    await world.follow()
    expect(await people(campaign)).toEqual([])
    world.forward(24 * HOUR)
    await world.work()
    await world.happen([2].map((person) => ({ name: event, person })))
    await world.follow()
    expect(await people(campaign)).toEqual([2])
  })

  test('B5: a rule of its own becomes a segment named after the campaign; as stored it begins when that is computed', async () => {
    const event = fresh()
    const key = fresh()
    await world.happen([{ name: key, person: 4 }])
    const rule = did(key)
    const audience = { kind: 'rule', rule, updateKind: 'on_demand', listed: false }
    const campaign = await world.start({ ...every(event, { check: 'stored' }), audience })
    expect(campaign.state).toBe('preparing')
    await world.work()
    expect((await world.read(campaign)).state).toBe('running')
    const segment = (
      await world.api<{ name: string; listed: boolean; uses: object[] }>(
        'GET',
        `/api/segments/${campaign.segmentId}`,
      )
    ).body
    expect(segment).toMatchObject({
      name: `活动 ${campaign.id}`,
      listed: false,
      uses: [{ kind: 'campaign', id: campaign.id, active: true }],
    })
    await world.happen([3, 4].map((person) => ({ name: event, person })))
    await world.follow()
    expect(await people(campaign)).toEqual([4])
  })
})
