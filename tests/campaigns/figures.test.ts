import { Kysely, PostgresDialect, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DB, inTransaction } from '../../src/infra/transaction.ts'
import { settleCampaigns } from '../../src/modules/campaigns/lifecycle/settle.ts'
import { lockTallies, sumTallies, writeTallies } from '../../src/modules/campaigns/store/people.ts'
import { insertWaits, listWaits, settleWaits, waitsByHour } from '../../src/modules/campaigns/store/waits.ts'
import { waitingByTime } from '../../src/modules/deliveries/index.ts'
import { eraseNext } from '../../src/modules/privacy/erase.ts'
import { type CampaignWorld, createCampaignWorld, DAY, HOUR, MINUTE, ok } from './world.ts'

let world: CampaignWorld
const PEOPLE = 12
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
})
afterAll(() => world?.close())

let names = 0
const fresh = () => `figure.${++names}`
const trigger = (event: string) => ({
  kind: 'event-not',
  event: { event, where: [] },
  without: { event: `${event}.b`, where: [] },
  within: { amount: 2, unit: 'hour' },
})
const wholeHour = () => new Date(Math.floor(world.now().getTime() / HOUR) * HOUR)

/** What the figures say, and the same by counting rows. */
async function both(campaignId: string) {
  const from = wholeHour()
  const counted = await world.ctx.pool.query<{ events: number; people: number; firings: number }>(
    `select coalesce(sum(seen), 0)::int as events, count(*)::int as people, coalesce(sum(fired), 0)::int as firings
     from campaign_people where campaign_id = $1`,
    [campaignId],
  )
  const hours = await world.ctx.pool.query<{ bucket: number; n: number }>(
    `select least(23, greatest(0, floor(extract(epoch from due_at - $2) / 3600)))::int as bucket, count(*)::int as n
     from campaign_waits where campaign_id = $1 and state = 'waiting' group by 1 order by 1`,
    [campaignId, from],
  )
  const summed = await waitsByHour(world.ctx.db, campaignId, { from, hours: 24 })
  return {
    shown: {
      sums: await sumTallies(world.ctx.db, campaignId),
      waits: summed.flatMap((n, bucket) => (n === 0 ? [] : [{ bucket, n }])),
    },
    counted: { sums: counted.rows[0], waits: hours.rows },
  }
}
const agree = async (campaignId: string) => {
  const { shown, counted } = await both(campaignId)
  expect(shown).toEqual(counted)
  return shown
}

test('F6: what the live page says is what counting the rows would: through firings, decisions, merges, an erasure, an end', async () => {
  const event = fresh()
  const campaign = await world.start({ trigger: trigger(event) })
  const { id } = campaign
  await world.happen(Array.from({ length: PEOPLE }, (_, person) => ({ name: event, person })))
  await world.work()
  expect((await agree(id)).sums).toEqual({ events: PEOPLE, people: PEOPLE, firings: 0 })
  world.forward(HOUR)
  await world.happen([0, 0, 1].map((person) => ({ name: event, person })))
  await world.work()
  expect((await agree(id)).waits).toHaveLength(2)
  expect((await world.read(campaign)).waiting).toBe(PEOPLE + 3)
  const figures = await world.figures(campaign)
  expect(figures.triggered).toEqual({ events: PEOPLE + 3, people: PEOPLE, firings: 0 })
  expect(figures.waiting.reduce((sum, { undecided }) => sum + undecided, 0)).toBe(PEOPLE + 3)
  world.forward(HOUR + MINUTE)
  await world.work()
  expect((await agree(id)).sums.firings).toBe(PEOPLE)

  const [stays, merged] = world.contacts.slice(-2) as [string, string]
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'test')`,
    [merged, stays],
  )
  await inTransaction(world.ctx.db, (trx) => lockTallies(trx, [{ campaignId: id, contactId: stays }]))
  expect((await agree(id)).sums.people).toBe(PEOPLE - 1)

  ok(await world.api('POST', `/api/contacts/${world.contacts[0]}/erase`, {}))
  while ((await eraseNext(world.ctx)) > 0);
  await agree(id)
  ok(await world.act(campaign, 'end'))
  await world.work()
  expect((await agree(id)).waits).toEqual([])
})

test('F6: two connections that count at once lose nothing and add nothing', async () => {
  const { id } = await world.start({ trigger: trigger(fresh()) })
  const other = await world.another()
  const add = (where: typeof world.ctx, from: number) =>
    inTransaction(where.db, async (trx) => {
      const contacts = Array.from({ length: 50 }, (_, n) => String(10_000 + from + n))
      await writeTallies(
        trx,
        contacts.map((contactId) => ({ campaignId: id, contactId, tally: { seen: 2, begun: 1, fired: 1 } })),
      )
      await insertWaits(
        trx,
        contacts.map((contactId, n) => ({
          campaignId: id,
          version: 1,
          contactId,
          fanId: contactId,
          eventId: contactId,
          aAt: world.now(),
          deadline: world.now(),
          dueAt: new Date(world.now().getTime() + n * 20 * MINUTE),
          context: {},
        })),
      )
    })
  await Promise.all([0, 50, 100, 150].map((from, n) => add(n % 2 === 0 ? world.ctx : (other as never), from)))
  expect((await agree(id)).sums).toEqual({ events: 400, people: 200, firings: 200 })
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    'select id from campaign_waits where campaign_id = $1 order by id',
    [id],
  )
  const half = (n: number) => rows.filter((_, index) => index % 2 === n)
  const settle = (where: typeof world.ctx, n: number) =>
    inTransaction(where.db, (trx) =>
      settleWaits(
        trx,
        half(n).map((row) => ({ id: row.id, state: 'limited' as const })),
        world.now(),
      ),
    )
  await Promise.all([settle(world.ctx, 0), settle(other as never, 1)])
  expect((await agree(id)).waits).toEqual([])
})

test('F6: messages that wait are told by the hour, and the hour that holds nearly all is not counted', async () => {
  const { id, sendId } = await world.start({ trigger: trigger(fresh()) })
  const plan = (n: number, hours: number) =>
    world.ctx.pool.query(
      `with made as (insert into deliveries (send_id, account_id, version, contact_id, fan_id, occurrence, due_at, planned_at)
         select $1, $2, 1, g, g, $4::int * 1000 + g, $3::timestamptz + $4::int * interval '1 hour', $3 from generate_series(1, $5::int) g
         returning 1)
       insert into delivery_tallies as t (send_id, slot, state, n) select $1, 0, 'planned', count(*) from made
       on conflict (send_id, run_id, state, reason, slot) do update set n = t.n + excluded.n`,
      [sendId, world.accountId, wholeHour(), hours, n],
    )
  const from = wholeHour()
  const range = { from, to: new Date(from.getTime() + DAY), buckets: 24 }
  const shown = async (few: number) => {
    const spans = await waitingByTime(world.ctx.db, sendId as string, { ...range, few })
    return spans.map(({ from: at, n }) => [(at.getTime() - from.getTime()) / HOUR, n])
  }
  await plan(40, 0)
  await plan(3, 5)
  await plan(2, 30)
  for (const few of [1_000, 10])
    expect(await shown(few)).toEqual([
      [0, 40],
      [5, 3],
      [23, 2],
    ])
  // of several that hold many each is counted
  await plan(20, -2)
  await plan(15, 6)
  for (const few of [1_000, 10])
    expect(await shown(few)).toEqual([
      [0, 60],
      [5, 3],
      [6, 15],
      [23, 2],
    ])
  expect(id).toBeDefined()
})

test('A7: firings are listed by what came of them, a page at a time, without looking at the others', async () => {
  const { id } = await world.start({ trigger: trigger(fresh()) })
  await world.ctx.pool.query(
    `insert into campaign_waits (campaign_id, version, contact_id, fan_id, event_id, a_at, deadline, due_at, state)
     select $1, 1, g, g, g, $2, $2, $2::timestamptz + g * interval '1 second', case when g % 500 = 0 then 'did_b' else 'fired' end
     from generate_series(1, 20000) g`,
    [id, world.now()],
  )
  await world.ctx.pool.query('analyze campaign_waits')
  const asked: { sql: string; parameters: readonly unknown[] }[] = []
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: world.ctx.pool }),
    log: ({ query }) => void asked.push(query),
  })
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listWaits(db, { campaignId: id, state: 'did_b', cursor, limit: 15 })
    seen.push(...page.items.map(({ contactId }) => contactId))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => String((n + 1) * 500)))
  for (const { sql: text, parameters } of asked) {
    const { rows } = await world.ctx.pool.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, timing off) ${text}`,
      [...parameters],
    )
    const shown = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(shown).toContain('campaign_waits_list')
    expect(shown).not.toMatch(/Rows Removed|Sort|Seq Scan/)
  }
})

test('A7: whoever has ended is found to have, however many others still wait', async () => {
  const waits = await world.start({ trigger: { kind: 'once', at: 'now' } })
  await world.work()
  // a hundred runs that go on for days, all older than the one that ends
  await world.ctx.pool.query(
    `insert into campaign_runs (campaign_id, version, scheduled_at, state)
     select $1, 1, $2::timestamptz - g * interval '1 hour', 'running' from generate_series(1, 120) g`,
    [waits.id, world.now()],
  )
  await sql`insert into delivery_tallies (send_id, run_id, slot, state, n)
    select c.send_id, r.id, 0, 'held', 1 from campaign_runs r join campaigns c on c.id = r.campaign_id
    where c.id = ${waits.id}::bigint on conflict do nothing`.execute(world.ctx.db)
  const last = await world.start({ trigger: { kind: 'once', at: 'now' } })
  await world.work()
  await world.deliver()
  await settleCampaigns(world.ctx)
  await settleCampaigns(world.ctx)
  expect((await world.read(last)).state).toBe('ended')
  expect((await world.read(waits)).state).toBe('running')
})
