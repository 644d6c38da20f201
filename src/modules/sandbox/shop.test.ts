import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { freePort, until } from '../../../tests/support/index.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { type RunningServer, startServer } from '../../server/index.ts'
import { type RunningWorker, startWorker } from '../../worker/index.ts'
import { forwardClock } from './clock.ts'
import type { ShopState } from './schema.ts'
import { resetSandbox, seedSandbox } from './seed.ts'

const FANS = 300

let world: TestWorld
let server: RunningServer
let worker: RunningWorker
let api: TestApi
beforeAll(async () => {
  world = await createTestWorld({ PORT: String(await freePort()), SANDBOX_FANS: String(FANS) })
  server = await startServer(world.ctx)
  worker = await startWorker(world.ctx)
  api = await createTestApi(world.ctx)
  await seedSandbox(world.ctx)
})
afterAll(async () => {
  await api?.close()
  await worker?.close()
  await server?.close()
  await world?.close()
})

const shop = async () => (await world.control<{ shop: ShopState | null }>('GET', '/shop')).shop
const toldPast = () =>
  until(
    async () => {
      const told = await shop()
      return told !== null && told.history.total > 0 && told.history.done === told.history.total && told
    },
    { timeoutMs: 30_000, what: 'the past being told' },
  )
const one = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>> =>
  (await world.ctx.pool.query(text, values)).rows[0] ?? {}
const ACTS = `('view_product', 'favourite', 'add_to_cart', 'order_paid', 'order_reviewed', 'share')`

test('B4, F1: the fans’ past comes in by the public interface, whole: who they are, what they did, their orders', async () => {
  await toldPast()
  const { orders, events } = (await shop()) as ShopState
  const stored = await one(
    `select count(*)::int as events, count(distinct contact_id)::int as people from events where name in ${ACTS}`,
  )
  // a visit may have come in live meanwhile
  expect(stored['events']).toBeGreaterThan(FANS)
  expect(Math.abs(Number(stored['events']) - events)).toBeLessThan(20)
  expect(stored['people']).toBeLessThan(FANS)
  expect(await one('select count(*)::int as rejected from source_rejections')).toEqual({ rejected: 0 })
  // the same people that follow, not others beside them
  const known = await one(
    `select count(distinct v.contact_id)::int as known from contact_attributes v join attributes a on a.id = v.attribute_id
       join fans f on f.contact_id = v.contact_id and f.following join accounts c on c.id = f.account_id and c.kind = 'service'
     where a.key = 'city'`,
  )
  expect(known).toEqual({ known: FANS })
  const admin = await api.signIn('administrator')
  const counts = await admin<{ rows: number; lines: number; unclaimed: number }>(
    'GET',
    '/api/datasets/orders/counts',
  )
  expect(Math.abs(counts.body.rows - orders)).toBeLessThan(20)
  expect(counts.body.lines).toBeGreaterThan(counts.body.rows)
  expect(counts.body.unclaimed).toBe(0)
})

test('F2: what the shop sends has names that people read', async () => {
  await until(
    async () => (await one(`select display_name from event_names where name = 'order_paid'`))['display_name'],
  )
  const names = await one(
    `select (select display_name from event_names where name = 'order_paid') as event,
       (select display_name from event_properties where event_name = 'order_paid' and name = 'category') as property,
       (select display_name from attributes where key = 'city') as attribute`,
  )
  expect(names).toEqual({ event: '支付订单', property: '品类', attribute: '城市' })
})

test('the shop goes on as business time moves, rests when it is closed, and only those who may close it do', async () => {
  const analyst = await api.signIn('analyst')
  expect((await analyst('PATCH', '/api/sandbox/shop', { isOpen: false })).status).toBe(403)
  const operator = await api.signIn('operator')
  const before = (await shop()) as ShopState
  await forwardClock(world.ctx, new Date(world.ctx.clock.now().getTime() + 3_600_000), 'jump')
  await until(async () => ((await shop()) as ShopState).visits >= before.visits + 100, {
    what: 'an hour of visits',
  })
  const closed = await operator<{ shop: ShopState }>('PATCH', '/api/sandbox/shop', { isOpen: false })
  expect(closed.body.shop).toMatchObject({ isOpen: false, sourceId: expect.any(String) })
  expect(await one(`select detail from audit_entries where action = 'sandbox.shop_set'`)).toEqual({
    detail: { isOpen: false },
  })
})

test('a reset forgets what the shop told, and the same fans tell the same past anew', async () => {
  const before = await one(
    `select count(*)::int as past from events where name in ${ACTS} and properties->>'channel' <> ''
       and received_at < $1`,
    [new Date(((await shop()) as ShopState).toldUntil)],
  )
  await resetSandbox(world.ctx)
  await until(async () => (await one('select seeded_at from installation'))['seeded_at'] !== null, {
    timeoutMs: 30_000,
  })
  await toldPast()
  const after = await one(`select count(*)::int as past, count(distinct source_id)::int as sources from events
    where name in ${ACTS}`)
  expect(after['sources']).toBe(1)
  expect(after['past']).toBeGreaterThan(FANS)
  expect(after['past']).toBeLessThanOrEqual(Number(before['past']))
  expect(await one('select count(*)::int as datasets from datasets')).toEqual({ datasets: 1 })
})
