import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { getAccount } from '../../src/modules/accounts/index.ts'
import { callsLeft, isDayUsedUp } from '../../src/modules/deliveries/facts/index.ts'
import { insertBroadcast } from '../support/broadcasts.ts'
import { after, beijing, createLedgerWorld, DAY, type Fan, HOUR, type LedgerWorld } from './world.ts'

let world: LedgerWorld
let accountId: string
const NOW = beijing('2026-11-21T12:00:00')

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
beforeEach(async () => {
  await world.ctx.pool.query('delete from frequency_caps; delete from quiet_hours')
})
afterAll(() => world?.close())

type CapFields = {
  account?: string | null
  channel?: string | null
  purpose?: string
  most?: number
  amount?: number
  unit?: string
  calendar?: boolean
  action?: string
  enabled?: boolean
}
const cap = (fields: CapFields = {}) =>
  world.one(
    `insert into frequency_caps (account_id, channel, purpose, most, window_amount, window_unit, calendar, action, enabled, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now()) returning id`,
    fields.account ?? null,
    fields.channel ?? null,
    fields.purpose ?? 'marketing',
    fields.most ?? 2,
    fields.amount ?? 1,
    fields.unit ?? 'day',
    fields.calendar ?? false,
    fields.action ?? 'drop',
    fields.enabled ?? true,
  )
const quiet = (
  from: number,
  until: number,
  fields: { purpose?: string; zone?: string; action?: string } = {},
) =>
  world.one(
    `insert into quiet_hours (purpose, from_minute, until_minute, zone, action, created_at)
     values ($1, $2, $3, $4, $5, now()) returning id`,
    fields.purpose ?? 'marketing',
    from,
    until,
    fields.zone ?? 'Asia/Shanghai',
    fields.action ?? 'postpone',
  )

/** A template message: asked about caps and quiet hours, and about nothing of a window. */
async function ask(fan: Fan, now: Date, fields: Parameters<LedgerWorld['send']>[1] = {}) {
  const sendId = await world.send(fan.accountId, { channel: 'template', ...fields })
  const id = await world.delivery(sendId, fan)
  return world.decided(fan.accountId, id, now)
}
const got = async (fan: Fan, at: Date, fields: Parameters<LedgerWorld['send']>[1] = {}, state = 'accepted') =>
  world.delivery(await world.send(fan.accountId, { channel: 'template', ...fields }), fan, {
    state,
    intentAt: at,
  })

test('F3: a cap counts what went or may have gone, not what was refused or never left', async () => {
  await cap({ most: 3 })
  const fan = await world.fan(accountId)
  for (const state of ['accepted', 'delivered', 'failed', 'skipped', 'planned'])
    await got(fan, after(NOW, -HOUR), {}, state)
  expect(await ask(fan, NOW)).toMatchObject({ kind: 'send' })
  // the one just sent is in flight and counts
  expect(await ask(fan, NOW)).toMatchObject({
    kind: 'skip',
    reason: 'frequency_cap',
    detail: { used: 3, most: 3 },
  })
})

test('the edges of a rolling day and of Beijing’s calendar month', async () => {
  await cap({ most: 1, action: 'postpone' })
  const rolling = await world.fan(accountId)
  await got(rolling, after(NOW, -DAY + 1))
  expect(await ask(rolling, NOW)).toMatchObject({
    kind: 'hold',
    reason: 'frequency_cap',
    until: after(NOW, 1),
  })
  expect(await ask(rolling, after(NOW, 1))).toMatchObject({ kind: 'send' })
  await world.ctx.pool.query('delete from frequency_caps')
  await cap({ most: 1, unit: 'month', calendar: true, action: 'postpone' })
  const monthly = await world.fan(accountId)
  await got(monthly, beijing('2026-11-01T00:00:00'))
  const first = beijing('2026-12-01T00:00:00')
  expect(await ask(monthly, after(first, -1))).toMatchObject({ kind: 'hold', until: first })
  expect(await ask(monthly, first)).toMatchObject({ kind: 'send' })
  const earlier = await world.fan(accountId)
  await got(earlier, after(beijing('2026-11-01T00:00:00'), -1))
  expect(await ask(earlier, NOW)).toMatchObject({ kind: 'send' })
})

test('per kind, account and purpose: a cap asks and counts only what it names', async () => {
  const elsewhere = await world.account()
  const { contactId, ...fan } = await world.fan(accountId)
  const person = { contactId, ...fan }
  const there = await world.fan(elsewhere, { contactId })
  await got(there, after(NOW, -HOUR), { channel: 'template' })
  const narrow = await cap({ most: 1, account: accountId, channel: 'template' })
  expect(await ask(person, NOW)).toMatchObject({ kind: 'send' })
  expect(await ask(person, NOW)).toMatchObject({ reason: 'frequency_cap' })
  expect(await ask(there, NOW, { channel: 'template' })).toMatchObject({ kind: 'send' })
  expect(await ask(person, NOW, { purpose: 'service' })).toMatchObject({ kind: 'send' })
  await world.ctx.pool.query('delete from frequency_caps where id = $1', [narrow])
  await cap({ most: 1, purpose: 'any' })
  expect(await ask(there, NOW, { purpose: 'service' })).toMatchObject({ reason: 'frequency_cap' })
})

test('a cap that is off, and a send that is told to do without, ask nothing', async () => {
  const fan = await world.fan(accountId)
  await got(fan, after(NOW, -HOUR))
  await cap({ most: 1, enabled: false })
  expect(await ask(fan, NOW)).toMatchObject({ kind: 'send' })
  await world.ctx.pool.query('update frequency_caps set enabled = true')
  const none = { caps: 'none', quiet: 'inherit', notAfter: null }
  expect(await ask(fan, NOW, { limits: none })).toMatchObject({ kind: 'send' })
  expect(await ask(fan, NOW)).toMatchObject({ reason: 'frequency_cap' })
})

test('tests to named fans are neither asked nor counted', async () => {
  await cap({ most: 1 })
  const fan = await world.fan(accountId)
  await got(fan, after(NOW, -HOUR), { ownerKind: 'test' })
  expect(await ask(fan, NOW, { ownerKind: 'test' })).toMatchObject({ kind: 'send' })
  expect(await ask(fan, NOW)).toMatchObject({ kind: 'send' })
  expect(await ask(fan, NOW)).toMatchObject({ reason: 'frequency_cap' })
  expect(await ask(fan, NOW, { ownerKind: 'test' })).toMatchObject({ kind: 'send' })
})

test('mass sends count, those of a batch that was refused do not', async () => {
  await cap({ most: 1 })
  const mass = async (fan: Fan, state: string) => {
    const broadcastId = await insertBroadcast(world.ctx.pool, { accountId, state: 'ended' })
    await world.ctx.pool.query(
      `insert into broadcast_batches (broadcast_id, account_id, seq, state, reason, size, client_msg_id, due_at, intent_at)
       values ($1, $2, 1, $3, 'x', 1, $4, now(), $5)`,
      [broadcastId, accountId, state, `c${broadcastId}`, after(NOW, -HOUR)],
    )
    await world.ctx.pool.query(
      'insert into broadcast_recipients (broadcast_id, fan_id, batch_seq) values ($1, $2, 1)',
      [broadcastId, fan.fanId],
    )
  }
  const sent = await world.fan(accountId)
  await mass(sent, 'accepted')
  expect(await ask(sent, NOW)).toMatchObject({ reason: 'frequency_cap' })
  const refused = await world.fan(accountId)
  await mass(refused, 'failed')
  expect(await ask(refused, NOW)).toMatchObject({ kind: 'send' })
})

test('a person counts as one, by whatever id they got it', async () => {
  await cap({ most: 1 })
  const old = await world.fan(accountId)
  const now = await world.fan(accountId)
  await got(old, after(NOW, -HOUR))
  expect(await ask(now, NOW)).toMatchObject({ kind: 'send' })
  await world.ctx.pool.query('delete from deliveries where contact_id = $1', [now.contactId])
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
    [old.contactId, now.contactId],
  )
  expect(await ask(now, NOW)).toMatchObject({ reason: 'frequency_cap' })
})

test('two processes with two sends each to the same people at once: nobody gets more than the cap', async () => {
  await cap({ most: 1 })
  const fans = await Promise.all(Array.from({ length: 10 }, () => world.fan(accountId)))
  const other = await world.another()
  const chunk = async () => {
    const sendId = await world.send(accountId, { channel: 'template' })
    return Promise.all(fans.map((fan) => world.delivery(sendId, fan)))
  }
  const chunks = await Promise.all(Array.from({ length: 4 }, chunk))
  await Promise.all(
    chunks.map((deliveryIds, index) =>
      world.intend({ accountId, deliveryIds, now: NOW }, index % 2 === 0 ? world.ctx : other),
    ),
  )
  const { rows } = await world.ctx.pool.query<{ contact_id: string; n: number }>(
    `select contact_id, count(*)::int as n from deliveries where contact_id = any($1) and state = 'sending' group by 1`,
    [fans.map(({ contactId }) => contactId)],
  )
  expect(rows).toHaveLength(fans.length)
  expect(rows.every(({ n }) => n === 1)).toBe(true)
})

test('quiet hours: marketing waits for the morning, service goes; a send may bring its own or none', async () => {
  await quiet(22 * 60, 8 * 60)
  const fan = await world.fan(accountId)
  const night = beijing('2026-11-21T22:00:00')
  const morning = beijing('2026-11-22T08:00:00')
  expect(await ask(fan, after(night, -1))).toMatchObject({ kind: 'send' })
  expect(await ask(fan, night)).toMatchObject({ kind: 'hold', reason: 'quiet_hours', until: morning })
  expect(await ask(fan, morning)).toMatchObject({ kind: 'send' })
  expect(await ask(fan, night, { purpose: 'service' })).toMatchObject({ kind: 'send' })
  const none = { caps: 'inherit', quiet: 'none', notAfter: null }
  expect(await ask(fan, night, { limits: none })).toMatchObject({ kind: 'send' })
  const own = { fromMinute: 720, untilMinute: 780, zone: 'Asia/Shanghai', action: 'drop' }
  expect(await ask(fan, NOW, { limits: { ...none, quiet: own } })).toMatchObject({
    kind: 'skip',
    reason: 'quiet_hours',
  })
})

test('the do-not-disturb list stops every send, by whatever id a person is on it', async () => {
  const fan = await world.fan(accountId)
  const merged = await world.fan(accountId)
  await world.ctx.pool.query('insert into contact_suppressions (contact_id, created_at) values ($1, now())', [
    merged.contactId,
  ])
  expect(await ask(fan, NOW)).toMatchObject({ kind: 'send' })
  expect(await ask(merged, NOW, { ownerKind: 'test' })).toMatchObject({ reason: 'suppressed' })
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
    [merged.contactId, fan.contactId],
  )
  expect(await ask(fan, NOW)).toMatchObject({ reason: 'suppressed' })
})

test('A2: two fans who turn out to be one person get one message of a send: the one in flight, else the first planned', async () => {
  const [a, b] = [await world.fan(accountId), await world.fan(accountId)]
  const sendId = await world.send(accountId, { channel: 'template' })
  const first = await world.delivery(sendId, a)
  const second = await world.delivery(sendId, b)
  const again = await world.delivery(sendId, b, { occurrence: '7' })
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
    [a.contactId, b.contactId],
  )
  expect(await world.decided(accountId, second, NOW)).toMatchObject({ kind: 'hold', reason: 'same_person' })
  expect(await world.decided(accountId, first, NOW)).toMatchObject({ kind: 'send' })
  expect(await world.decided(accountId, again, NOW)).toMatchObject({ kind: 'send' })
  const become = (state: string) =>
    world.ctx.pool.query(`update deliveries set state = $2, reason = $3 where id = $1`, [
      first,
      state,
      state === 'skipped' ? 'not_following' : null,
    ])
  await become('unknown')
  expect(await world.decided(accountId, second, NOW)).toMatchObject({ kind: 'skip', reason: 'same_person' })
  // left out, it makes room for the one that waited for it
  await become('skipped')
  expect(await world.decided(accountId, second, NOW)).toMatchObject({ kind: 'send' })
})

test('hold-out: the same people every time, by campaign, about as many as asked for', async () => {
  const fans = await Promise.all(Array.from({ length: 200 }, () => world.fan(accountId)))
  const heldOut = async (ownerId: string) => {
    const sendId = await world.send(accountId, { channel: 'template', holdout: 2_000, ownerId })
    const ids = await Promise.all(fans.map((fan) => world.delivery(sendId, fan)))
    const { decisions } = await world.intend({ accountId, deliveryIds: ids, now: NOW })
    return fans.filter((_, index) => {
      const decision = decisions.get(ids[index] as string)
      return decision?.kind === 'skip' && decision.reason === 'held_out'
    })
  }
  const first = await heldOut('11')
  expect(first.length).toBeGreaterThan(15)
  expect(first.length).toBeLessThan(70)
  expect(await heldOut('11')).toEqual(first)
  expect(await heldOut('12')).not.toEqual(first)
})

test('a day’s calls: taken with the intent, no more than there are, back when they never left, anew at Beijing’s midnight', async () => {
  const own = await world.account({ templatePerDay: 5 })
  const account = await getAccount(world.ctx, own)
  const left = (at = NOW) => callsLeft(world.ctx.db, account, 'template', at)
  const plan = async (n: number) => {
    const sendId = await world.send(own, { channel: 'template' })
    return Promise.all(Array.from({ length: n }, async () => world.delivery(sendId, await world.fan(own))))
  }
  const some = await plan(3)
  await world.intend({ accountId: own, deliveryIds: some, now: NOW })
  expect(await left()).toBe(2)
  await world.settle(some[0] as string, 'refused', undefined)
  expect(await left()).toBe(3)
  await world.settle(some[1] as string, 'refused', 43004)
  expect(await left()).toBe(3)
  const other = await world.another()
  const [a, b] = await Promise.all([plan(3), plan(3)])
  const rounds = await Promise.all([
    world.intend({ accountId: own, deliveryIds: a, now: NOW }),
    world.intend({ accountId: own, deliveryIds: b, now: NOW }, other),
  ])
  const taken = rounds.flatMap(({ reserved }) => [...reserved.values()]).filter((one) => one !== 'raced')
  expect(taken).toHaveLength(3)
  expect(await isDayUsedUp(world.ctx.db, account, 'template', NOW)).toBe(true)
  const [late] = await plan(1)
  expect(await world.decided(own, late as string, NOW)).toMatchObject({
    kind: 'hold',
    reason: 'calls_used_up',
    until: beijing('2026-11-22T00:00:00'),
  })
  expect(await left(beijing('2026-11-22T00:00:00'))).toBe(5)
  expect(await left(after(beijing('2026-11-22T00:00:00'), -1))).toBe(0)
})

test('45009: the platform says the day is used up, whatever we counted', async () => {
  const own = await world.account()
  const account = await getAccount(world.ctx, own)
  const sendId = await world.send(own, { channel: 'template' })
  const id = await world.delivery(sendId, await world.fan(own))
  await world.intend({ accountId: own, deliveryIds: [id], now: NOW })
  await world.settle(id, 'refused', 45009)
  expect(await isDayUsedUp(world.ctx.db, account, 'template', NOW)).toBe(true)
  expect(await isDayUsedUp(world.ctx.db, account, 'customer-service', NOW)).toBe(false)
  expect(await isDayUsedUp(world.ctx.db, account, 'template', after(NOW, DAY))).toBe(false)
})
