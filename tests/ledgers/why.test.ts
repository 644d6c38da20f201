import { afterAll, beforeAll, expect, test } from 'vitest'
import { explainDelivery } from '../../src/modules/deliveries/index.ts'
import { after, createLedgerWorld, HOUR, type LedgerWorld, MINUTE } from './world.ts'

let world: LedgerWorld
let accountId: string

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
afterAll(() => world?.close())

test('G2: the chain says every check, and the first no is what the engine decides', async () => {
  const now = world.ctx.clock.now()
  const fan = await world.fan(accountId)
  await world.writes(fan, after(now, -HOUR))
  await world.one(
    `insert into frequency_caps (purpose, most, window_amount, window_unit, action, created_at)
     values ('any', 1, 1, 'day', 'drop', now()) returning id`,
  )
  const before = await world.send(accountId)
  await world.delivery(before, fan, { state: 'accepted', intentAt: after(now, -MINUTE) })
  const sendId = await world.send(accountId)
  const deliveryId = await world.delivery(sendId, fan)
  const why = await explainDelivery(world.ctx, { accountId, sendId, contactId: fan.contactId, deliveryId })
  const first = why.checks?.find(({ verdict }) => verdict !== 'pass')
  expect(first).toMatchObject({
    check: 'frequency_cap',
    verdict: 'skip',
    reason: 'frequency_cap',
    detail: { most: 1, used: 1 },
  })
  expect(why.checks?.map(({ check }) => check)).toEqual([
    'send',
    'same_person',
    'person',
    'following',
    'silence',
    'audience',
    'consent',
    'window',
    'platform_quota',
    'frequency_cap',
    'quiet_hours',
    'fields',
    'holdout',
  ])
  expect(why.facts).toMatchObject({
    following: true,
    windows: [{ kind: 'message', left: 5 }],
    caps: [{ most: 1, used: 1 }],
  })
  const decision = await world.decided(accountId, deliveryId, world.ctx.clock.now())
  expect(decision).toMatchObject({ kind: 'skip', reason: first?.reason })
  await world.ctx.pool.query('delete from frequency_caps')
})

test('G2: it answers for people nothing was planned for, and says so where somebody is no fan of the account', async () => {
  const fan = await world.fan(accountId)
  const sendId = await world.send(accountId)
  const why = await explainDelivery(world.ctx, { accountId, sendId, contactId: fan.contactId })
  expect(why.checks?.find(({ verdict }) => verdict !== 'pass')).toMatchObject({ reason: 'window_closed' })
  const elsewhere = await world.fan(await world.account())
  expect(
    await explainDelivery(world.ctx, { accountId, sendId, contactId: elsewhere.contactId }),
  ).toMatchObject({
    checks: null,
    facts: null,
  })
  await expect(
    explainDelivery(world.ctx, { accountId: elsewhere.accountId, sendId, contactId: fan.contactId }),
  ).rejects.toMatchObject({ code: 'not_found' })
})
