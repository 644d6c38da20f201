import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { consentsModule } from '../../src/modules/consents/module.ts'
import type {
  ConsentEvent,
  ContactConsent,
  Subscriber,
  SubscriptionSummary,
} from '../../src/modules/consents/schema.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import { createTestApi, type TestApi } from '../support/api.ts'
import { until } from '../support/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let roles: TestApi
let account: Bound
const NEVER = new AbortController().signal
const reactions = createReactionSweep(consentsModule.reactions ?? [])

beforeAll(async () => {
  world = await createSendingWorld()
  roles = await createTestApi(world.ctx)
})
afterAll(async () => {
  await roles?.close()
  await world?.close()
})
beforeEach(async () => {
  account = await world.bind({ fans: 6 })
  await syncTemplates(world.ctx, account.id)
})

type Answer = { templateId: string; accept: boolean }
const act = (openid: string, body: object) =>
  world.control('POST', '/act', { appid: account.appid, openid, ...body })
/** The platform tells two events of one person apart by their second. */
const nextSecond = () => world.forward(new Date(world.ctx.clock.now().getTime() + 1_000))
/** What the person taps in the popup, told to us by callback and booked. */
async function subscribe(openid: string, answers: Answer[], popup = 'h5') {
  await nextSecond()
  const before = await heard()
  await act(openid, { action: 'subscribe', popup, answers })
  await settle(before + 1)
}
async function cancel(openid: string, templateId: string) {
  await nextSecond()
  const before = await heard()
  await act(openid, { action: 'unsubscribe-template', templateId })
  await settle(before + 1)
}
async function heard(): Promise<number> {
  const { rows } = await world.ctx.pool.query<{ n: number }>(
    `select count(*)::int as n from events where name like 'wechat.subscription%' and account_id = $1`,
    [account.id],
  )
  return rows[0]?.n ?? 0
}
async function settle(events: number) {
  await until(async () => (await heard()) >= events)
  while ((await reactions.run(world.ctx, NEVER)) > 0);
}
async function summaries(): Promise<SubscriptionSummary[]> {
  const path = `/api/accounts/${account.id}/subscriptions`
  return (await world.api<{ items: SubscriptionSummary[] }>('GET', path)).body.items
}
const summaryOf = async (id: string) => (await summaries()).find((one) => one.id === id)?.subscribers
async function oneTime(): Promise<SubscriptionSummary> {
  const found = (await summaries()).find(({ term }) => term === 'one-time')
  if (found === undefined) throw new Error('the account has a one-time template')
  return found
}
const subscribers = async (id: string, query = '') =>
  (
    await world.api<{ items: Subscriber[] }>(
      'GET',
      `/api/accounts/${account.id}/subscriptions/${id}/subscribers${query}`,
    )
  ).body.items

test('D8: who accepted in a popup can be reached, followers and others apart, and cancelling ends it', async () => {
  const { id, wechatId } = await oneTime()
  const [fan = '', other = ''] = account.openids
  await subscribe(fan, [{ templateId: wechatId, accept: true }])
  await subscribe(fan, [{ templateId: wechatId, accept: true }], 'article')
  await subscribe(other, [{ templateId: wechatId, accept: true }])
  expect(await summaryOf(id)).toEqual({ following: 2, unfollowed: 0, rejected: 0, sendsLeft: 3 })
  await act(other, { action: 'unfollow' })
  await until(async () => (await summaryOf(id))?.unfollowed === 1)
  expect(await summaryOf(id)).toEqual({ following: 1, unfollowed: 1, rejected: 0, sendsLeft: 3 })
  expect((await subscribers(id, '?following=false')).map(({ openid }) => openid)).toEqual([other])
  await cancel(fan, wechatId)
  expect(await summaryOf(id)).toEqual({ following: 0, unfollowed: 1, rejected: 1, sendsLeft: 1 })
  expect((await subscribers(id, '?state=rejected')).map(({ openid }) => openid)).toEqual([fan])
  expect((await subscribers(id, '?state=reachable')).map(({ openid }) => openid)).toEqual([other])
})

test('D8: agreeing and cancelling stand on the customer’s page with where they came from', async () => {
  const { id, wechatId } = await oneTime()
  const [fan = ''] = account.openids
  await subscribe(fan, [{ templateId: wechatId, accept: true }], 'article')
  await cancel(fan, wechatId)
  const [person] = await subscribers(id)
  const path = `/api/contacts/${person?.contactId}/consents`
  const { items, events } = (
    await world.api<{ items: ContactConsent[]; events: ConsentEvent[] }>('GET', path)
  ).body
  expect(items).toMatchObject([{ templateId: id, left: 0, rejected: true, following: true, gone: false }])
  expect(events.map(({ accepted, scene }) => [accepted, scene]).toSorted()).toEqual([
    [false, null],
    [true, 2],
  ])
  const elsewhere = await roles.signIn('operator', [])
  expect((await elsewhere('GET', path)).status).toBe(404)
})

test('someone who never followed and accepts becomes known and reachable', async () => {
  const { id, wechatId } = await oneTime()
  const { rows } = await world.ctx.pool.query<{ openid: string }>(
    `select f.openid from simulator.fan f join simulator.account a on a.id = f.account_id
     where a.appid = $1 and not f.following limit 1`,
    [account.appid],
  )
  const stranger = rows[0]?.openid ?? account.openids[5] ?? ''
  if (rows.length === 0) await act(stranger, { action: 'unfollow' })
  await world.ctx.pool.query('delete from fans where account_id = $1 and openid = $2', [account.id, stranger])
  await subscribe(stranger, [{ templateId: wechatId, accept: true }])
  expect(await summaryOf(id)).toEqual({ following: 0, unfollowed: 1, rejected: 0, sendsLeft: 1 })
})

test('one popup for several templates is booked for each; who may not see persons sees them masked', async () => {
  const [first, second] = (await summaries()).filter(({ term }) => term === 'one-time')
  if (first === undefined || second === undefined) throw new Error('the account has two one-time templates')
  const [fan = ''] = account.openids
  await subscribe(fan, [
    { templateId: first.wechatId, accept: true },
    { templateId: second.wechatId, accept: false },
  ])
  expect([(await summaryOf(first.id))?.following, (await summaryOf(second.id))?.rejected]).toEqual([1, 1])
  const analyst = await roles.signIn('analyst')
  const path = `/api/accounts/${account.id}/subscriptions/${first.id}/subscribers`
  const masked = (await analyst<{ items: Subscriber[] }>('GET', path)).body.items
  expect(masked.map(({ openid }) => openid)).toEqual([`${fan.slice(0, 4)}…${fan.slice(-3)}`])
})

test('the ledger here and the platform’s come to the same after the same story', async () => {
  const { id, wechatId } = await oneTime()
  const [a = '', b = ''] = account.openids
  for (const openid of [a, b, a, b, b]) await subscribe(openid, [{ templateId: wechatId, accept: true }])
  await cancel(b, wechatId)
  await subscribe(b, [{ templateId: wechatId, accept: true }])
  const here = Object.fromEntries((await subscribers(id)).map(({ openid, left }) => [openid, left]))
  const { rows } = await world.ctx.pool.query<{ openid: string; credits: number }>(
    `select f.openid, c.credits from simulator.consent c join simulator.fan f on f.id = c.fan_id where c.template_id = $1`,
    [wechatId],
  )
  expect(here).toEqual(Object.fromEntries(rows.map(({ openid, credits }) => [openid, credits])))
  expect(here).toEqual({ [a]: 2, [b]: 1 })
})
