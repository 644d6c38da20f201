import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { findTally, lockTallies, nameOf, writeTallies } from '../../src/modules/campaigns/store/people.ts'
import type { Segment } from '../../src/modules/segments/schema.ts'
import { syncTemplates, templateState, templatesOf } from '../../src/modules/templates/index.ts'
import { until } from '../support/until.ts'
import { type CampaignWorld, createCampaignWorld, DAY, HOUR, MINUTE, ok } from './world.ts'

let world: CampaignWorld
const PEOPLE = 4
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `edit.${++names}`
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
const move = (event: string, from: string) => ({
  trigger: { kind: 'event', event: { event, where: [] }, from },
})

test('B6: a start moved before it has come is the one that counts', async () => {
  const event = fresh()
  const campaign = await world.start(move(event, later(HOUR)))
  const edited = await world.edit(campaign, move(event, later(3 * HOUR)))
  expect(edited.state).toBe('scheduled')
  world.forward(2 * HOUR)
  await world.work()
  await world.happen([{ name: event, person: 1 }])
  await world.work()
  expect((await world.read(campaign)).state).toBe('scheduled')
  world.forward(HOUR)
  await world.work()
  await world.happen([{ name: event, person: 2 }])
  await world.work()
  expect((await world.read(campaign)).state).toBe('running')
  expect(await people(campaign)).toEqual([2])
})

test('B6: one that runs can be told to begin later; what it counted stays, also over a pause', async () => {
  const event = fresh()
  const campaign = await world.start({ trigger: { kind: 'event', event: { event, where: [] } } })
  await world.happen([{ name: event, person: 0 }])
  await world.work()
  await world.edit(campaign, move(event, later(HOUR)))
  ok(await world.act(campaign, 'pause'))
  ok(await world.act(campaign, 'resume'))
  await world.happen([{ name: event, person: 1 }])
  world.forward(HOUR)
  await world.happen([{ name: event, person: 2 }])
  await world.work()
  expect((await world.read(campaign)).state).toBe('running')
  expect(await people(campaign)).toEqual([0, 2])
})

test('B8: paused and edited before its start, it begins all the same, and its firings are decided', async () => {
  const event = fresh()
  const trigger = {
    kind: 'event-not',
    event: { event, where: [] },
    without: { event: `${event}.b`, where: [] },
    within: { amount: 1, unit: 'minute' },
    from: later(HOUR),
  }
  const campaign = await world.start({ trigger })
  ok(await world.act(campaign, 'pause'))
  await world.edit(campaign, { content: { kind: 'text', text: '新' } })
  ok(await world.act(campaign, 'resume'))
  world.forward(HOUR)
  await world.work()
  await world.happen([{ name: event, person: 1 }])
  await world.work()
  world.forward(MINUTE + 5_000)
  await world.work()
  expect((await world.read(campaign)).state).toBe('running')
  expect(await people(campaign)).toEqual([1])
})

test('B7: asked live, a segment whose rule is changed is asked by its new rule', async () => {
  const event = fresh()
  const id = await world.segment({ name: '改规则', updateKind: 'on_demand', rule: did(`${event}.old`) })
  const campaign = await world.start({
    trigger: { kind: 'event', event: { event, where: [] }, check: 'live' },
    audience: { kind: 'segments', include: [id] },
  })
  await world.happen([
    { name: `${event}.old`, person: 1 },
    { name: `${event}.new`, person: 2 },
    { name: event, person: 1 },
    { name: event, person: 2 },
  ])
  await world.work()
  expect(await people(campaign)).toEqual([1])
  const segment = ok(await world.api<Segment>('GET', `/api/segments/${id}`))
  ok(
    await world.api('PUT', `/api/segments/${id}`, {
      version: segment.version,
      name: segment.name,
      rule: did(`${event}.new`),
    }),
  )
  await world.happen([1, 2].map((person) => ({ name: event, person })))
  await world.work()
  expect(await people(campaign)).toEqual([1, 2])
})

test('B8: firings that wait are asked by the rule they entered under', async () => {
  const event = fresh()
  const rule = (by: string) => ({ kind: 'rule', rule: did(`${event}.${by}`), updateKind: 'live' })
  const campaign = await world.start({
    trigger: {
      kind: 'event-not',
      event: { event, where: [] },
      without: { event: `${event}.b`, where: [] },
      within: { amount: 1, unit: 'minute' },
      check: 'live',
    },
    audience: rule('old'),
  })
  await world.happen([
    { name: `${event}.old`, person: 1 },
    { name: event, person: 1 },
  ])
  await world.work()
  await world.edit(campaign, { audience: rule('new') })
  world.forward(MINUTE + 5_000)
  await world.work()
  expect(await people(campaign)).toEqual([1])
})

const refreshed = (id: string, at: string) => ({
  trigger: { kind: 'once', at },
  audience: { kind: 'segments', include: [id] },
})
const crowd = async (event: string) =>
  world.segment({ name: event, updateKind: 'on_demand', rule: did(event) })

test('B7: a crowd chosen after the start is refreshed before the run like the first one', async () => {
  const [first, second] = [fresh(), fresh()]
  const at = later(HOUR)
  await world.happen([first, second].map((name) => ({ name, person: 1 })))
  const campaign = await world.start(refreshed(await crowd(first), at))
  await world.edit(campaign, { audience: refreshed(await crowd(second), at).audience })
  await world.happen([{ name: second, person: 2 }])
  world.forward(HOUR)
  await world.work()
  expect(await people(campaign)).toEqual([1, 2])
})

test('B7: of two campaigns that share crowd and time, calling off one leaves the other its refresh', async () => {
  const event = fresh()
  const at = later(HOUR)
  await world.happen([{ name: event, person: 1 }])
  const id = await crowd(event)
  const stays = await world.start(refreshed(id, at))
  const goes = await world.start(refreshed(id, at))
  ok(await world.act(goes, 'cancel'))
  await world.happen([{ name: event, person: 2 }])
  world.forward(HOUR)
  await world.work()
  expect(await people(stays)).toEqual([1, 2])
})

test('B7: of runs that were all missed, the one that still goes has a crowd refreshed for it', async () => {
  const event = fresh()
  await world.happen([{ name: event, person: 1 }])
  const id = await crowd(event)
  const begins = new Date(Math.ceil(world.now().getTime() / HOUR) * HOUR + HOUR)
  const time = `${String((begins.getUTCHours() + 8) % 24).padStart(2, '0')}:00`
  const campaign = await world.start({
    trigger: { kind: 'repeat', schedule: { kind: 'daily', times: [time] }, missed: 'send' },
    audience: { kind: 'segments', include: [id] },
  })
  world.forward(begins.getTime() - world.now().getTime() - 5 * MINUTE)
  await world.work()
  await world.happen([{ name: event, person: 2 }])
  world.forward(DAY + HOUR)
  // it looks again a second later whether its crowd is there
  await until(async () => {
    await world.work()
    return (await people(campaign)).length > 0
  })
  expect(await people(campaign)).toEqual([1, 2])
  ok(await world.act(campaign, 'end'))
})

const REMINDER = { character_string1: 'A1', thing2: '门店自取', time3: '2026-11-21 10:20' }
async function templateCampaign(trigger: object) {
  await syncTemplates(world.ctx, world.accountId)
  const templates = await templatesOf(world.ctx.db, world.accountId, 'template')
  const template = templates.find(
    ({ fields }) => fields.map(({ key }) => key).join() === Object.keys(REMINDER).join(),
  )
  if (template === undefined) throw new Error('the account has the template')
  const plan = {
    content: { kind: 'template', templateId: template.id, fields: REMINDER },
    trigger,
  }
  const draft = await world.draft(plan, { kind: 'template' })
  return { template, draft: await world.preflight(draft) }
}
const atWechat = (change: string, wechatId: string) =>
  world.ctx.pool.query(`update simulator.template set ${change} where id = $1`, [wechatId])
const startOf = (draft: Campaign) =>
  world.act(draft, 'start', {
    revision: draft.revision,
    expectedReached: draft.preflight?.result?.reached ?? null,
  })

test('D1: a template that changed at WeChat is seen before a run, and one that was deleted there before a start', async () => {
  const event = fresh()
  const once = { kind: 'once', at: later(HOUR), missed: 'send' }
  const { template, draft } = await templateCampaign(once)
  ok(await startOf(draft))
  const state = async () => (await templateState(world.ctx.db, [template.id])).get(template.id)
  const before = await state()
  await atWechat(`content = content || E'\n备注：{{thing9.DATA}}'`, template.wechatId)
  world.forward(HOUR)
  await world.work()
  expect((await state())?.fingerprint).not.toBe(before?.fingerprint)

  const trigger = { kind: 'event', event: { event, where: [] } }
  await atWechat(`content = replace(content, E'\n备注：{{thing9.DATA}}', '')`, template.wechatId)
  const again = await templateCampaign(trigger)
  await world.ctx.pool.query('delete from simulator.template where id = $1', [template.wechatId])
  const refused = await startOf(again.draft)
  expect(refused).toMatchObject({
    body: { error: { reason: 'message_invalid', detail: { problems: [{ reason: 'template_gone' }] } } },
  })
})

test('A1: who may not use an account learns nothing of it through an audience, an event or a goal', async () => {
  const other = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
  const event = fresh()
  const foreign = await world.segment({
    name: '别家',
    accountId: other,
    updateKind: 'on_demand',
    rule: did(event),
  })
  const own = await crowd(event)
  const match = { event, where: [], accountId: other }
  const rule = (of: object) => ({ audience: { kind: 'rule', rule: of } })
  const plans = [
    { audience: { kind: 'segments', include: [own, foreign] } },
    { audience: { kind: 'segments', include: [own], exclude: [foreign] } },
    rule({ kind: 'segment', segmentId: foreign }),
    rule({ ...did(event), accountId: other }),
    { trigger: { kind: 'event', event: match } },
    { goal: { event: match, value: null, within: { amount: 1, unit: 'day' }, from: 'sent' } },
  ]
  const operator = await world.server.signIn('operator', [world.accountId])
  const path = `/api/accounts/${world.accountId}/campaigns`
  const create = (caller: typeof operator, plan: object) =>
    caller<Campaign>('POST', path, { kind: 'customer-service', name: '越权', plan })
  const draft = ok(await create(operator, { audience: { kind: 'segments', include: [own] } }))
  for (const plan of plans) {
    expect((await create(operator, plan)).status).not.toBe(200)
    const patch = await operator('PATCH', `${path}/${draft.id}`, { revision: draft.revision, plan })
    expect(patch.status).not.toBe(200)
    ok(await create(world.api, plan))
  }
})

test('B7: a crowd chosen while it goes on is kept as it was when it was computed', async () => {
  const event = fresh()
  const trigger = { kind: 'event', event: { event, where: [] }, check: 'stored' }
  const campaign = await world.start({ trigger })
  await world.happen([{ name: `${event}.in`, person: 1 }])
  const audience = { kind: 'rule', rule: did(`${event}.in`), updateKind: 'on_demand' }
  const { segmentId } = await world.edit(campaign, { audience })
  await world.work()
  await world.happen([{ name: `${event}.in`, person: 2 }])
  world.forward(MINUTE)
  ok(await world.api('POST', `/api/segments/${segmentId}/refresh`, {}))
  await world.work()
  await world.happen([1, 2, 3].map((person) => ({ name: event, person })))
  await world.work()
  expect(await people(campaign)).toEqual([1])
})

test('B8: two at once that find the same people merged lose nothing of what was counted', async () => {
  const campaign = await world.start({ trigger: { kind: 'event', event: { event: fresh(), where: [] } } })
  const [stays, merged] = world.contacts as [string, string]
  const key = { campaignId: campaign.id, contactId: stays }
  const { db } = world.ctx
  await writeTallies(db, [{ ...key, contactId: merged, tally: { seen: 4, begun: 1, fired: 1 } }])
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'test')`,
    [merged, stays],
  )
  const once = () =>
    inTransaction(db, async (trx) => {
      const tally = (await lockTallies(trx, [key])).get(nameOf(key))
      if (tally !== undefined)
        await writeTallies(trx, [{ ...key, tally: { ...tally, seen: tally.seen + 1 } }])
      return tally?.seen
    })
  // looked at without being written: they are one from then on
  await inTransaction(db, (trx) => lockTallies(trx, [key]))
  expect(await findTally(db, campaign.id, [stays])).toEqual({ seen: 4, begun: 1, fired: 1 })
  await world.ctx.pool.query(
    'update campaign_people set contact_id = $3 where campaign_id = $1 and contact_id = $2',
    [campaign.id, stays, merged],
  )
  for (let round = 0; round < 5; round += 1) {
    const before = (await findTally(db, campaign.id, [stays, merged]))?.seen ?? 0
    const seen = await Promise.all([once(), once()])
    expect(seen.toSorted()).toEqual([before, before + 1])
    await world.ctx.pool.query(
      'update campaign_people set contact_id = $3 where campaign_id = $1 and contact_id = $2',
      [campaign.id, stays, merged],
    )
  }
  await world.ctx.pool.query('delete from contact_aliases where contact_id = $1', [merged])
})
