import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BareWorld, createBareWorld, createMemoryLog } from '../../tests/security/world.ts'
import { until } from '../../tests/support/index.ts'
import type { Ctx } from '../context.ts'
import type { Sweep } from '../modules/manifest.ts'
import { type Crew, createCrew, startSweep } from './sweeps.ts'

const NEVER_MS = 3_600_000

let world: BareWorld
let ctx: Ctx
let lines: string[]
let stop: AbortController
let running: Promise<void>[]

beforeAll(async () => {
  world = await createBareWorld('sandbox')
})
afterAll(() => world?.close())
beforeEach(() => {
  const memory = createMemoryLog()
  lines = memory.lines
  ctx = { ...world.ctx, log: memory.log }
  stop = new AbortController()
  running = []
  return async () => {
    stop.abort()
    await Promise.all(running)
  }
})

function start(sweep: Partial<Sweep> & Pick<Sweep, 'run'>, crew?: Crew) {
  running.push(startSweep(ctx, { name: 'test', everyMs: NEVER_MS, ...sweep }, stop.signal, crew))
}
/** Counts its runs, with the time of each. */
function counting(result: (at: number) => number | Promise<number>) {
  const times: number[] = []
  const run = async () => {
    times.push(performance.now())
    return result(times.length)
  }
  return { times, run }
}

describe('a sweep', () => {
  test('goes on at once while there is work, then waits', async () => {
    const { times, run } = counting((at) => (at < 5 ? 1 : 0))
    start({ run })
    await until(() => times.length === 5)
    const idle = times.length
    await ctx.pool.query('select pg_sleep(0.2)')
    expect(times).toHaveLength(idle)
  })

  test('finds work whose hint was lost when its interval is over', async () => {
    const { times, run } = counting(() => 0)
    start({ run, everyMs: 100, topic: 'lost' })
    await until(() => times.length >= 4)
    expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(290)
  })

  test('is woken by a hint of its topic, from another process too, and of no other', async () => {
    const other = await world.another()
    const { times, run } = counting(() => 0)
    start({ run, topic: 'mine' })
    await until(() => times.length === 1)
    await other.wake.notify('another')
    await other.wake.notify('mine')
    await until(() => times.length === 2)
  })

  test('of several loops one looks an interval; one that is held up leaves it to another, and a hint wakes them all', async () => {
    const crew = createCrew()
    let holdUp: Promise<void> | undefined
    let goOn: () => void = () => undefined
    const { times, run } = counting(async (at) => {
      if (at === 5) await holdUp
      return 0
    })
    holdUp = new Promise((resolve) => {
      goOn = resolve
    })
    for (let loop = 0; loop < 4; loop += 1) start({ run, everyMs: 200, topic: 'crew' }, crew)
    await until(() => times.length >= 8)
    // the four look once at the start; then one looks each time, although the fifth look never came back
    const gaps = times.slice(4, 8).map((time, at) => time - (times[at + 3] ?? 0))
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(190)
    const seen = times.length
    await ctx.wake.notify('crew')
    await until(() => times.length >= seen + 3)
    goOn()
  })

  test('a hint that comes while it works is not lost', async () => {
    let finish: () => void = () => undefined
    const { times, run } = counting((at) =>
      at === 1
        ? new Promise<number>((resolve) => {
            finish = () => resolve(0)
          })
        : 0,
    )
    let heard = false
    const off = ctx.wake.on('during', () => {
      heard = true
    })
    start({ run, topic: 'during' })
    await until(() => times.length === 1)
    await ctx.wake.notify('during')
    await until(() => heard)
    finish()
    await until(() => times.length === 2)
    off()
  })

  test('that fails backs off more and more, says why, and is well again after a success', async () => {
    const { times, run } = counting((at) => {
      if (at <= 3) throw new Error('the database is not there')
      return 0
    })
    start({ run, everyMs: 50 })
    await until(() => times.length >= 5)
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    expect(gaps[0]).toBeGreaterThanOrEqual(245)
    expect(gaps[1]).toBeGreaterThanOrEqual(495)
    expect(gaps[2]).toBeGreaterThanOrEqual(995)
    expect(gaps[3]).toBeLessThan(900)
    const failures = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'sweep failed')
    expect(failures.map(({ sweep, backoff }) => [sweep, backoff])).toEqual([
      ['test', 250],
      ['test', 500],
      ['test', 1000],
    ])
    expect(failures[0].err.message).toBe('the database is not there')
  })

  test('that fails is not driven round by hints; the others go on meanwhile', async () => {
    const failing = counting(() => {
      throw new Error('broken')
    })
    const well = counting(() => 0)
    start({ run: failing.run, topic: 'busy' })
    start({ run: well.run, topic: 'busy' })
    await until(() => failing.times.length === 1 && well.times.length === 1)
    for (let at = 0; at < 5; at += 1) {
      const seen = well.times.length
      await ctx.wake.notify('busy')
      await until(() => well.times.length > seen)
    }
    // 250 ms are hardly over; a hint each would have made six
    expect(failing.times.length).toBeLessThanOrEqual(2)
  })

  test('stopping waits for the running chunk and begins no other', async () => {
    let finish: () => void = () => undefined
    let seen: AbortSignal | undefined
    let runs = 0
    const done: string[] = []
    start({
      run: async (_ctx, signal) => {
        runs += 1
        seen = signal
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        done.push('chunk')
        return 1
      },
    })
    await until(() => runs === 1)
    stop.abort()
    const ended = Promise.all(running).then(() => done.push('stopped'))
    expect(seen?.aborted).toBe(true)
    await ctx.pool.query('select pg_sleep(0.05)')
    expect(done).toEqual([])
    finish()
    await ended
    expect([done, runs]).toEqual([['chunk', 'stopped'], 1])
  })

  test.each([
    ['asleep', () => 0],
    [
      'backing off',
      () => {
        throw new Error('x')
      },
    ],
  ])('stopping one that is %s takes no time', async (_what, result) => {
    const { times, run } = counting(result)
    start({ run })
    await until(() => times.length === 1)
    const began = performance.now()
    stop.abort()
    await Promise.all(running)
    expect(performance.now() - began).toBeLessThan(200)
    expect(times).toHaveLength(1)
  })

  test('what fails because it was stopped is no failure', async () => {
    start({
      run: (_ctx, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    })
    await ctx.pool.query('select 1')
    stop.abort()
    await Promise.all(running)
    expect(lines).toEqual([])
  })
})
