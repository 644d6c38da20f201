import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seed } from '../../../../tests/support/size.ts'
import { isMissed } from '../../../kernel/missed.ts'
import type { Count } from '../schema/plan.ts'
import { counted, fired, mayFire, NO_TALLY } from './count.ts'
import { decisionAt, drifted } from './state.ts'

const turns = (rule: Count, events: number): number[] => {
  let tally = NO_TALLY
  const reached: number[] = []
  for (let nth = 1; nth <= events; nth += 1) {
    const next = counted(tally, rule)
    tally = next.tally
    if (next.reached) reached.push(nth)
  }
  return reached
}

test.each([
  [{ mode: 'after', n: 1 }, [1]],
  [{ mode: 'after', n: 3 }, [3]],
  [{ mode: 'every', n: 1 }, [1, 2, 3, 4, 5, 6, 7]],
  [{ mode: 'every', n: 3 }, [3, 6]],
  [{ mode: 'after', n: 8 }, []],
] as const)('B8: %j fires at %j of seven', (rule, expected) => {
  expect(turns(rule, 7)).toEqual(expected)
})

test('B8: counting is what an obvious reading says, for any rule and number of events', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('after', 'every'),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(60),
      (mode, n, events) => {
        const all = Array.from({ length: events }, (_, index) => index + 1)
        const obvious = mode === 'after' ? all.filter((nth) => nth === n) : all.filter((nth) => nth % n === 0)
        expect(turns({ mode: mode as Count['mode'], n }, events)).toEqual(obvious)
      },
    ),
    { seed },
  )
})

test('B8: who is past the n-th time when a merge or an edit brings them there fires with the next one, once', () => {
  const rule = { mode: 'after', n: 3 } as const
  const first = counted({ seen: 4, begun: 0, fired: 0 }, rule)
  expect(first).toMatchObject({ reached: true, tally: { seen: 5, begun: 1 } })
  expect(counted(first.tally, rule).reached).toBe(false)
})

test('B8: a limit per person counts what came of it', () => {
  expect(mayFire(NO_TALLY, 1)).toBe(true)
  expect(mayFire(fired(NO_TALLY), 1)).toBe(false)
  expect(mayFire(fired(NO_TALLY), 2)).toBe(true)
  expect(mayFire(fired(NO_TALLY), null)).toBe(true)
})

test('B8: a firing is decided five seconds after B’s time, or after A came in where that was later', () => {
  const at = new Date('2026-11-21T00:00:00Z')
  const minutes = (n: number) => n * 60_000
  expect(decisionAt({ at, receivedAt: at }, minutes(20))).toEqual({
    deadline: new Date('2026-11-21T00:20:00Z'),
    dueAt: new Date('2026-11-21T00:20:05Z'),
  })
  expect(decisionAt({ at, receivedAt: new Date('2026-11-21T03:00:00Z') }, minutes(20)).dueAt).toEqual(
    new Date('2026-11-21T03:00:05Z'),
  )
})

test('A5: ten minutes late is on time, a millisecond more was missed', () => {
  const at = new Date('2026-11-21T02:00:00Z')
  expect(isMissed(at, new Date('2026-11-21T02:10:00.000Z'))).toBe(false)
  expect(isMissed(at, new Date('2026-11-21T02:10:00.001Z'))).toBe(true)
})

test('design 5: an audience is shown again when it moved by more than a tenth and more than ten people', () => {
  expect([drifted(1_000, 1_100), drifted(1_000, 1_101), drifted(1_000, 900), drifted(1_000, 899)]).toEqual([
    false,
    true,
    false,
    true,
  ])
  expect([drifted(5, 15), drifted(5, 16)]).toEqual([false, true])
})
