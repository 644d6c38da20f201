import fc from 'fast-check'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { armFor, drawOf } from '../../src/modules/broadcasts/groups/assign.ts'
import { armedRelation } from '../../src/modules/broadcasts/groups/relation.ts'
import type { AudienceRow } from '../../src/modules/contacts/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { seed, sized } from '../support/size.ts'

let world: SendingWorld
let account: Bound
let people: { fan: string; person: string }[]

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 2_000 })
  const { rows } = await world.ctx.pool.query<{ fan: string; person: string }>(
    'select id as fan, contact_id as person from fans where account_id = $1 and following order by id',
    [account.id],
  )
  people = rows
})
afterAll(() => world?.close())

const named = (ids: readonly string[]): RawBuilder<AudienceRow> =>
  sql<AudienceRow>`select f.id as fan_id, f.openid, f.following from fans f where f.id = any(${[...ids]}::bigint[])`

type Found = { fan_id: string; arm: number; left_out: string | null }
async function drawn(groups: Parameters<typeof armedRelation>[1]): Promise<Map<string, Found>> {
  const { rows } =
    await sql<Found>`select fan_id, arm, left_out from (${armedRelation(account.id, groups)}) a`.execute(
      world.ctx.db,
    )
  // each fan once
  expect(new Set(rows.map((row) => row.fan_id)).size).toBe(rows.length)
  return new Map(rows.map((row) => [row.fan_id, row]))
}

/** Five deviations: farther a fair draw does not go in this test. */
function expectShare(count: number, of: number, share: number) {
  const p = share / 10_000
  expect(Math.abs(count - of * p)).toBeLessThanOrEqual(5 * Math.sqrt(of * p * (1 - p)) + 1)
}

const shares = fc
  .array(fc.integer({ min: 1, max: 4_000 }), { minLength: 0, maxLength: 4 })
  .filter((some) => some.reduce((sum, one) => sum + one, 0) < 10_000)
const group = fc.record({
  shares,
  holdout: fc.integer({ min: 0, max: 5_000 }),
  key: fc.string({ minLength: 8 }),
})

test('E4, G6: everybody is in one part by the draw of their person; parts have their share; hold-outs are drawn apart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 3 }), async (given) => {
      const half = Math.floor(people.length / 2)
      let number = 0
      const groups = given.map(({ shares: own, holdout, key }, place) => {
        const arms = [...own, null].map((share) => ({ number: number++, share }))
        const isDrawn = arms.length > 1 || holdout > 0
        const whom = people.slice(place * 300, place * 300 + half)
        return { arms, holdout, key: isDrawn ? key : null, named: named(whom.map(({ fan }) => fan)), whom }
      })
      const found = await drawn(groups)
      const seen = new Set<string>()
      for (const { arms, holdout, key, whom } of groups) {
        const own = whom.filter(({ fan }) => !seen.has(fan))
        for (const { fan, person } of own) {
          seen.add(fan)
          const draw = key === null ? { arm: 0, holdout: 10_000 } : drawOf(key, person)
          expect(found.get(fan)).toMatchObject({
            arm: armFor(arms, draw.arm),
            left_out: draw.holdout < holdout ? 'held_out' : null,
          })
        }
        for (const { number: arm, share } of arms)
          if (share !== null)
            expectShare(own.filter(({ fan }) => found.get(fan)?.arm === arm).length, own.length, share)
        expectShare(own.filter(({ fan }) => found.get(fan)?.left_out).length, own.length, holdout)
      }
      expect(found.size).toBe(seen.size)
    }),
    { numRuns: sized(12, 200), seed },
  )
})
