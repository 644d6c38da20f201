import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { play } from '../../src/modules/backtests/play.ts'
import { runBacktest } from '../../src/modules/backtests/run.ts'
import type { Backtest } from '../../src/modules/backtests/schema.ts'
import { until } from '../support/until.ts'
import { forkWorker } from '../support/workers.ts'
import { type BacktestWorld, createBacktestWorld, DAY, HOUR, ok, recallVariant } from './world.ts'

let world: BacktestWorld
beforeAll(async () => {
  world = await createBacktestWorld()
})
afterAll(() => world?.close())

test('G5: over the last days a recall would have reached who fell silent, when, and not the others, with the reason', async () => {
  const start = world.now().getTime()
  await world.act([
    { person: 0, act: 'text' },
    { person: 1, act: 'text' },
    { person: 2, act: 'scan' },
    { person: 3, act: 'text' },
  ])
  world.at(new Date(start + 30 * HOUR))
  await world.act([
    { person: 1, act: 'text' },
    { person: 3, act: 'unfollow' },
  ])
  world.at(new Date(start + 7 * DAY))
  const done = await world.backtest(recallVariant())
  expect(done).toMatchObject({ state: 'done', kind: 'recall', error: null })
  const result = done.result
  expect(result?.variants[0]).toMatchObject({
    turns: 4,
    reached: 2,
    people: 2,
    notReached: [
      { reason: 'no_window', n: 1 },
      { reason: 'not_following', n: 1 },
    ],
    perPerson: { once: 2, twice: 0, more: 0 },
  })
  expect(result?.variants[0]?.byDay.filter(({ turns }) => turns > 0)).toEqual([
    { day: '2026-11-04', turns: 3, reached: 1, notReached: 2 },
    { day: '2026-11-05', turns: 1, reached: 1, notReached: 0 },
  ])
  expect(result?.variants[0]?.byDay).toHaveLength(8)
  const moment = (hours: number) => new Date(start + hours * HOUR).toISOString()
  expect((await world.sample(done)).map(({ contactId, turnAt }) => [contactId, turnAt]).sort()).toEqual([
    [world.people[0]?.contactId, moment(47)],
    [world.people[1]?.contactId, moment(77)],
  ])
  expect((await world.sample(done, '?outcome=not-reached')).map(({ reason }) => reason).sort()).toEqual([
    'no_window',
    'not_following',
  ])
})

const ORDERED = { event: 'order_created', where: [] }
const LIVE = { minutes: 60, reading: 'before-end' }

test('G5: two versions are compared person by person, and what really went to the same people is shown', async () => {
  const rule = await world.recall(LIVE)
  const start = world.now().getTime()
  await world.act([
    { person: 4, act: 'text' },
    { person: 5, act: 'text' },
  ])
  world.at(new Date(start + 40 * HOUR))
  await world.act([{ person: 5, act: 'tap' }])
  await world.live(new Date(start + 4 * DAY))
  const versions = [recallVariant(), recallVariant({ minutes: 1_440, reading: 'after-silence' })]
  const done = await world.backtest(versions, { days: 4 })
  // who taps after 40 hours is past the 48 of their message 47 hours later, and was reached after 24
  expect(done.result?.compared).toEqual({ both: 1, onlyFirst: 0, onlySecond: 1 })
  // the live rule has had its say already: the same message again within the same window
  expect(done.result?.variants[0]?.overlap).toEqual([
    { kind: 'recall', id: rule.id, name: rule.name, people: 1 },
  ])
  const itself = await world.backtest(versions, { days: 4, subjectId: rule.id })
  expect(itself.result?.variants[0]?.overlap).toEqual([])
  await world.ctx.pool.query('update recall_rules set archived_at = now()')
})

test('G5: the same log gives the same digest, however the statements are planned; a longer log another', async () => {
  const first = await world.backtest(recallVariant(), { days: 9 })
  const { pool } = world.ctx
  const { rows } = await pool.query<{ name: string }>('select current_database() as name')
  await pool.query(`alter database "${rows[0]?.name}" set enable_hashjoin = off`)
  await pool.query(`alter database "${rows[0]?.name}" set enable_sort = off`)
  const again = await world.another()
  try {
    const { result } = await play(
      { ...again, clock: world.ctx.clock },
      asPlayed(first, await uptoOf(first)),
      WATCH,
    )
    expect({ ...result, tookMs: 0 }).toEqual({ ...first.result, tookMs: 0 })
  } finally {
    await pool.query(`alter database "${rows[0]?.name}" reset all`)
  }
  const upto = await uptoOf(first)
  await world.act([{ person: 6, act: 'text' }])
  const { result: unmoved } = await play(world.ctx, asPlayed(first, upto), WATCH)
  expect(unmoved.digest).toBe(first.result?.digest)
  const { result: other } = await play(world.ctx, asPlayed(first, String(Number(upto) - 1)), WATCH)
  expect(other.digest).not.toBe(first.result?.digest)
})

test('G5: it writes its own rows and nothing else', async () => {
  const before = await everything()
  const done = await world.backtest(recallVariant(), { days: 9 })
  expect(done.state).toBe('done')
  const changed = [...(await everything())].filter(([table, state]) => before.get(table) !== state)
  expect(changed.map(([table]) => table).sort()).toEqual([
    'audit_entries',
    'background_runs',
    'backtest_people',
    'backtests',
  ])
})

test.each([
  ['minutes_out_of_range', { variants: [recallVariant({ minutes: 9 })] }],
  ['minutes_out_of_range', { variants: [recallVariant({ minutes: 2_881 })] }],
  ['rule_invalid', { variants: [recallVariant({ include: [{ of: 'own', tagId: '777777' }] })] }],
  ['backtest_kinds_differ', { variants: [recallVariant(), campaignOn({ kind: 'event', event: ORDERED })] }],
  ['backtest_no_past', { variants: [campaignOn({ kind: 'once' })] }],
  [
    'backtest_no_past',
    { variants: [campaignOn({ kind: 'event', event: { event: 'weida.called', where: [] } })] },
  ],
  ['backtest_incomplete', { variants: [campaignOn({ kind: 'event', event: null })] }],
  [
    'backtest_too_many_runs',
    { variants: [campaignOn({ kind: 'repeat', schedule: { kind: 'cron', expression: '* * * * *' } })] },
  ],
  ['invalid_input', { variants: [recallVariant()], days: 91 }],
  ['invalid_input', { variants: [recallVariant()], days: 0 }],
])('G5: what can’t be played is refused in words: %s', async (reason, fields) => {
  const { status, body } = await world.begin(fields)
  expect([status, (body as unknown as { error: { reason: string } }).error.reason]).toEqual([400, reason])
})

test('G5: a subject of another account, and who may not run it, are refused', async () => {
  expect(await world.begin({ variants: [recallVariant()], subjectId: '777777' })).toMatchObject({
    status: 404,
  })
  const analyst = await world.server.signIn('analyst')
  const path = `/api/accounts/${world.accountId}/backtests`
  expect(await analyst('POST', path, { name: 'x', days: 7, variants: [recallVariant()] })).toMatchObject({
    status: 403,
  })
  expect(await analyst('GET', path)).toMatchObject({ status: 200 })
})

test('G5: one at a time an account; cancelled before it runs or while it runs, nothing of it is left', async () => {
  const waiting = ok(await world.begin({ variants: [recallVariant()] }))
  expect(await world.begin({ variants: [recallVariant()] })).toMatchObject({
    status: 409,
    body: { error: { reason: 'backtest_running' } },
  })
  expect(await world.cancel(waiting)).toMatchObject({ state: 'cancelled', result: null })
  expect(await world.finish(waiting)).toMatchObject({ state: 'cancelled', result: null })
  const running = ok(await world.begin({ variants: [recallVariant()] }))
  // it has come to the end and is about to write
  const held = await world.ctx.pool.connect()
  await held.query('begin')
  await held.query('select from backtests where id = $1 for update', [running.id])
  const finishing = world.finish(running)
  await until(async () => (await waitsFor(held)) > 0)
  await held.query('update backtests set cancelled_at = now() where id = $1', [running.id])
  await held.query('commit')
  held.release()
  expect(await finishing).toMatchObject({ state: 'cancelled', result: null })
  expect(await world.sample(running)).toEqual([])
})

test('G5: stopped or failing in the middle, it holds nothing up', async () => {
  const whole = await world.backtest(recallVariant(), { days: 9 })
  const asked = asPlayed(whole, await uptoOf(whole))
  for (let time = 0; time < 5; time += 1) {
    const stop = new AbortController()
    const stopping = play(world.ctx, asked, { signal: stop.signal, progress: async () => stop.abort() })
    await expect(stopping).rejects.toThrow()
    const failing = play(world.ctx, asked, { ...WATCH, progress: () => Promise.reject(new Error('lost')) })
    await expect(failing).rejects.toThrow('lost')
  }
  expect((await play(world.ctx, asked, WATCH)).result.digest).toBe(whole.result?.digest)
})

test('G5: a worker that is stopped gives its run back', async () => {
  const cut = ok(await world.begin({ variants: [recallVariant()], days: 9 }))
  const stop = new AbortController()
  stop.abort()
  await runBacktest(world.ctx, await runOf(cut), stop.signal)
  expect(await world.readOne(cut)).toMatchObject({ state: 'queued', result: null })
  expect(await world.finish(cut)).toMatchObject({ state: 'done' })
})

test.each([
  ['before what came of it is committed', 'before', false],
  ['right after', 'after', true],
] as const)(
  'G5: a worker killed %s leaves all of it or nothing, and the next comes to the same',
  async (_, when, there) => {
    const whole = await world.backtest(recallVariant(), { days: 9 })
    const cut = ok(await world.begin({ variants: [recallVariant()], days: 9 }))
    const worker = forkWorker(world, { at: 'commit', what: 'insert into backtest_people', when, nth: 1 })
    expect(await worker.ended).toBe('SIGKILL')
    expect((await world.readOne(cut)).result !== null).toBe(there)
    expect((await world.sample(cut)).length > 0).toBe(there)
    await world.ctx.pool.query(
      `update background_runs set lease_until = clock_timestamp() - interval '1 second' where id = $1`,
      [await runOf(cut)],
    )
    expect((await world.finish(cut)).result?.digest).toBe(whole.result?.digest)
    expect(await world.sample(cut)).toEqual(await world.sample(whole))
  },
)

async function runOf({ id }: Backtest): Promise<string> {
  const { rows } = await world.ctx.pool.query<{ run_id: string }>(
    'select run_id from backtests where id = $1',
    [id],
  )
  return rows[0]?.run_id ?? ''
}

const WATCH = { signal: new AbortController().signal, progress: async () => undefined }

function campaignOn(trigger: object) {
  return { kind: 'campaign', campaignKind: 'template', plan: { trigger } }
}

const uptoOf = async ({ id }: Backtest) =>
  (await world.ctx.pool.query<{ upto: string }>('select log_upto as upto from backtests where id = $1', [id]))
    .rows[0]?.upto ?? ''

const asPlayed = (done: Backtest, logUpto: string) => ({
  ...done,
  from: new Date(done.from),
  to: new Date(done.to),
  logUpto,
})

/** What each table holds: changed in any row, it is another. */
async function everything(): Promise<Map<string, string>> {
  const { pool } = world.ctx
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r'`,
  )
  const states = await Promise.all(
    rows.map(async ({ name }) => {
      const { rows: sums } = await pool.query<{ state: string }>(
        `select count(*) || ':' || coalesce(sum(xmin::text::bigint), 0) as state from "${name}"`,
      )
      return [name, sums[0]?.state ?? ''] as const
    }),
  )
  return new Map(states)
}

async function waitsFor(client: PoolClient): Promise<number> {
  const { rows } = await world.ctx.pool.query(
    `select from pg_stat_activity where (select pg_backend_pid()) <> pid and $1::int = any(pg_blocking_pids(pid))`,
    [(client as unknown as { processID: number }).processID],
  )
  return rows.length
}
