import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { conflict } from '../../kernel/errors.ts'
import { bindAccount } from '../accounts/index.ts'
import { requeueForsakenRuns } from './commands.ts'
import {
  executeRun,
  findLastDone,
  getRun,
  patiently,
  RunInterrupted,
  type RunReport,
  startRun,
} from './index.ts'
import { selectRuns } from './store.ts'

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

const jobsOf = async (runId: string) => {
  const { rows } = await world.ctx.pool.query<{ task_identifier: string }>(
    'select task_identifier from graphile_worker.jobs where key = $1',
    [`run:${runId}`],
  )
  return rows.map((row) => row.task_identifier)
}
const expireLease = (runId: string) =>
  world.ctx.pool.query(
    `update background_runs set lease_until = clock_timestamp() - interval '1 second',
       enqueued_at = clock_timestamp() - interval '1 minute' where id = $1`,
    [runId],
  )
const start = (payload = {}) => startRun(world.ctx, { accountId, kind: 'test.work', payload })

test('a run and its job exist together, or not at all when the transaction fails', async () => {
  const run = await start({ scope: 'all' })
  expect(run).toMatchObject({
    state: 'queued',
    started: true,
    payload: { scope: 'all' },
    done: 0,
    total: null,
  })
  expect(await jobsOf(run.id)).toEqual(['test.work'])

  const before = await world.ctx.pool.query('select count(*) from graphile_worker.jobs')
  await expect(
    world.ctx.db.transaction().execute(async (trx) => {
      await startRun(world.ctx, { accountId, kind: 'test.other' }, trx)
      throw new Error('the command failed after all')
    }),
  ).rejects.toThrow('after all')
  expect((await world.ctx.pool.query('select count(*) from graphile_worker.jobs')).rows).toEqual(before.rows)
})

test('ten starts at once make one run of a kind and account; another kind and a later time have their own', async () => {
  const runs = await Promise.all(Array.from({ length: 10 }, () => start()))
  expect(new Set(runs.map((run) => run.id)).size).toBe(1)
  expect(runs.filter((run) => run.started)).toHaveLength(1)
  expect((await startRun(world.ctx, { accountId, kind: 'test.other' })).started).toBe(true)
  await executeRun(world.ctx, runs[0]!.id, never, async () => {})
  expect((await start()).started).toBe(true)
})

test('progress is seen while the work goes on, and the end has its time', async () => {
  const { id } = await start()
  await executeRun(world.ctx, id, never, async (_run, report) => {
    await report.progress({ done: 3, total: 10, place: { page: 2 } })
    expect(await getRun(world.ctx, id)).toMatchObject({
      state: 'running',
      done: 3,
      total: 10,
      finishedAt: null,
    })
    await report.progress({ done: 10 })
  })
  const run = await getRun(world.ctx, id)
  expect(run).toMatchObject({ state: 'done', done: 10, total: 10, error: null })
  expect((await findLastDone(world.ctx, accountId, 'test.work'))?.toISOString()).toBe(run.finishedAt)
})

test('two workers at one run: one works, the other leaves', async () => {
  const { id } = await start()
  const other = await world.another()
  let worked = 0
  const work = async () => {
    worked += 1
    await delay(20)
  }
  await Promise.all([executeRun(world.ctx, id, never, work), executeRun(other, id, never, work)])
  expect(worked).toBe(1)
})

test('a killed worker’s run goes on from its place; when the first wakes up it writes nothing and stops', async () => {
  const { id } = await start()
  let first: RunReport | undefined
  let wakeUp: () => void = () => {}
  const asleep = new Promise<void>((resolve) => {
    wakeUp = resolve
  })
  const late = executeRun(world.ctx, id, never, async (_run, report) => {
    await report.progress({ done: 5, place: { page: 5 } })
    first = report
    await asleep
    await world.ctx.db.transaction().execute(async (trx) => {
      await trx.updateTable('accounts').set({ name: 'written late' }).where('id', '=', accountId).execute()
      await report.progress({ done: 6, place: { page: 6 } }, trx)
    })
  })
  await until(() => first)
  await expireLease(id)
  expect(await requeueForsakenRuns(world.ctx)).toBe(1)
  expect(await jobsOf(id)).toEqual(['test.work'])
  await executeRun(world.ctx, id, never, async (run, report) => {
    expect(run).toMatchObject({ place: { page: 5 }, done: 5 })
    await report.progress({ done: 100, place: { page: 100 } })
    wakeUp()
    await late
    await expect(first?.progress({ done: 7 })).rejects.toBeInstanceOf(RunInterrupted)
  })
  expect(await getRun(world.ctx, id)).toMatchObject({ state: 'done', done: 100 })
  const account = await world.ctx.db
    .selectFrom('accounts')
    .select('name')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  expect(account.name).not.toBe('written late')
})

test('a stopping process gives its run back, and the next sweep hands it out', async () => {
  const { id } = await start()
  const stop = new AbortController()
  await executeRun(world.ctx, id, stop.signal, async (_run, report) => {
    await report.progress({ done: 1, place: { page: 1 } })
    stop.abort()
    await report.progress({ done: 2, place: { page: 2 } })
  })
  expect(await getRun(world.ctx, id)).toMatchObject({ state: 'queued', done: 1 })
  expect(await requeueForsakenRuns(world.ctx)).toBe(1)
  expect(await requeueForsakenRuns(world.ctx)).toBe(0)
  expect(await jobsOf(id)).toHaveLength(1)
})

test('a refusal fails the run with its reason; what nobody expected says only that', async () => {
  const { id } = await start()
  await executeRun(world.ctx, id, never, async () => {
    throw conflict('account_archived', 'the account is archived', { since: 'today' })
  })
  expect((await getRun(world.ctx, id)).error).toEqual({
    reason: 'account_archived',
    detail: { since: 'today' },
  })
  const second = await start()
  await executeRun(world.ctx, second.id, never, async () => {
    throw new Error('with a secret in it')
  })
  expect((await getRun(world.ctx, second.id)).error).toEqual({ reason: 'internal', detail: {} })
  expect(await findLastDone(world.ctx, accountId, 'test.work')).toBeNull()
})

test('runs are listed newest first, by key, for their account alone', async () => {
  for (let i = 0; i < 3; i += 1) await executeRun(world.ctx, (await start()).id, never, async () => {})
  const first = await selectRuns(world.ctx.db, { accountId, limit: 2 })
  const second = await selectRuns(world.ctx.db, {
    accountId,
    limit: 2,
    cursor: first.nextCursor ?? undefined,
  })
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null])
  const ids = [...first.items, ...second.items].map((run) => Number(run.id))
  expect(ids).toEqual(ids.toSorted((a, b) => b - a))
  expect(new Set([...first.items, ...second.items].map((run) => run.accountId))).toEqual(new Set([accountId]))
})

test('patience ends at once with what is no passing trouble', async () => {
  let calls = 0
  const call = async () => {
    calls += 1
    throw conflict('no', 'no')
  }
  await expect(patiently(never, call)).rejects.toMatchObject({ reason: 'no' })
  expect(calls).toBe(1)
})
