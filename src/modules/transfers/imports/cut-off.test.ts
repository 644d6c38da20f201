import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { long, sized } from '../../../../tests/support/index.ts'
import { endRunLeases, forkWorker } from '../../../../tests/support/workers.ts'
import { getImport, startImport } from './commands.ts'
import { createImportWorld, type Given, type ImportWorld, LEVELS, options } from './test-world.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await createImportWorld()
})
afterAll(() => world?.close())

const lines = function* (prefix: string, count: number) {
  yield '编号,手机,姓名,等级,积分\n'
  for (let n = 0; n < count; n += 1)
    yield `${prefix}${n},+86139${String(n).padStart(8, '0')},客户${n},${n % 3},${n % 10 === 9 ? 'x' : n}\n`
}

describe('F1: an import that is cut off, or not alone', () => {
  const ROWS = 2_600
  test.each([
    [
      'before a portion is committed',
      { at: 'commit', what: 'update people_imports set records', when: 'before', nth: 3 },
    ],
    [
      'after a portion is committed',
      { at: 'commit', what: 'update people_imports set records', when: 'after', nth: 3 },
    ],
    [
      'while people are written',
      { at: 'sql', what: 'insert into contact_attributes', when: 'before', nth: 4 },
    ],
    [
      'before its end is',
      { at: 'commit', what: 'update people_imports set segment_id', when: 'before', nth: 1 },
    ],
  ] as const)(
    'killed %s: goes on by itself, each row counted once',
    async (name, moment) => {
      const prefix = `k${moment.at}${moment.when}${moment.nth}`
      const { id } = await world.upload(lines(prefix, ROWS))
      await startImport(world.ctx, id, options({ mapping: LEVELS, segment: { name } }))
      expect(await forkWorker(world, moment).ended).toBe('SIGKILL')
      const reached = (await getImport(world.ctx, id)).progress.done
      expect(reached).toBeGreaterThan(0)
      await endRunLeases(world)
      await world.work(id)
      const done = await getImport(world.ctx, id)
      expect(done).toMatchObject({
        state: 'done',
        counts: { created: (ROWS * 9) / 10, refused: ROWS / 10 },
        progress: { done: ROWS, total: ROWS },
      })
      const ids = `from contact_identities where kind = 'user' and value like '${prefix}%'`
      expect(await world.one(`select count(distinct contact_id)::int ${ids}`)).toBe((ROWS * 9) / 10)
      expect(
        await world.one(`select count(*)::int from segments where origin ->> 'importId' = $1`, [id]),
      ).toBe(1)
      expect(
        await world.one(
          `select count(*)::int from audit_entries where action = 'people.import_finished' and subject_id = $1`,
          [id],
        ),
      ).toBe(1)
      expect(await world.errorsOf(id)).toHaveLength(ROWS / 10)
    },
    60_000,
  )

  test('failed, then started again with the same choices: goes on where it stopped; with others, anew', async () => {
    const { id } = await world.upload(lines('again', 1_200))
    const failing = async (given: Given) => {
      await startImport(world.ctx, id, options({ mapping: LEVELS, ...given }))
      await world.ctx.pool.query(
        `update background_runs set state = 'failed', finished_at = now() where id = $1`,
        [await world.runOf(id)],
      )
    }
    await failing({})
    await world.ctx.pool.query(
      `update people_imports set records = 1000, counts = '{"created": 1000}' where id = $1`,
      [id],
    )
    await failing({})
    expect((await getImport(world.ctx, id)).progress.done).toBe(1_000)
    await failing({ whom: 'new' })
    expect((await getImport(world.ctx, id)).progress.done).toBe(0)
  })

  test('two at once with the same people: both end, and everyone is there once', async () => {
    const both = await Promise.all([world.run(lines('both', 1_500)), world.run(lines('both', 1_500))])
    for (const { state, progress } of both) expect([state, progress.done]).toEqual(['done', 1_500])
    expect(both.reduce((sum, { counts }) => sum + (counts['created'] ?? 0), 0)).toBe(1_500)
    expect(
      await world.one(
        `select count(distinct contact_id)::int from contact_identities where kind = 'user' and value like 'both%'`,
      ),
    ).toBe(1_500)
  })

  test(
    'memory stays flat',
    async () => {
      const total = sized(20_000, 1_000_000)
      let early = 0
      let peak = 0
      const watch = setInterval(() => {
        const { heapUsed, external } = process.memoryUsage()
        peak = Math.max(peak, heapUsed + external)
      }, 50)
      const { id } = await world.upload(lines('m', total))
      await startImport(world.ctx, id, options({ mapping: LEVELS }))
      const look = setInterval(async () => {
        if (early === 0 && (await getImport(world.ctx, id)).progress.done >= total / 10) {
          globalThis.gc?.()
          early = peak
        }
      }, 100)
      try {
        await world.work(id)
      } finally {
        clearInterval(watch)
        clearInterval(look)
      }
      expect((await getImport(world.ctx, id)).counts).toEqual({
        created: (total * 9) / 10,
        refused: total / 10,
      })
      expect(early).toBeGreaterThan(0)
      expect((peak - early) / 1_048_576).toBeLessThan(50)
    },
    long ? 3_600_000 : 120_000,
  )
})
