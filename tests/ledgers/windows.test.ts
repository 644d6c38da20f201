import { afterAll, beforeAll, expect, test } from 'vitest'
import { PAYMENT_EVENT } from '../../src/modules/deliveries/facts/index.ts'
import { EVENTS } from '../../src/modules/ingest/schema.ts'
import { after, beijing, createLedgerWorld, DAY, type Fan, HOUR, type LedgerWorld, MINUTE } from './world.ts'

let world: LedgerWorld
let accountId: string
const NOW = beijing('2026-11-21T12:00:00')

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
afterAll(() => world?.close())

/** Whether a message to this fan goes at an instant; it takes what it needs, as the engine does. */
async function goes(fan: Fan, now: Date) {
  const sendId = await world.send(accountId)
  const id = await world.delivery(sendId, fan)
  const decision = await world.decided(accountId, id, now)
  return decision.kind === 'send' ? { id } : { reason: decision.reason }
}

test.each([
  [EVENTS.message, 'message', 5, 48 * HOUR],
  [EVENTS.menuClick, 'menu', 3, MINUTE],
  [EVENTS.follow, 'follow', 3, MINUTE],
  [EVENTS.scan, 'scan', 3, MINUTE],
])(
  'A5: %s opens a window of %s: %s messages in %s ms, and not one more or later',
  async (name, kind, sends, length) => {
    const fan = await world.fan(accountId)
    await world.acts(world.event(name, fan, NOW, { type: 'image' }))
    expect(await world.windows(fan)).toMatchObject([{ kind, left: sends, expires_at: after(NOW, length) }])
    const last = after(NOW, length - 1)
    expect(await goes(fan, after(NOW, length))).toEqual({ reason: 'window_closed' })
    for (let sent = 0; sent < sends; sent += 1) expect(await goes(fan, last)).toHaveProperty('id')
    expect(await goes(fan, last)).toEqual({ reason: 'window_used_up' })
  },
)

test('an act of the same kind sets the record anew; told twice, or late, it changes nothing', async () => {
  const fan = await world.fan(accountId)
  const first = world.event(EVENTS.message, fan, NOW, { type: 'image' })
  const second = world.event(EVENTS.message, fan, after(NOW, HOUR), { type: 'image' })
  await world.acts(first)
  expect(await goes(fan, after(NOW, MINUTE))).toHaveProperty('id')
  await world.acts(second)
  expect(await world.windows(fan)).toMatchObject([{ left: 5, opened_at: after(NOW, HOUR) }])
  expect(await goes(fan, after(NOW, 2 * HOUR))).toHaveProperty('id')
  await world.acts(second)
  await world.acts(first)
  expect(await world.windows(fan)).toMatchObject([{ left: 4, opened_at: after(NOW, HOUR) }])
})

test('a send uses the window that is over first, then the next', async () => {
  const fan = await world.fan(accountId)
  await world.acts(
    world.event(EVENTS.message, fan, NOW, { type: 'image' }),
    world.event(EVENTS.menuClick, fan, after(NOW, 1_000), {}),
  )
  const soon = after(NOW, 2_000)
  for (let sent = 0; sent < 3; sent += 1) await goes(fan, soon)
  expect(await world.windows(fan)).toMatchObject([
    { kind: 'menu', left: 0 },
    { kind: 'message', left: 5 },
  ])
  await goes(fan, soon)
  expect((await world.windows(fan))[1]).toMatchObject({ kind: 'message', left: 4 })
})

test('leaving closes every window, whenever its news comes; what is told late of somebody who has left opens none', async () => {
  const fan = await world.fan(accountId)
  const wrote = world.event(EVENTS.message, fan, NOW, { type: 'image' })
  const left = world.event(EVENTS.unfollow, fan, after(NOW, 1_000))
  const back = world.event(EVENTS.follow, fan, after(NOW, 2_000))
  await world.acts(wrote, left)
  expect(await world.windows(fan)).toEqual([])
  await world.ctx.pool.query('update fans set following = false, unfollowed_at = $2 where id = $1', [
    fan.fanId,
    left.at,
  ])
  await world.acts(wrote)
  expect(await world.windows(fan)).toEqual([])
  await world.ctx.pool.query('update fans set following = true where id = $1', [fan.fanId])
  await world.acts(left, back)
  expect(await world.windows(fan)).toMatchObject([{ kind: 'follow', left: 3 }])
  // told again: the follow came after it
  await world.acts(left)
  expect(await world.windows(fan)).toMatchObject([{ kind: 'follow', left: 3 }])
})

test('a payment opens nothing, unless the account is set so', async () => {
  const fan = await world.fan(accountId)
  await world.acts(world.event(PAYMENT_EVENT, fan, NOW))
  expect(await world.windows(fan)).toEqual([])
  const paying = await world.account({ paymentWindowSends: 20 })
  const buyer = await world.fan(paying)
  await world.acts(world.event(PAYMENT_EVENT, buyer, NOW))
  expect(await world.windows(buyer)).toMatchObject([
    { kind: 'payment', left: 20, expires_at: after(NOW, 2 * DAY) },
  ])
})

test('a text that is exactly an item of a menu we sent lately counts as a tap, another text or an older menu does not', async () => {
  const menu = {
    kind: 'msgmenu',
    channel: 'customer-service',
    variables: {},
    message: {
      msgtype: 'msgmenu',
      msgmenu: { head_content: '满意吗', list: [{ id: '1', content: '满意' }], tail_content: '' },
    },
  }
  const sendId = await world.send(accountId, { content: menu })
  const kinds = async (text: string, asked: Date) => {
    const fan = await world.fan(accountId)
    await world.delivery(sendId, fan, { state: 'accepted', intentAt: asked })
    await world.acts(world.event(EVENTS.message, fan, NOW, { type: 'text', content: text }))
    return (await world.windows(fan)).map(({ kind }) => kind)
  }
  expect(await kinds('满意', after(NOW, -HOUR))).toEqual(['menu'])
  expect(await kinds('满意！', after(NOW, -HOUR))).toEqual(['message'])
  expect(await kinds('满意', after(NOW, -7 * DAY - 1))).toEqual(['message'])
  const other = await world.fan(accountId)
  await world.acts(world.event(EVENTS.message, other, NOW, { type: 'text', content: '满意' }))
  expect((await world.windows(other)).map(({ kind }) => kind)).toEqual(['message'])
})

test('design 5: acceptance spends, a definite refusal gives back, doubt stays reserved', async () => {
  const fan = await world.fan(accountId)
  await world.writes(fan, NOW)
  const left = async () => (await world.windows(fan))[0]?.left
  for (const [outcome, errcode, expected] of [
    ['accepted', undefined, 4],
    ['unknown', undefined, 3],
    ['refused', -1, 3],
    ['refused', undefined, 3],
  ] as const) {
    const sent = await goes(fan, after(NOW, 1_000))
    await world.settle(sent.id as string, outcome, errcode)
    expect(await left()).toBe(expected)
  }
})

test('what was reserved of a window is not given back to the one that came after it', async () => {
  const fan = await world.fan(accountId)
  await world.writes(fan, NOW)
  const sent = await goes(fan, after(NOW, 1_000))
  await world.writes(fan, after(NOW, 2_000))
  await goes(fan, after(NOW, 3_000))
  await world.settle(sent.id as string, 'refused', -1)
  expect(await world.windows(fan)).toMatchObject([{ left: 4 }])
})

test('the platform’s word replaces ours: 45015 closes, 45047 empties, until the next act', async () => {
  const fan = await world.fan(accountId)
  await world.writes(fan, NOW)
  const late = await goes(fan, after(NOW, 1_000))
  await world.settle(late.id as string, 'refused', 45015)
  expect(await goes(fan, after(NOW, 2_000))).toEqual({ reason: 'window_closed' })
  await world.writes(fan, after(NOW, 3_000))
  const many = await goes(fan, after(NOW, 4_000))
  await world.settle(many.id as string, 'refused', 45047)
  expect(await goes(fan, after(NOW, 5_000))).toEqual({ reason: 'window_used_up' })
  await world.writes(fan, after(NOW, 6_000))
  expect(await goes(fan, after(NOW, 7_000))).toHaveProperty('id')
})

test('43019 and 48002 are remembered for seven days or until the fan acts', async () => {
  for (const errcode of [43019, 48002]) {
    const fan = await world.fan(accountId)
    await world.writes(fan, NOW)
    const sent = await goes(fan, after(NOW, 1_000))
    await world.settle(sent.id as string, 'refused', errcode)
    expect(await goes(fan, after(NOW, 2_000))).toEqual({ reason: 'blocked_by_person' })
    const week = after(NOW, 1_000 + 7 * DAY)
    expect(await goes(fan, after(week, -1))).toEqual({ reason: 'blocked_by_person' })
    expect(await goes(fan, week)).toEqual({ reason: 'window_closed' })
    await world.writes(fan, after(NOW, 10_000))
    expect(await goes(fan, after(NOW, 11_000))).toHaveProperty('id')
  }
})

test('two processes at once never take more of a window than it allows', async () => {
  const fan = await world.fan(accountId)
  await world.writes(fan, NOW)
  const other = await world.another()
  const ids = await Promise.all(
    Array.from({ length: 12 }, async () => world.delivery(await world.send(accountId), fan)),
  )
  const rounds = await Promise.all(
    ids.map((id, index) =>
      world.intend(
        { accountId, deliveryIds: [id], now: after(NOW, 1_000) },
        index % 2 === 0 ? world.ctx : other,
      ),
    ),
  )
  const taken = rounds.flatMap(({ reserved }) => [...reserved.values()]).filter((one) => one !== 'raced')
  expect(taken).toHaveLength(5)
  expect(await world.windows(fan)).toMatchObject([{ left: 0 }])
})

test('C2: the latest act of each fan is kept, whatever opens a window; a payment and leaving are none', async () => {
  const fan = await world.fan(accountId)
  const last = async () => {
    const { rows } = await world.ctx.pool.query(
      'select kind, at, event_id from fan_last_acts where fan_id = $1',
      [fan.fanId],
    )
    return rows
  }
  expect(await last()).toEqual([])
  const scan = world.event(EVENTS.scan, fan, after(NOW, HOUR), {})
  const message = world.event(EVENTS.message, fan, NOW, { type: 'image' })
  await world.acts(scan, message)
  expect(await last()).toEqual([{ kind: 'scan', at: after(NOW, HOUR), event_id: scan.id }])
  await world.acts(world.event(PAYMENT_EVENT, fan, after(NOW, 2 * HOUR), {}))
  await world.acts(world.event(EVENTS.unfollow, fan, after(NOW, 2 * HOUR), {}))
  await world.acts(message)
  expect(await last()).toEqual([{ kind: 'scan', at: after(NOW, HOUR), event_id: scan.id }])
  const tap = world.event(EVENTS.menuClick, fan, after(NOW, HOUR), {})
  await world.acts(tap)
  expect(await last(), 'of one second the later event').toMatchObject([{ kind: 'menu', event_id: tap.id }])
})
