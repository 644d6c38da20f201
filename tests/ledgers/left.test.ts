import { afterAll, beforeAll, expect, test } from 'vitest'
import { after, beijing, createLedgerWorld, DAY, type Fan, HOUR, type LedgerWorld } from './world.ts'

let world: LedgerWorld
let accountId: string
const NOW = beijing('2026-11-21T12:00:00')

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
afterAll(() => world?.close())

const following = async ({ fanId }: Fan) => {
  const { rows } = await world.ctx.pool.query<{ following: boolean; unfollowed_at: Date | null }>(
    'select following, unfollowed_at from fans where id = $1',
    [fanId],
  )
  return rows[0]
}
const knew = (fan: Fan, column: 'followed_at' | 'last_interaction_at', at: Date) =>
  world.ctx.pool.query(`update fans set ${column} = $2 where id = $1`, [fan.fanId, at])
/** A template message promised at `NOW`, and refused. */
async function refuse(fan: Fan, errcode: number): Promise<void> {
  const id = await world.delivery(await world.send(accountId, { channel: 'template' }), fan)
  await world.intend({ accountId, deliveryIds: [id], now: after(NOW, 400) })
  await world.settle(id, 'refused', errcode, after(NOW, 900))
}

test('D1: who doesn’t follow, WeChat says, is known not to from then on, and has no open window', async () => {
  const fan = await world.fan(accountId)
  await knew(fan, 'followed_at', after(NOW, -DAY))
  await world.writes(fan, after(NOW, -HOUR))
  await refuse(fan, 43004)
  expect(await following(fan)).toEqual({ following: false, unfollowed_at: NOW })
  expect(await world.windows(fan)).toEqual([])
  const again = await world.delivery(await world.send(accountId, { channel: 'template' }), fan)
  expect(await world.decided(accountId, again, after(NOW, HOUR))).toMatchObject({ reason: 'not_following' })
})

test('who followed or wrote after the call was made follows, whatever came back of it', async () => {
  for (const column of ['followed_at', 'last_interaction_at'] as const) {
    const fan = await world.fan(accountId)
    await knew(fan, column, after(NOW, 1_000))
    await refuse(fan, 43004)
    expect(await following(fan)).toEqual({ following: true, unfollowed_at: null })
  }
})

test('any other refusal says nothing of following', async () => {
  for (const errcode of [43019, 47003]) {
    const fan = await world.fan(accountId)
    await refuse(fan, errcode)
    expect((await following(fan))?.following).toBe(true)
  }
})
