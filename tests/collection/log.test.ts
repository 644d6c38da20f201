import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { ingestModule } from '../../src/modules/ingest/module.ts'
import type { ReactionEvent } from '../../src/modules/manifest.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { until } from '../support/index.ts'
import { forkWorker, type WorkerProcess } from '../support/workers.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'
import { eventsOf, makeSource, rejectionsOf, type TestSource } from './support.ts'

const DAY_MS = 86_400_000
let world: TestWorld
let server: RunningServer
let source: TestSource
const never = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
  server = await startServer(world.ctx)
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})
beforeEach(async () => {
  source = await makeSource(world.ctx)
})

const query = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const send = (batch: object[], { url = server.url, key = source.keys.writeKey } = {}) =>
  fetch(`${url}/v1/batch`, { method: 'POST', body: JSON.stringify({ writeKey: key, batch }) })
const track = (messageId: string, more: object = {}) => ({
  type: 'track',
  userId: 'u',
  event: 'order.paid',
  messageId,
  ...more,
})
const ago = (days: number) => new Date(world.ctx.clock.now().getTime() - days * DAY_MS).toISOString()
const tablesOf = (sourceId: string) =>
  query<{ table: string; n: number }>(
    `select tableoid::regclass::text as table, count(*)::int as n from events where source_id = $1 group by 1 order by 1`,
    [sourceId],
  )
const sweepOf = (name: string) => ingestModule.sweeps?.find((sweep) => sweep.name === name)
const drainSweep = async (name: string, ctx = world.ctx) => {
  let turns = 0
  while (((await sweepOf(name)?.run(ctx, never)) ?? 0) > 0) turns += 1
  return turns
}
const at = (ctx: typeof world.ctx, now: string) => ({
  ...ctx,
  clock: { ...ctx.clock, now: () => new Date(now) },
})

describe('must not happen: an event twice', () => {
  test('100 concurrent requests with the same source id, over two processes: one event', async () => {
    const other = await startServer(await world.another())
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        send([track('same', { properties: { n } })], { url: n % 2 ? server.url : other.url }),
      ),
    )
    await other.close()
    expect(answers.map((answer) => answer.status)).toEqual(Array(100).fill(200))
    expect(await eventsOf(world.ctx, source.id)).toHaveLength(1)
  })

  test('months apart and across partitions: one event', async () => {
    for (const days of [100, 70, 0]) await send([track('months', { timestamp: ago(days) })])
    const [event, ...more] = await eventsOf(world.ctx, source.id)
    expect(more).toEqual([])
    expect(event?.at.toISOString()).toBe(ago(100).slice(0, 10) + event?.at.toISOString().slice(10))
  })

  test('the same id of another source is another event', async () => {
    const other = await makeSource(world.ctx)
    await send([track('shared')])
    await send([track('shared')], { key: other.keys.writeKey })
    expect(await eventsOf(world.ctx, source.id)).toHaveLength(1)
    expect(await eventsOf(world.ctx, other.id)).toHaveLength(1)
  })

  test('batches that overlap, at the same time and in other orders: each once, nothing waits for ever', async () => {
    const batch = Array.from({ length: 60 }, (_, n) => track(`o-${n}`, { userId: `person-${n % 20}` }))
    await Promise.all(
      Array.from({ length: 12 }, () => send(batch.toSorted(() => Math.random() - 0.5).slice(0, 50))),
    )
    await send(batch)
    const rows = await query<{ n: number; people: number }>(
      'select count(*)::int as n, count(distinct contact_id)::int as people from events where source_id = $1',
      [source.id],
    )
    expect(rows).toEqual([{ n: 60, people: 20 }])
  })
})

describe('the log by months', () => {
  test('late events have their own time, in partitions of their own months', async () => {
    await send([
      track('1', { timestamp: ago(0) }),
      track('2', { timestamp: ago(200) }),
      track('3', { timestamp: ago(400) }),
    ])
    const tables = await tablesOf(source.id)
    expect(tables.map((row) => row.n)).toEqual([1, 1, 1])
    expect(tables.map((row) => row.table)).not.toContain('events_default')
  })

  test('older than what is kept: not taken, and said so', async () => {
    await send([track('old', { timestamp: ago(365 * 3) }), track('new')])
    expect(await eventsOf(world.ctx, source.id)).toHaveLength(1)
    expect(await rejectionsOf(world.ctx, source.id)).toMatchObject([{ reason: 'too_old' }])
  })

  test('retention drops whole months, keys 30 days later, and nothing sooner', async () => {
    const ctx = await world.another()
    const months = async () =>
      (
        await query<{ name: string }>(
          `select relname as name from pg_class where relname ~ '^events_\\d{4}_\\d{2}$' and relkind = 'r' order by 1`,
        )
      ).map((row) => row.name)
    const keys = async () =>
      Number((await query<{ n: string }>('select count(*) as n from source_keys'))[0]?.n)
    await send([track('kept', { timestamp: ago(0) })])
    const thisMonth = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7)
    const name = `events_${thisMonth.replace('-', '_')}`
    const [year = 0, month = 0] = thisMonth.split('-').map(Number)
    /** Beijing midnight of the first of the month so many later. */
    const first = (later: number, days = 0) =>
      new Date(Date.UTC(year, month - 1 + later, 1 + days) - 8 * 3_600_000).toISOString()
    const before = await keys()
    expect(before).toBeGreaterThan(0)

    await drainSweep('ingest.retention', at(ctx, new Date(Date.parse(first(25)) - 1).toISOString()))
    expect(await months()).toContain(name)
    await drainSweep('ingest.retention', at(ctx, first(25)))
    expect(await months()).not.toContain(name)
    expect(await eventsOf(world.ctx, source.id)).toEqual([])
    await drainSweep('ingest.retention', at(ctx, first(25, 30)))
    expect(await keys()).toBe(before)
    await drainSweep('ingest.retention', at(ctx, first(25, 40)))
    expect(await keys()).toBe(0)
    await sweepOf('ingest.partitions')?.run(world.ctx, never)
    await send([track('after')])
    expect((await tablesOf(source.id)).map((row) => row.table)).toEqual([name])
  })
})

describe('followers of the log', () => {
  const follower = (name: string) => {
    const seen: ReactionEvent[] = []
    const sweep = createReactionSweep([
      { name, events: 'all', chunk: 100, react: async (_ctx, events) => void seen.push(...events) },
    ])
    return {
      seen,
      sweep,
      drain: async () => {
        while ((await sweep.run(world.ctx, never)) > 0);
      },
    }
  }

  test('one of all names gets every event once, those of no account too', async () => {
    const { seen, drain } = follower('test.all')
    await send(Array.from({ length: 250 }, (_, n) => track(`f-${n}`, { event: `name-${n % 3}` })))
    await drain()
    const own = seen.filter((event) => event.sourceId === source.id)
    expect(own).toHaveLength(250)
    expect(own[0]).toMatchObject({
      accountId: null,
      name: 'name-0',
      contactId: expect.stringMatching(/^\d+$/),
    })
    expect(new Set(own.map((event) => event.id)).size).toBe(250)
  })

  test('a transaction that drew an early number and commits late is not skipped', async () => {
    const { seen, sweep, drain } = follower('test.late')
    await drain()
    const before = seen.length
    // holds up the batch after its number was drawn: the commit waits for a lock on the events' last index
    const blocker = await world.ctx.pool.connect()
    await blocker.query('begin')
    await blocker.query(
      `create function wait_here() returns trigger language plpgsql as $$ begin
         if new.name = 'slow' then perform pg_advisory_xact_lock(77001); end if; return new; end $$`,
    )
    await blocker.query(
      'create trigger wait_here before insert on events for each row execute function wait_here()',
    )
    await blocker.query('commit')
    await blocker.query('begin; select pg_advisory_xact_lock(77001)')
    try {
      const slow = send([track('slow', { event: 'slow' })])
      await until(
        async () =>
          (
            await query(
              `select 1 from pg_locks where locktype = 'advisory' and objid = 77001 and not granted`,
            )
          ).length,
      )
      await send([track('fast', { event: 'fast', userId: 'other' })])
      await sweep.run(world.ctx, never)
      expect(seen.slice(before)).toEqual([])
      await blocker.query('commit')
      expect((await slow).status).toBe(200)
    } finally {
      await blocker.query('rollback').catch(() => undefined)
      await blocker.query('drop trigger wait_here on events; drop function wait_here')
      blocker.release()
    }
    await drain()
    expect(
      seen
        .slice(before)
        .map((event) => event.name)
        .toSorted(),
    ).toEqual(['fast', 'slow'])
  })
})

describe('must not happen: a reaction twice or never', () => {
  let worker: WorkerProcess | undefined
  const UPSERT = 'insert into event_names'
  const volume = async (name: string) =>
    Number(
      (await query<{ volume: string }>('select volume from event_names where name = $1', [name]))[0]
        ?.volume ?? 0,
    )

  test.each([
    ['before it looks', { at: 'sql', what: 'select place from reaction_places', when: 'before' }],
    ['before it writes', { at: 'sql', what: UPSERT, when: 'before' }],
    ['after it wrote', { at: 'sql', what: UPSERT, when: 'after' }],
    ['before its place is committed', { at: 'commit', what: UPSERT, when: 'before' }],
    ['after its place is committed', { at: 'commit', what: UPSERT, when: 'after' }],
  ] as const)('a worker killed %s: each acknowledged event is reacted to once', async (name, moment) => {
    const event = `kill.${name}`
    await send(Array.from({ length: 40 }, (_, n) => track(`k-${n}`, { event, properties: { n } })))
    worker = forkWorker(world, { ...moment, nth: 1 })
    expect(await worker.ended).toBe('SIGKILL')
    await send(Array.from({ length: 40 }, (_, n) => track(`l-${n}`, { event, properties: { n } })))
    worker = forkWorker(world)
    try {
      await until(async () => (await volume(event)) >= 80)
      await send([track('last', { event: `${event}.end` })])
      await until(async () => (await volume(`${event}.end`)) === 1)
      expect(await volume(event)).toBe(80)
    } finally {
      await worker.kill()
    }
  })
})

describe('WeChat’s own', () => {
  test('an event of a source with an account is that account’s', async () => {
    const accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
    const own = await makeSource(world.ctx, { accountId })
    await send([track('1')], { key: own.keys.writeKey })
    expect(await eventsOf(world.ctx, own.id)).toMatchObject([{ account_id: accountId }])
  })
})
