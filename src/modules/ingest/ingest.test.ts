import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/until.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { bindAccount } from '../accounts/index.ts'
import type { ReactionEvent } from '../manifest.ts'
import { commitIncoming } from './commit.ts'
import type { Incoming } from './incoming.ts'
import { makePartitions } from './partitions.ts'
import { createReactionSweep, createReactionSweeps } from './reactions.ts'
import { EVENTS } from './schema.ts'
import { beginIngest, insertEvents } from './store.ts'

let world: TestWorld
let accountId: string
const never = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  accountId = await bindAccount(world.ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
})

const incoming = (openid: string, overrides: Partial<Incoming> = {}): Incoming => ({
  accountId,
  key: randomBytes(16),
  name: EVENTS.menuClick,
  at: new Date('2026-11-21T08:00:00Z'),
  receivedAt: new Date('2026-11-21T08:00:01Z'),
  properties: { key: openid },
  person: { openid, effect: 'interaction' },
  ...overrides,
})
const commit = (items: Incoming[]) => commitIncoming(world.ctx.pool, items)
const query = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const namesOf = async () =>
  (
    await query<{ key: string }>(
      `select properties->>'key' as key from events where account_id = $1 order by id`,
      [accountId],
    )
  ).map((row) => row.key)

describe('a batch', () => {
  test('a bad item fails alone; the others of its batch are stored', async () => {
    const results = await commit([
      incoming('oA'),
      incoming('oPoison', { accountId: '999999999' }),
      incoming('oNul', { name: 'a\0b' as Incoming['name'] }),
      incoming('oB'),
    ])
    expect(results.map((result) => (result instanceof Error ? 'error' : result.outcome))).toEqual([
      'stored',
      'error',
      'error',
      'stored',
    ])
    expect(await namesOf()).toEqual(['oA', 'oB'])
    expect(await query(`select 1 from fans where openid in ('oPoison', 'oNul')`)).toEqual([])
  })

  test('repeats within it and of another batch change nothing; the first answer is given again', async () => {
    const item = incoming('oA')
    const outcomes = (results: Awaited<ReturnType<typeof commit>>) =>
      results.map((result) => (result instanceof Error ? result : result.outcome))
    expect(outcomes(await commit([item, { ...item }]))).toEqual(['stored', 'repeated'])
    await query('update source_keys set reply = $2 where account_id = $1', [accountId, '<xml>hi</xml>'])
    expect(await commit([{ ...item }])).toEqual([{ outcome: 'repeated', ref: '<xml>hi</xml>' }])
    expect(await namesOf()).toEqual(['oA'])
  })

  test('many processes storing the same new fans at once: one fan, one contact each, every event once', async () => {
    const openids = Array.from({ length: 40 }, (_, n) => `oCrowd${n}`)
    const shuffled = () => openids.toSorted(() => Math.random() - 0.5)
    const results = await Promise.all(
      Array.from({ length: 8 }, () => commit(shuffled().map((openid) => incoming(openid)))),
    )
    expect(results.flat().every((result) => !(result instanceof Error) && result.outcome === 'stored')).toBe(
      true,
    )
    const [row] = await query<object>(
      `select count(*)::int as events, count(distinct fan_id)::int as fans, count(distinct contact_id)::int as contacts
       from events where account_id = $1`,
      [accountId],
    )
    expect(row).toEqual({ events: 320, fans: 40, contacts: 40 })
    expect(
      await query('select 1 from contacts c where not exists (select from fans f where f.contact_id = c.id)'),
    ).toEqual([])
  })
})

describe('reactions', () => {
  const collector = (name: string, failFirst = false) => {
    const seen: ReactionEvent[] = []
    let failures = failFirst ? 1 : 0
    const sweep = createReactionSweep([
      {
        name,
        events: [EVENTS.menuClick],
        async react(_ctx, events) {
          if (failures-- > 0) throw new Error('not now')
          seen.push(...events)
        },
      },
    ])
    const drain = async (ctx = world.ctx) => {
      while ((await sweep.run(ctx, never)) > 0);
    }
    const keys = () => seen.filter((one) => one.accountId === accountId).map((one) => one.properties['key'])
    return { sweep, drain, keys, seen }
  }

  test('each event of its names once and in order, over several chunks', async () => {
    const { drain, keys, seen } = collector('test.order')
    const openids = Array.from({ length: 1_200 }, (_, n) => `o${n}`)
    await commit(openids.map((openid) => incoming(openid)))
    await commit([incoming('oOther', { name: EVENTS.message })])
    await drain()
    expect(keys()).toEqual(openids)
    await drain()
    expect(keys()).toHaveLength(1_200)
    expect(seen.at(-1)).toMatchObject({
      accountId,
      name: EVENTS.menuClick,
      fanId: expect.stringMatching(/^\d+$/),
    })
  })

  test('G3: what failed comes again', async () => {
    const { sweep, drain, keys } = collector('test.again', true)
    await commit([incoming('oAgain')])
    await expect(sweep.run(world.ctx, never)).rejects.toThrow('not now')
    await drain()
    expect(keys()).toEqual(['oAgain'])
  })

  test('G3: one that fails holds up none of the others, and comes again', async () => {
    const seen: string[] = []
    let failures = 1
    const [prompt] = createReactionSweeps([
      {
        name: 'test.failing',
        events: 'all',
        prompt: true,
        async react() {
          if (failures-- > 0) throw new Error('not now')
          seen.push('failing')
        },
      },
      { name: 'test.fine', events: 'all', prompt: true, react: async () => void seen.push('fine') },
    ])
    await commit([incoming('oBoth')])
    await until(async () => {
      await prompt?.run(world.ctx, never)
      return new Set(seen).size === 2
    })
    expect(seen[0]).toBe('fine')
  })

  test('never past a number that was drawn but is not committed yet', async () => {
    const { drain, keys } = collector('test.gap')
    await drain()
    const slow = await world.ctx.pool.connect()
    try {
      await beginIngest(slow)
      await insertEvents(slow, [{ ...incoming('oSlow'), fan: null }])
      await commit([incoming('oFast')])
      await drain()
      expect(keys()).toEqual([])
      await slow.query('commit')
    } finally {
      slow.release()
    }
    await drain()
    expect(keys()).toEqual(['oSlow', 'oFast'])
  })

  test('a long transaction that is no ingest does not hold it up', async () => {
    const { drain, keys } = collector('test.long')
    const long = await world.ctx.pool.connect()
    try {
      await long.query('begin; create temporary table busy (a int)')
      await commit([incoming('oNow')])
      await drain()
      expect(keys()).toEqual(['oNow'])
      await long.query('rollback')
    } finally {
      long.release()
    }
  })

  test('two workers don’t react to the same event', async () => {
    const { drain, keys } = collector('test.two')
    const other = await world.another()
    await commit(Array.from({ length: 700 }, (_, n) => incoming(`o${n}`)))
    await Promise.all([drain(), drain(other)])
    await drain()
    expect(keys()).toHaveLength(700)
  })
})

describe('partitions of the log', () => {
  test('the months ahead are ready; events of a month that was not are moved there', async () => {
    const waiting = incoming('oDefault', { at: new Date() })
    await commit([waiting, incoming('oOld', { at: new Date('1999-12-31T00:00:00Z') })])
    const tables = async () =>
      query<{ table: string; keys: string[] }>(
        `select tableoid::regclass::text as table, array_agg(properties->>'key') as keys
         from events where account_id = $1 group by 1 order by 1`,
        [accountId],
      )
    expect(await makePartitions(world.ctx)).toBe(3)
    const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7).replace('-', '_')
    expect(await tables()).toEqual([
      { table: `events_${month}`, keys: ['oDefault'] },
      { table: 'events_default', keys: ['oOld'] },
    ])
    expect(await makePartitions(world.ctx)).toBe(0)
    await commit([incoming('oNew', { at: new Date() })])
    expect((await tables())[0]?.keys.toSorted()).toEqual(['oDefault', 'oNew'])
  })

  test('a sandbox that jumps a year goes on', async () => {
    const ctx = { ...world.ctx, clock: { now: () => new Date('2099-12-31T15:59:59Z') } }
    expect(await makePartitions(ctx)).toBe(3)
    await commit([
      incoming('oBefore', { at: new Date('2099-12-31T15:59:59Z') }),
      incoming('oAfter', { at: new Date('2099-12-31T16:00:00Z') }),
    ])
    const rows = await query<{ table: string }>(
      'select tableoid::regclass::text as table from events where account_id = $1 order by at',
      [accountId],
    )
    expect(rows.map((row) => row.table)).toEqual(['events_2099_12', 'events_2100_01'])
  })
})
