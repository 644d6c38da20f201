import type { Transaction } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DB } from '../../src/infra/transaction.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import {
  matchReceipts,
  subscriptionResults,
  templateResults,
} from '../../src/modules/deliveries/engine/receipts.ts'
import type { Reaction } from '../../src/modules/manifest.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { createDeliveryWorld, type DeliveryWorld, makeTemplate } from './world.ts'

let world: DeliveryWorld
let account: Bound
let sendId: string

beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world?.close())
afterEach(() => world.recorder.clear())

async function begin(kind: 'template' | 'subscription', fans = 3): Promise<void> {
  account = await world.bind({ fans })
  const fields = await makeTemplate(world, account, kind)
  sendId = await world.send(account, fields)
  if (kind === 'subscription')
    await world.ctx.pool.query(
      `insert into subscription_grants (fan_id, template_id, account_id, granted, accepted_at)
       select id, $2, account_id, 2, now() from fans where account_id = $1`,
      [account.id, fields.template?.id],
    )
  await world.plan(sendId, account)
}

let events = 1_000_000
/** What the log holds when WeChat reports what became of a message to this fan. */
async function report(reaction: Reaction, fanId: string, properties: Record<string, unknown>): Promise<void> {
  const at = world.ctx.clock.now()
  events += 1
  await inTransaction(world.ctx.db, (trx: Transaction<DB>) =>
    reaction.react(
      world.ctx,
      [
        {
          id: String(events),
          accountId: account.id,
          contactId: null,
          fanId,
          sourceId: null,
          name: reaction.events[0] as string,
          at,
          receivedAt: at,
          properties,
        },
      ],
      trx,
    ),
  )
}
const template = (fanId: string, msgId: string, outcome: 'success' | 'refused' | 'failed') =>
  report(templateResults, fanId, { msgId, outcome, status: outcome })
const notification = (fanId: string, errorCode: number) =>
  report(subscriptionResults, fanId, {
    items: [{ templateId: `T${account.id}subscription`, errorCode, errorStatus: '', msgId: '' }],
  })

async function rows() {
  const found = await world.ctx.pool.query<{
    fan_id: string
    state: string
    reason: string | null
    msg_id: string | null
  }>('select fan_id, state, reason, msg_id from deliveries where send_id = $1 order by fan_id', [sendId])
  return new Map(found.rows.map((row) => [row.fan_id, row]))
}
const stateOf = async (fanId: string) => {
  const row = (await rows()).get(fanId)
  return row?.reason == null ? row?.state : `${row.state}:${row.reason}`
}
const [first, second, third] = [0, 1, 2].map((at) => () => account.fanIds[at] as string) as [
  () => string,
  () => string,
  () => string,
]
const msgIdOf = async (fanId: string) => (await rows()).get(fanId)?.msg_id as string

describe('D1: results of template messages', () => {
  test('delivered, blocked and failed, by the id of the message; a repeated or contrary one changes nothing', async () => {
    await begin('template')
    await world.pump([sendId])
    await template(first(), await msgIdOf(first()), 'success')
    await template(second(), await msgIdOf(second()), 'refused')
    await template(third(), await msgIdOf(third()), 'failed')
    await template(first(), await msgIdOf(first()), 'failed')
    await template(second(), await msgIdOf(second()), 'success')
    const states = { delivered: 1, 'failed:receipt_blocked': 1, 'failed:receipt_failed': 1 }
    expect(await world.states(sendId)).toEqual(states)
    expect(await world.tallies(sendId)).toEqual(states)
  })

  test('a result that comes before the answer is written waits for it', async () => {
    await begin('template', 1)
    const before = world.recorder.reached.length
    expect(before).toBe(0)
    // the recorder numbers its messages
    await template(first(), String(24_000_000_000_001), 'success')
    expect(await stateOf(first())).toBe('planned')
    await world.pump([sendId])
    expect(await stateOf(first())).toBe('accepted')
    expect(await matchReceipts(world.ctx)).toBe(1)
    expect(await stateOf(first())).toBe('delivered')
    expect(await world.tallies(sendId)).toEqual({ delivered: 1 })
    expect(await matchReceipts(world.ctx)).toBe(0)
  })

  test('a fan’s only message in doubt is resolved by a result nobody knows the id of', async () => {
    await begin('template', 1)
    world.recorder.behave = () => ({ raw: 'lost', status: 502, done: true })
    const asking = world.pump([sendId])
    await until(async () => (await stateOf(first())) === 'sending:no_answer')
    await template(first(), '77', 'success')
    await asking
    expect(await stateOf(first())).toBe('delivered')
    expect(await msgIdOf(first())).toBe('77')
    expect(await world.tallies(sendId)).toEqual({ delivered: 1 })
  })

  test('an answer lost is asked for again under the same key: once at the fan, accepted here', async () => {
    await begin('template', 3)
    world.recorder.behave = (_message, nth) =>
      nth <= account.openids.length ? { cut: true, done: true } : undefined
    await world.pump([sendId])
    expect(await world.states(sendId)).toEqual({ accepted: 3 })
    expect([...world.recorder.received().values()]).toEqual([1, 1, 1])
    const keys = world.recorder.reached.map(({ openid, key }) => `${openid} ${key}`)
    expect(keys).toHaveLength(6)
    expect(new Set(keys).size).toBe(3)
  })

  test('a refusal of the repeat proves nothing: unknown', async () => {
    await begin('template', 1)
    world.recorder.behave = (_message, nth) =>
      nth === 1 ? { cut: true, done: true } : { answer: { errcode: 43004, errmsg: 'x' } }
    await world.pump([sendId])
    expect(await stateOf(first())).toBe('unknown:repeat_refused')
  })

  test('a result of somebody else’s message to nobody in doubt changes nothing', async () => {
    await begin('template', 2)
    await world.pump([sendId])
    await template(first(), '999999', 'failed')
    expect(await world.states(sendId)).toEqual({ accepted: 2 })
  })
})

describe('D8: results of subscription notifications', () => {
  test('the oldest open one of fan and template is meant; a block withdraws what was allowed', async () => {
    await begin('subscription', 1)
    const again = await world.send(account, await makeTemplate(world, account, 'subscription'))
    await world.pump([sendId])
    await world.plan(again, account)
    await world.pump([again])
    await notification(first(), 0)
    expect(await world.states(sendId)).toEqual({ delivered: 1 })
    expect(await world.states(again)).toEqual({ accepted: 1 })
    await notification(first(), 43101)
    expect(await world.states(again)).toEqual({ 'failed:receipt_blocked': 1 })
    // one too many says nothing about anybody
    await notification(first(), 0)
    expect(await world.states(sendId)).toEqual({ delivered: 1 })
    expect(await world.tallies(again)).toEqual({ 'failed:receipt_blocked': 1 })
  })
})

describe('unknown messages, by hand', () => {
  test('marked as not sent they give back what they took, as sent they keep it; nobody is sent to', async () => {
    account = await world.bind({ fans: 4 })
    sendId = await world.send(account)
    await world.plan(sendId, account)
    world.recorder.behave = () => ({ raw: '<html>', done: true })
    await world.pump([sendId])
    const all = account.fanIds.length
    expect(await world.states(sendId)).toEqual({ 'unknown:answer_never_came': all })
    const reached = world.recorder.reached.length
    const ids = await world.ctx.pool.query<{ id: string }>(
      'select id from deliveries where send_id = $1 order by id',
      [sendId],
    )
    const path = `/api/accounts/${account.id}/sends/${sendId}/unknown`
    const one = await world.api('POST', path, { outcome: 'sent', deliveryIds: [ids.rows[0]?.id] })
    expect(one).toMatchObject({ status: 200, body: { resolved: 1 } })
    expect(await world.api('POST', path, { outcome: 'not-sent' })).toMatchObject({
      status: 200,
      body: { resolved: all - 1 },
    })
    expect(await world.api('POST', path, { outcome: 'sent' })).toMatchObject({ status: 409 })
    const states = { 'accepted:marked_sent': 1, 'failed:marked_not_sent': all - 1 }
    expect(await world.states(sendId)).toEqual(states)
    expect(await world.tallies(sendId)).toEqual(states)
    const used = await world.ctx.pool.query(
      'select sum(used)::int as used from service_windows where account_id = $1',
      [account.id],
    )
    expect(used.rows).toEqual([{ used: 1 }])
    world.recorder.clear()
    await world.pump([sendId])
    expect(world.recorder.reached).toEqual([])
    expect(reached).toBe(all)
  })
})
