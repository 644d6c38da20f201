import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Campaign, EditPreview } from '../../src/modules/campaigns/schema.ts'
import { type CampaignWorld, createCampaignWorld, HOUR, MINUTE, ok } from './world.ts'

let world: CampaignWorld
const PEOPLE = 30
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `step.${++names}`
const at = (campaign: { id: string }, rest = '') =>
  `/api/accounts/${world.accountId}/campaigns/${campaign.id}${rest}`
const every = (event: string, fields: object = {}) => ({
  trigger: { kind: 'event', event: { event, where: [] }, ...fields },
})
const refused = (reason: string, detail?: object) => ({
  body: { error: { reason, ...(detail && { detail: expect.objectContaining(detail) }) } },
})

describe('drafts', () => {
  test('a draft may be incomplete anywhere, says what is missing, and is not started', async () => {
    const draft = await world.draft({
      content: null,
      audience: { kind: 'tags', any: [] },
      trigger: { kind: 'event', event: null },
    })
    expect(draft).toMatchObject({ state: 'draft', can: { start: true, edit: true, pause: false } })
    expect(draft.problems.map(({ reason }) => reason).toSorted()).toEqual([
      'audience_empty',
      'content_missing',
      'event_missing',
    ])
    const start = await world.act(draft, 'start', { revision: draft.revision, expectedReached: null })
    expect(start).toMatchObject({ status: 400, ...refused('plan_incomplete') })
    expect(await world.planned(draft)).toEqual([])
  })

  test('part by part; a change by somebody else meanwhile is not overwritten', async () => {
    const draft = await world.draft()
    const patch = (body: object) => world.api<Campaign>('PATCH', at(draft), body)
    const changed = ok(await patch({ revision: draft.revision, plan: { tracked: true } }))
    expect(changed.plan).toEqual({ ...draft.plan, tracked: true })
    expect(await patch({ revision: draft.revision, name: '别的' })).toMatchObject({
      status: 409,
      ...refused('changed_meanwhile'),
    })
    expect(ok(await patch({ revision: changed.revision, name: '新名' })).name).toBe('新名')
  })

  test('A7: a copy is a draft of the same; only a draft is deleted', async () => {
    const campaign = await world.start(every(fresh()))
    const copy = ok(await world.act(campaign, 'copy'))
    expect(copy).toMatchObject({ state: 'draft', name: '活动 副本', plan: campaign.plan, sendId: null })
    expect((await world.api('DELETE', at(campaign))).status).toBe(409)
    expect((await world.api('DELETE', at(copy))).status).toBe(200)
    expect((await world.api('GET', at(copy))).status).toBe(404)
  })

  test('the list is filtered by account, kind, state, trigger and name, newest first', async () => {
    const event = await world.start(every(fresh()), { name: '列表甲' })
    const draft = await world.draft({}, { name: '列表乙' })
    const list = async (query: string) =>
      ok(await world.api<{ items: Campaign[] }>('GET', `/api/campaigns?q=列表&${query}`)).items.map(
        ({ id }) => id,
      )
    expect(await list('')).toEqual([draft.id, event.id])
    expect(await list('state=draft,running&limit=1')).toEqual([draft.id])
    expect(await list('state=running,paused')).toEqual([event.id])
    expect(await list('trigger=event')).toEqual([event.id])
    expect(await list('kind=template')).toEqual([])
    expect(await list(`accountId=${world.accountId}`)).toHaveLength(2)
    const blind = await world.server.signIn('operator', [])
    expect(ok(await blind<{ items: Campaign[] }>('GET', '/api/campaigns')).items).toEqual([])
    expect((await blind('GET', at(event))).status).toBe(403)
  })
})

describe('start', () => {
  test('G1: needs a pre-flight of the plan as it is, and the number it showed', async () => {
    const draft = await world.draft()
    const start = (campaign: Campaign, expectedReached: number | null) =>
      world.act(campaign, 'start', { revision: campaign.revision, expectedReached })
    expect(await start(draft, 0)).toMatchObject({ status: 409, ...refused('preflight_needed') })
    const shown = await world.preflight(draft)
    expect(shown.preflight).toMatchObject({
      state: 'done',
      revision: draft.revision,
      result: { total: PEOPLE },
    })
    const reached = shown.preflight?.result?.reached ?? -1
    expect(await start(shown, reached + 1)).toMatchObject({
      status: 409,
      ...refused('drift', { expected: reached + 1, now: reached }),
    })
    const changed = ok(
      await world.api<Campaign>('PATCH', at(draft), { revision: shown.revision, name: '改' }),
    )
    expect(await start(changed, reached)).toMatchObject({ status: 409, ...refused('preflight_needed') })
    const again = await world.preflight(changed)
    expect(ok(await start(again, again.preflight?.result?.reached ?? -1)).state).toBe('scheduled')
    expect(await start(again, reached)).toMatchObject({ status: 409, ...refused('wrong_state') })
  })

  test('two who start it at once start it once', async () => {
    const shown = await world.preflight(await world.draft())
    const body = { revision: shown.revision, expectedReached: shown.preflight?.result?.reached ?? null }
    const answers = await Promise.all([world.act(shown, 'start', body), world.act(shown, 'start', body)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const { rows } = await world.ctx.pool.query(
      `select id from sends where owner_kind = 'campaign' and owner_id = $1`,
      [shown.id],
    )
    expect(rows).toHaveLength(1)
  })

  test('what is in the way of a start is named by the pre-flight', async () => {
    const draft = await world.draft({ content: { kind: 'text', text: '' } })
    const shown = await world.preflight(draft)
    expect(shown.preflight?.result?.blockers.map(({ step, reason }) => `${step}:${reason}`)).toEqual([
      'content:message_invalid',
    ])
    const start = await world.act(shown, 'start', { revision: shown.revision, expectedReached: 0 })
    expect(start).toMatchObject({ status: 409, ...refused('preflight_blocked') })
  })

  test('G5: of an event trigger, what the last seven days would have brought', async () => {
    const event = fresh()
    await world.happen(
      [1, 1, 1, 2].map((person) => ({ name: event, person, at: new Date(world.now().getTime() - HOUR) })),
    )
    await world.happen([{ name: event, person: 3, at: new Date(world.now().getTime() - 8 * 24 * HOUR) }])
    const shown = await world.preflight(await world.draft(every(event, { count: { mode: 'every', n: 2 } })))
    expect(shown.preflight?.result).toMatchObject({
      reached: null,
      total: PEOPLE,
      rehearsal: { days: 7, events: 4, people: 2, firings: 1 },
    })
  })
})

describe('commands', () => {
  test.each([
    ['pause', 409],
    ['resume', 409],
    ['end', 409],
    ['cancel', 409],
    ['copy', 200],
  ])('of a draft: %s %i', async (verb, status) => {
    expect((await world.act(await world.draft(), verb)).status).toBe(status)
  })

  test('what has not begun is called off, what has begun is ended', async () => {
    const later = new Date(world.now().getTime() + HOUR).toISOString()
    const waits = await world.start({ trigger: { kind: 'once', at: later } })
    expect((await world.act(waits, 'end')).status).toBe(409)
    expect(ok(await world.act(waits, 'cancel')).state).toBe('cancelled')
    world.forward(HOUR)
    await world.work()
    expect(await world.planned(waits)).toEqual([])
    const goes = await world.start({ trigger: { kind: 'once', at: 'now' } })
    await world.work()
    expect((await world.act(goes, 'cancel')).status).toBe(409)
    expect(ok(await world.act(goes, 'end')).state).toBe('ended')
  })

  test('a rate of its own can be changed while it runs', async () => {
    const campaign = await world.start(every(fresh()))
    expect(ok(await world.act(campaign, 'rate', { ratePerMinute: 60 })).ratePerMinute).toBe(60)
    expect(ok(await world.act(campaign, 'rate', { ratePerMinute: null })).ratePerMinute).toBeNull()
  })

  test('a send that the engine paused shows as a paused campaign with its reason', async () => {
    const campaign = await world.start(every(fresh()))
    await world.ctx.pool.query(
      `update sends set state = 'paused', pause_reason = 'template_gone' where id = $1`,
      [campaign.sendId],
    )
    await world.work()
    expect(await world.read(campaign)).toMatchObject({ state: 'paused', pauseReason: 'template_gone' })
    expect(ok(await world.act(campaign, 'resume')).state).toBe('running')
    await world.work()
    expect((await world.read(campaign)).state).toBe('running')
  })

  test('a segment that a campaign asks can’t be archived while it does', async () => {
    const rule = { kind: 'behaviour', event: fresh(), where: [], window: { kind: 'ever' } }
    const id = await world.segment({ name: fresh(), updateKind: 'live', rule })
    const campaign = await world.start({ ...every(fresh()), audience: { kind: 'segments', include: [id] } })
    expect((await world.api('POST', `/api/segments/${id}/archive`, {})).status).toBe(409)
    ok(await world.act(campaign, 'end'))
    expect((await world.api('POST', `/api/segments/${id}/archive`, {})).status).toBe(200)
  })
})

describe('edits while it runs', () => {
  test('what changes for whom is said first; who entered before keeps the version they entered under', async () => {
    const event = fresh()
    const campaign = await world.start(
      every(event, { reach: { kind: 'delay', length: { amount: 1, unit: 'hour' } } }),
    )
    await world.happen([{ name: event, person: 1 }])
    await world.follow()
    const plan = {
      content: { kind: 'text', text: '新内容' },
      trigger: { ...campaign.plan.trigger, reach: { kind: 'now' } },
      limits: { ...campaign.plan.limits, ratePerMinute: 30 },
    }
    const preview = ok(await world.act<EditPreview>(campaign, 'edit-preview', { plan }))
    expect(preview.changes).toMatchObject([
      { part: 'trigger', field: 'reach', applies: 'from_now' },
      { part: 'content', field: 'text', before: '你好', after: '新内容', applies: 'from_now' },
      { part: 'limits', field: 'ratePerMinute', before: null, after: 30, applies: 'everyone' },
    ])
    expect(preview.keep).toEqual({ planned: 1, waiting: 0, counting: 1 })
    expect((await world.read(campaign)).version).toBe(1)

    const edited = await world.edit(campaign, plan)
    expect(edited).toMatchObject({ version: 2, ratePerMinute: 30, state: 'running' })
    await world.happen([{ name: event, person: 2 }])
    await world.follow()
    expect(await world.planned(campaign)).toMatchObject([
      { person: 1, version: 1 },
      { person: 2, version: 2 },
    ])
    const { rows } = await world.ctx.pool.query<{ version: number; text: string }>(
      `select version, content #>> '{message,text,content}' as text from send_versions where send_id = $1 order by version`,
      [campaign.sendId],
    )
    expect(rows).toEqual([
      { version: 1, text: '你好' },
      { version: 2, text: '新内容' },
    ])
  })

  test('firings that wait follow the version they entered under: their B, and when they are reached', async () => {
    const event = fresh()
    const trigger = (without: string, minutes: number) => ({
      kind: 'event-not',
      event: { event, where: [] },
      without: { event: without, where: [] },
      within: { amount: minutes, unit: 'minute' },
    })
    const campaign = await world.start({ trigger: trigger('b.one', 20) })
    await world.happen([{ name: event, person: 1 }])
    await world.follow()
    await world.edit(campaign, { trigger: trigger('b.two', 60) })
    await world.happen([
      { name: event, person: 2 },
      { name: 'b.two', person: 1 },
      { name: 'b.one', person: 2 },
    ])
    await world.follow()
    world.forward(20 * MINUTE + 5_000)
    await world.work()
    expect(await world.planned(campaign)).toMatchObject([{ person: 1, version: 1 }])
    world.forward(40 * MINUTE)
    await world.work()
    expect(await world.planned(campaign)).toMatchObject([{ person: 1 }, { person: 2, version: 2 }])
  })

  test('counting goes on from where it is when the number changes', async () => {
    const event = fresh()
    const campaign = await world.start(every(event, { count: { mode: 'after', n: 5 } }))
    await world.happen(Array.from({ length: 3 }, () => ({ name: event, person: 1 })))
    await world.follow()
    await world.edit(campaign, every(event, { count: { mode: 'after', n: 2 } }))
    await world.happen([1, 1, 1].map((person) => ({ name: event, person })))
    await world.follow()
    expect(await world.planned(campaign)).toMatchObject([{ person: 1 }])
  })

  test('a repeating one moves to its new times, and says which', async () => {
    const trigger = (time: string) => ({ kind: 'repeat', schedule: { kind: 'daily', times: [time] } })
    const campaign = await world.start({ trigger: trigger('10:00') })
    const plan = { trigger: trigger('11:00') }
    const preview = ok(await world.act<EditPreview>(campaign, 'edit-preview', { plan }))
    expect(preview.runs?.before.every((run) => run.endsWith('T02:00:00.000Z'))).toBe(true)
    expect(preview.runs?.after.every((run) => run.endsWith('T03:00:00.000Z'))).toBe(true)
    expect((await world.edit(campaign, plan)).nextAt).toBe(preview.runs?.after[0])
    ok(await world.act(campaign, 'cancel'))
  })

  test('it does not become another kind, and somebody else’s edit is not overwritten', async () => {
    const campaign = await world.start(every(fresh()))
    const edit = (revision: number, plan: object) => world.act(campaign, 'edit', { revision, plan })
    expect(await edit(campaign.revision, { trigger: { kind: 'once', at: 'now' } })).toMatchObject({
      status: 400,
      ...refused('plan_incomplete'),
    })
    const content = { kind: 'text', text: '一' }
    ok(await edit(campaign.revision, { content }))
    expect(await edit(campaign.revision, { content })).toMatchObject({
      status: 409,
      ...refused('changed_meanwhile'),
    })
  })
})

test('G2: why tells each step of one person, and of one who never was in it', async () => {
  const event = fresh()
  const campaign = await world.start(every(event, { count: { mode: 'after', n: 2 } }))
  await world.happen([1, 1, 2].map((person) => ({ name: event, person })))
  await world.follow()
  const steps = async (person: number) =>
    (await world.why(campaign, world.contacts[person] as string)).steps.map(({ step }) => step)
  expect(await steps(1)).toEqual(['a_fan', 'in_audience', 'events', 'delivery_planned'])
  expect(await steps(2)).toEqual(['a_fan', 'in_audience', 'events'])
  expect(await steps(3)).toEqual(['a_fan', 'in_audience', 'no_event'])
})

test('D8: a test send reaches the named fans alone and leaves the campaign a draft', async () => {
  const draft = await world.draft()
  const { sendId } = ok(await world.act<{ sendId: string }>(draft, 'test-send', { fanIds: [world.fans[3]] }))
  const results = await world.api<{ done: boolean; items: { fanId: string; state: string }[] }>(
    'GET',
    at(draft, `/test-sends/${sendId}`),
  )
  expect(ok(results)).toMatchObject({ done: false, items: [{ fanId: world.fans[3], state: 'planned' }] })
  expect(await world.read(draft)).toMatchObject({ state: 'draft', sendId: null })
  expect((await world.act(draft, 'test-send', { fanIds: ['999999'] })).status).toBe(404)
})
