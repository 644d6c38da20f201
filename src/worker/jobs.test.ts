import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type BareWorld, createBareWorld, createMemoryLog } from '../../tests/security/world.ts'
import { until } from '../../tests/support/index.ts'
import type { Ctx } from '../context.ts'
import { inTransaction } from '../infra/transaction.ts'
import { startJobs } from './jobs.ts'

let world: BareWorld
let stop: AbortController
let ended: Promise<void> = Promise.resolve()

beforeAll(async () => {
  world = await createBareWorld('sandbox')
})
afterEach(async () => {
  stop.abort()
  await ended
})
afterAll(() => world?.close())

type Task = (payload: Record<string, string>, signal: AbortSignal) => Promise<void>
async function start(tasks: Record<string, Task>) {
  const { log, lines } = createMemoryLog()
  const ctx: Ctx = { ...world.ctx, log }
  stop = new AbortController()
  const jobs = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (_ctx: Ctx, payload: Record<string, string>, signal: AbortSignal) => task(payload, signal),
    ]),
  )
  ended = (await startJobs(ctx, jobs, stop.signal)).ended
  return lines
}
const add = (task: string, payload = {}, key?: string) =>
  world.ctx.queue.add(world.ctx.db, task, payload, key === undefined ? {} : { key })

test('a job exists exactly when the transaction that made it does', async () => {
  const ran: string[] = []
  await start({ note: async ({ id = '' }) => void ran.push(id) })
  await inTransaction(world.ctx.db, async (trx) => {
    await world.ctx.queue.add(trx, 'note', { id: 'undone' })
    throw new Error('after all not')
  }).catch(() => undefined)
  await inTransaction(world.ctx.db, (trx) => world.ctx.queue.add(trx, 'note', { id: 'done' }))
  await until(() => ran.length > 0)
  expect(ran).toEqual(['done'])
})

test('a waiting job of the same key is replaced, not doubled', async () => {
  for (const id of ['1', '2', '3']) await add('keyed', { id }, 'one')
  const ran: string[] = []
  await start({ keyed: async ({ id = '' }) => void ran.push(id) })
  await until(() => ran.length === 1)
  expect(ran).toEqual(['3'])
})

test('nothing of the job library goes to the console; failures are in our log, without payloads', async () => {
  const written: unknown[] = []
  const spies = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((...words) => void written.push(words)),
  )
  try {
    const lines = await start({
      failing: async () => {
        throw new Error('no luck')
      },
    })
    await add('failing', { openid: 'oSecretFan' })
    await until(() => lines.some((line) => line.includes('job failed')))
    const failure = JSON.parse(lines.find((line) => line.includes('job failed')) ?? '{}')
    expect(failure).toMatchObject({ level: 40, task: 'failing', attempt: 1, err: { message: 'no luck' } })
    expect(
      lines
        .map((line) => JSON.parse(line))
        .filter(({ level }) => level < 40)
        .every(({ level }) => level === 20),
    ).toBe(true)
    expect(lines.join('')).not.toContain('oSecretFan')
    stop.abort()
    await ended
    expect(written).toEqual([])
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
})

test('stopping waits for the job that runs, which hears of it', async () => {
  const seen: string[] = []
  let finish: () => void = () => undefined
  await start({
    long: async (_payload, signal) => {
      signal.addEventListener('abort', () => seen.push('told'))
      seen.push('began')
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      seen.push('ended')
    },
  })
  await add('long')
  await until(() => seen.includes('began'))
  stop.abort()
  const over = ended.then(() => seen.push('stopped'))
  await world.ctx.pool.query('select pg_sleep(0.1)')
  expect(seen).toEqual(['began', 'told'])
  finish()
  await over
  expect(seen).toEqual(['began', 'told', 'ended', 'stopped'])
})

test('jobs go on after every connection was cut, in the middle of one too', async () => {
  const ran: string[] = []
  let finish: () => void = () => undefined
  await start({
    cut: async ({ id = '' }) => {
      ran.push(id)
      if (id === 'during')
        await new Promise<void>((resolve) => {
          finish = resolve
        })
    },
  })
  await add('cut', { id: 'during' })
  await until(() => ran.length === 1)
  await world.ctx.pool
    .query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    .catch(() => undefined)
  finish()
  await until(() =>
    add('cut', { id: 'after' })
      .then(() => true)
      .catch(() => false),
  )
  await until(() => ran.includes('after'), { timeoutMs: 20_000 })
})
