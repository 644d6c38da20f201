import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../tests/security/world.ts'
import { until } from '../../tests/support/index.ts'
import { CLOCK_TOPIC } from './clock.ts'

const HOUR = 3_600_000

describe('the business clock of a sandbox', () => {
  let world: BareWorld
  beforeAll(async () => {
    world = await createBareWorld('sandbox')
  })
  afterAll(() => world?.close())
  const move = (ms: number) => world.ctx.pool.query('update business_clock set offset_ms = $1', [ms])
  const aheadOf = ({ clock }: { clock: { now(): Date } }) => clock.now().getTime() - Date.now()

  test('is the same in every process, within a second and a half of a move, told of it or not', async () => {
    const other = await world.another()
    await move(HOUR)
    const began = Date.now()
    // nobody said anything: a process looks every second
    await until(() => aheadOf(world.ctx) > HOUR - 1_000 && aheadOf(other) > HOUR - 1_000)
    expect(Date.now() - began).toBeLessThan(3_000)
    await move(2 * HOUR)
    await world.ctx.wake.notify(CLOCK_TOPIC)
    await until(() => aheadOf(other) > 2 * HOUR - 1_000)
  })

  test('never goes back at the database, by whomever', async () => {
    const { rows } = await world.ctx.pool.query<{ offset_ms: string }>('select offset_ms from business_clock')
    const now = Number(rows[0]?.offset_ms)
    await expect(move(now - 1)).rejects.toThrow('only moves forward')
    await move(now)
    await move(now + 1)
    await expect(world.ctx.pool.query('insert into business_clock default values')).rejects.toMatchObject({
      code: '23505',
    })
    await expect(world.ctx.pool.query('update business_clock set offset_ms = -1')).rejects.toThrow()
  })

  test('is what the database itself goes by', async () => {
    await world.ctx.clock.refresh()
    const { rows } = await world.ctx.pool.query<{ now: Date }>('select business_now() as now')
    expect(Math.abs((rows[0]?.now.getTime() ?? 0) - world.ctx.clock.now().getTime())).toBeLessThan(1_000)
  })
})

describe('the business clock of production', () => {
  test('can’t be moved at the database', async () => {
    const world = await createBareWorld('production')
    try {
      for (const ms of [1, HOUR])
        await expect(world.ctx.pool.query('update business_clock set offset_ms = $1', [ms])).rejects.toThrow(
          'in a sandbox only',
        )
      await world.ctx.clock.refresh()
      expect(Math.abs(world.ctx.clock.now().getTime() - Date.now())).toBeLessThan(50)
    } finally {
      await world.close()
    }
  })
})
