import { expect, test } from 'vitest'
import { DELIVERY_STATES } from '../../deliveries/schema.ts'
import { armState, type Content } from '../schema.ts'
import { canWithdraw, withdrawnOn } from './withdraw.ts'

const NOON = new Date('2026-11-21T12:00:00+08:00')

test.each([
  [{ usedToday: 0, waiting: 0, deletions: 1 }, 1, '2026-11-21'],
  [{ usedToday: 0, waiting: 0, deletions: 10 }, 1, '2026-11-21'],
  [{ usedToday: 0, waiting: 0, deletions: 11 }, 2, '2026-11-22'],
  [{ usedToday: 9, waiting: 0, deletions: 1 }, 1, '2026-11-21'],
  [{ usedToday: 10, waiting: 0, deletions: 1 }, 2, '2026-11-22'],
  [{ usedToday: 14, waiting: 0, deletions: 1 }, 2, '2026-11-22'],
  [{ usedToday: 0, waiting: 5, deletions: 6 }, 2, '2026-11-22'],
  [{ usedToday: 0, waiting: 0, deletions: 100 }, 10, '2026-11-30'],
])('E10: %o ends on day %i, %s: ten deletions a Beijing day', (asked, days, day) => {
  expect(withdrawnOn(NOON, asked)).toEqual({ days, day })
})

const NONE = Object.fromEntries(DELIVERY_STATES.map((state) => [state, 0])) as Record<
  (typeof DELIVERY_STATES)[number],
  number
>
const ARTICLES: Content = { kind: 'articles', articles: [] }

test.each(armState.options)('E10: a record that is %s is taken offline only once it is over', (state) => {
  const over = ['ended', 'failed', 'cancelled'].includes(state)
  expect(canWithdraw({ state, content: ARTICLES, tally: { ...NONE, delivered: 1, failed: 1 } })).toBe(over)
})

test.each([
  [ARTICLES, true],
  [{ kind: 'video', mediaAssetId: '1', title: '', description: '' }, true],
  [{ kind: 'text', text: '' }, false],
  [{ kind: 'image', mediaAssetIds: [] }, false],
  [{ kind: 'voice', mediaAssetId: '1' }, false],
] as [Content, boolean][])(
  'E10: %o that was sent can be taken offline: %s, and never what was not',
  (content, can) => {
    expect(canWithdraw({ state: 'ended', content, tally: { ...NONE, delivered: 1 } })).toBe(can)
    expect(canWithdraw({ state: 'ended', content, tally: { ...NONE, failed: 1, unknown: 1 } })).toBe(false)
  },
)
