import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideWaits } from '../../src/modules/campaigns/triggers/waits.ts'
import { sized } from '../support/size.ts'
import { type CampaignWorld, createCampaignWorld, MINUTE } from './world.ts'

let world: CampaignWorld
const PEOPLE = sized(10_000, 1_000_000)
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
}, 300_000)
afterAll(() => world?.close())

const memory = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

test(
  'G7: as many as there are wait; when their time comes all are served, in order, in bounded memory',
  async () => {
    const campaign = await world.start({
      trigger: {
        kind: 'event-not',
        event: { event: 'many.a', where: [] },
        without: { event: 'many.b', where: [] },
        within: { amount: 20, unit: 'minute' },
      },
    })
    const { pool } = world.ctx
    // one a millisecond, every tenth of them followed by B
    await pool.query(
      `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
     select account_id, contact_id, id, 'many.a', $2::timestamptz + n * interval '1 millisecond', $2, '{}'
     from (select *, row_number() over (order by id desc) as n from fans where account_id = $1) f order by n`,
      [world.accountId, world.now()],
    )
    await pool.query(
      `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
     select account_id, contact_id, fan_id, 'many.b', at, received_at, '{}' from events
     where name = 'many.a' and contact_id % 10 = 0`,
    )
    await pool.query('analyze events')
    await world.follow()
    const waiting = await pool.query<{ n: number }>(
      `select count(*)::int as n from campaign_waits where state = 'waiting'`,
    )
    expect(waiting.rows[0]?.n).toBe(PEOPLE)
    world.forward(20 * MINUTE + PEOPLE + 5_000)

    let peak = 0
    const before = memory()
    for (let did = 1; did > 0; ) {
      did = await decideWaits(world.ctx)
      peak = Math.max(peak, memory())
    }
    expect(peak - before).toBeLessThan(50)
    const { rows } = await pool.query<{ state: string; n: number; ordered: boolean }>(
      `select state, count(*)::int as n from campaign_waits group by state order by state`,
    )
    const followed = await pool.query<{ n: number }>(
      `select count(*)::int as n from events where name = 'many.b'`,
    )
    const withB = followed.rows[0]?.n ?? 0
    expect(rows).toEqual([
      { state: 'did_b', n: withB },
      { state: 'fired', n: PEOPLE - withB },
    ])
    // a chunk holds a second of them; within it the instant each is due is what the engine goes by
    const order = await pool.query<{ ok: boolean }>(
      `select bool_and(latest - due_at < interval '1 second') as ok from (
       select w.due_at, max(w.due_at) over (order by d.id) as latest
       from deliveries d join campaign_waits w on w.event_id = d.occurrence where d.send_id = $1) w`,
      [campaign.sendId],
    )
    expect(order.rows[0]?.ok).toBe(true)
  },
  sized(120_000, 1_800_000),
)
