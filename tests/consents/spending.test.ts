import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { consentsModule } from '../../src/modules/consents/module.ts'
import type { SubscriptionSummary } from '../../src/modules/consents/schema.ts'
import { createSend, planDeliveries } from '../../src/modules/deliveries/index.ts'
import { deliveriesModule } from '../../src/modules/deliveries/module.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { resolveContent, templateOf } from '../../src/modules/messages/index.ts'
import { messageContent } from '../../src/modules/messages/schema.ts'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'

const NEVER = new AbortController().signal
const follow = createReactionSweep([
  ...(consentsModule.reactions ?? []),
  ...(deliveriesModule.reactions ?? []),
])
const STILL = { tap: 0, answer: 0, unfollow: 0, noticeFailed: 0, noticeBlocked: 0 }

let world: SendingWorld
let account: Bound
let template: SubscriptionSummary

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.bind({ fans: 8 })
  await syncTemplates(world.ctx, account.id)
  const found = (await subscriptions()).find(({ title }) => title === '取餐提醒')
  if (found === undefined) throw new Error('the account has the template')
  template = found
})

async function subscriptions(): Promise<SubscriptionSummary[]> {
  const path = `/api/accounts/${account.id}/subscriptions`
  return (await world.api<{ items: SubscriptionSummary[] }>('GET', path)).body.items
}
const counts = async () => (await subscriptions()).find(({ id }) => id === template.id)?.subscribers
const act = (openid: string, body: object) =>
  world.control('POST', '/act', { appid: account.appid, openid, ...body })
const rates = (more: object = {}) =>
  world.control('PATCH', `/accounts/${account.appid}`, { rates: { ...STILL, ...more } })

/** One acceptance of each, told to us and booked. */
async function accept(...openids: string[]): Promise<void> {
  await world.forward(new Date(world.ctx.clock.now().getTime() + 1_000))
  const before = (await counts())?.sendsLeft ?? 0
  for (const openid of openids)
    await act(openid, { action: 'subscribe', answers: [{ templateId: template.wechatId, accept: true }] })
  await until(async () => {
    await follow.run(world.ctx, NEVER)
    return ((await counts())?.sendsLeft ?? 0) >= before + openids.length
  })
}

/** A notification to these people, planned and due. */
const send = (openids: readonly string[]): Promise<string> =>
  inTransaction(world.ctx.db, async (trx) => {
    const fields = Object.fromEntries(template.fields.map((field) => [field.key, sampleOf(field)]))
    const content = await resolveContent(
      world.ctx,
      trx,
      account.id,
      messageContent.parse({ kind: 'subscription', templateId: template.id, fields, page: '' }),
    )
    const { sendId } = await createSend(world.ctx, trx, {
      accountId: account.id,
      ownerKind: 'campaign',
      ownerId: '1',
      name: '取餐',
      channel: 'subscription',
      purpose: 'service',
      lane: 'bulk',
      content,
      template: templateOf(content),
      limits: { caps: 'none', quiet: 'none', notAfter: null },
      tracked: false,
    })
    const { rows } = await world.ctx.pool.query<{ id: string; contact_id: string }>(
      'select id, contact_id from fans where account_id = $1 and openid = any($2)',
      [account.id, openids],
    )
    const now = world.ctx.clock.now()
    const people = rows.map((row) => ({ contactId: row.contact_id, fanId: row.id }))
    const planned = people.map((one) => ({ ...one, occurrence: '0', dueAt: now, version: 1 }))
    await planDeliveries(trx, sendId, planned, now)
    return sendId
  })

const VALUES: Record<string, string> = {
  character_string: 'A21',
  phrase: '待取餐',
  number: '3',
  thing: '人民广场店',
}
const sampleOf = ({ type, values }: SubscriptionSummary['fields'][number]): string =>
  values?.[0] ?? VALUES[type] ?? '到店'

async function states(sendId: string): Promise<Record<string, string>> {
  const { rows } = await world.ctx.pool.query<{ openid: string; state: string }>(
    `select f.openid, d.state || coalesce(':' || d.reason, '') as state from deliveries d join fans f on f.id = d.fan_id
     where d.send_id = $1`,
    [sendId],
  )
  return Object.fromEntries(rows.map(({ openid, state }) => [openid, state]))
}
const OPEN = /^(planned|held|sending|accepted|unknown)/
/** Works and lets the platform’s results come in until every one of these has a final state. */
async function drain(...sendIds: string[]): Promise<void> {
  await until(async () => {
    await work(world.ctx)
    await follow.run(world.ctx, NEVER)
    await world.forward(new Date(world.ctx.clock.now().getTime() + 500))
    const all = await Promise.all(sendIds.map(states))
    return all.every((one) => !Object.values(one).some((state) => OPEN.test(state)))
  })
}
async function work(where: Ctx): Promise<void> {
  for (const sweep of deliveriesModule.sweeps ?? []) await sweep.run(where, NEVER)
}
/** How many notifications each received, by the platform’s ledger. */
async function received(): Promise<Record<string, number>> {
  const { rows } = await world.ctx.pool.query<{ openid: string; n: number }>(
    `select f.openid, count(*)::int as n from simulator.receipt r join simulator.fan f on f.id = r.fan_id
     join simulator.account a on a.id = r.account_id where a.appid = $1 and r.kind = 'subscription' group by 1`,
    [account.appid],
  )
  return Object.fromEntries(rows.map(({ openid, n }) => [openid, n]))
}

test('D8: who has a send left gets it, following or not; one success spends it, and then nobody gets another', async () => {
  const [a = '', b = '', never = '', cancelled = ''] = account.openids
  await accept(a, b, cancelled)
  await act(b, { action: 'unfollow' })
  await act(cancelled, { action: 'unsubscribe-template', templateId: template.wechatId })
  await until(async () => {
    await follow.run(world.ctx, NEVER)
    const now = await counts()
    return now?.rejected === 1 && now.unfollowed === 1
  })
  const everybody = [a, b, never, cancelled]
  const first = await send(everybody)
  await drain(first)
  expect(await states(first)).toEqual({
    [a]: 'delivered',
    [b]: 'delivered',
    [never]: expect.stringMatching(/^skipped:/),
    [cancelled]: expect.stringMatching(/^skipped:/),
  })
  expect(await received()).toEqual({ [a]: 1, [b]: 1 })
  expect(await counts()).toMatchObject({ following: 0, unfollowed: 0, sendsLeft: 0 })
  const second = await send(everybody)
  await drain(second)
  for (const state of Object.values(await states(second))) expect(state).toMatch(/^skipped:/)
  expect(await received()).toEqual({ [a]: 1, [b]: 1 })
})

test('D8: a send that failed by its receipt does not spend the consent; D9: one the person refused ends it', async () => {
  const [a = '', b = ''] = account.openids
  await accept(a)
  await rates({ noticeFailed: 1 })
  const failed = await send([a])
  await drain(failed)
  expect(await states(failed)).toEqual({ [a]: expect.stringMatching(/^failed:/) })
  expect(await counts()).toMatchObject({ following: 1, sendsLeft: 1 })
  await rates()
  const again = await send([a])
  await drain(again)
  expect(await states(again)).toEqual({ [a]: 'delivered' })
  expect(await counts()).toMatchObject({ following: 0, sendsLeft: 0, rejected: 0 })
  await accept(b)
  await rates({ noticeBlocked: 1 })
  const refused = await send([b])
  await drain(refused)
  expect(await states(refused)).toEqual({ [b]: expect.stringMatching(/^failed:/) })
  expect(await counts()).toMatchObject({ following: 0, rejected: 1 })
  await rates()
})

test('D8: several sends worked on by two processes at once never use more than was granted', async () => {
  const openids = account.openids.slice(0, 6)
  await accept(...openids)
  await accept(...openids.slice(0, 3))
  const sends = await Promise.all([send(openids), send(openids), send(openids)])
  const other = await world.another()
  await Promise.all([work(world.ctx), work(other), work(world.ctx), work(other)])
  await drain(...sends)
  expect(await received()).toEqual(
    Object.fromEntries(openids.map((openid, place) => [openid, place < 3 ? 2 : 1])),
  )
  expect((await counts())?.sendsLeft).toBe(0)
  const { rows } = await world.ctx.pool.query<{ refused: number }>(
    `select count(*)::int as refused from deliveries where send_id = any($1::bigint[]) and state = 'failed'`,
    [sends],
  )
  expect(rows[0]?.refused).toBe(0)
})
