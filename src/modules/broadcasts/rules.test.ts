import { describe, expect, test } from 'vitest'
import { planBatches } from '../../wechat/rules/broadcast-batches.ts'
import type { Audience } from '../contacts/schema.ts'
import { DELIVERY_STATES } from '../deliveries/schema.ts'
import {
  type BatchTally,
  canResolveBatch,
  canRetryBatch,
  commandsOf,
  drifted,
  endState,
  isOpen,
  labelOf,
  minutesFor,
  pathsFor,
  promiseOf,
} from './rules.ts'
import { type ArmState, type BroadcastState, broadcastState } from './schema.ts'

const tally = (some: Partial<BatchTally> = {}): BatchTally => ({
  ...(Object.fromEntries(DELIVERY_STATES.map((state) => [state, 0])) as BatchTally),
  ...some,
})
const standing = (state: BroadcastState, arm: ArmState, batches: BatchTally) => ({
  state,
  tally: batches,
  groups: [{ arms: [{ state: arm, tally: batches }] }],
})
const all: Audience = { kind: 'all' }
const tag: Audience = { kind: 'tag', tagId: 100 }
const chosen: Audience = { kind: 'fans', fanIds: ['1', '2'] }
const list: Audience = { kind: 'list', listId: '1' }

describe('D4: paths', () => {
  test.each([
    ['service', true, all, ['all', 'list']],
    ['service', true, tag, ['list', 'tag']],
    ['service', true, chosen, ['list']],
    ['service', true, list, ['list']],
    ['subscription', true, all, ['all']],
    ['subscription', true, tag, ['tag']],
    ['subscription', true, chosen, []],
    ['subscription', true, list, []],
    ['service', false, all, []],
    ['subscription', false, tag, []],
  ] as const)('a %s account, verified: %s, reaches %j by %j', (kind, verified, audience, paths) => {
    expect(pathsFor({ kind, verified }, audience)).toEqual(paths)
  })

  test('only a list is exact', () => {
    expect(['list', 'tag', 'all'].map((path) => promiseOf(path as 'list'))).toEqual([
      'exact',
      'estimate',
      'estimate',
    ])
  })
})

describe('G1: drift', () => {
  test.each([
    [10_000, 9_900, false],
    [10_000, 9_899, true],
    [10_000, 10_100, false],
    [10_000, 10_101, true],
    [199, 198, false],
    [199, 197, true],
    [200, 198, false],
    [200, 197, true],
    // one person more or less never asks again
    [3, 2, false],
    [3, 1, true],
    [0, 1, false],
    [0, 2, true],
  ])('%i shown and %i now: asked again %s', (expected, now, drift) => {
    expect(drifted(expected, now)).toBe(drift)
  })
})

describe('E8: labels', () => {
  test.each([
    ['draft', 'draft', {}, 'draft'],
    ['scheduled', 'draft', {}, 'queued'],
    ['preparing', 'draft', {}, 'selecting'],
    ['running', 'opening', { planned: 3 }, 'preparing'],
    ['running', 'asking', { planned: 3 }, 'asking'],
    ['scheduled', 'queued', { planned: 3 }, 'queued'],
    ['scheduled', 'asking', { planned: 3 }, 'asking'],
    ['running', 'running', { planned: 3 }, 'queued'],
    ['running', 'running', { held: 3 }, 'queued'],
    ['running', 'running', { planned: 2, sending: 1 }, 'sending'],
    ['running', 'queued', { delivered: 1 }, 'queued'],
    ['running', 'running', { planned: 2, accepted: 1 }, 'sending'],
    ['running', 'running', { planned: 2, failed: 1 }, 'sending'],
    ['running', 'running', { planned: 2, unknown: 1 }, 'sending'],
    ['paused', 'draft', { planned: 3 }, 'paused'],
    ['ended', 'ended', { delivered: 3 }, 'sent'],
    ['ended', 'ended', { delivered: 2, skipped: 1 }, 'sent'],
    ['ended', 'ended', { delivered: 2, failed: 1 }, 'partly_failed'],
    ['ended', 'ended', { failed: 3 }, 'failed'],
    ['ended', 'ended', { delivered: 2, unknown: 1 }, 'unresolved'],
    ['ended', 'ended', { failed: 2, unknown: 1 }, 'unresolved'],
    ['failed', 'draft', { failed: 3 }, 'failed'],
    ['failed', 'failed', {}, 'failed'],
    ['cancelled', 'draft', { delivered: 1, skipped: 2 }, 'cancelled'],
  ] as const)('%s, its arm %s with batches %j: %s', (state, arm, batches, label) => {
    expect(labelOf(standing(state, arm, tally(batches)))).toBe(label)
  })

  test.each([
    [{ delivered: 1, failed: 9 }, 'ended'],
    [{ unknown: 1, failed: 9 }, 'ended'],
    [{ failed: 2 }, 'failed'],
    [{ skipped: 2 }, 'failed'],
  ])('batches %j end as %s', (batches, state) => {
    expect(endState(tally(batches))).toBe(state)
  })

  test.each(DELIVERY_STATES)('a batch that is %s: open or not', (state) => {
    const open = ['planned', 'held', 'sending', 'accepted'].includes(state)
    expect(isOpen(tally({ [state]: 1 }))).toBe(open)
  })
})

describe('D6: commands', () => {
  test.each(broadcastState.options)('a broadcast that is %s', (state) => {
    const can = commandsOf(standing(state, 'queued', tally({ delivered: 1 })), false)
    const live = state === 'preparing' || state === 'scheduled' || state === 'running'
    expect(can).toEqual({
      edit: state === 'draft',
      send: state === 'draft',
      delete: state === 'draft',
      pause: live,
      resume: state === 'paused',
      cancel: live || state === 'paused',
      withdraw: false,
      unschedule: state === 'scheduled' || state === 'paused',
    })
  })

  test.each(DELIVERY_STATES)('G3: a batch that is %s is retried only after a definite refusal', (state) => {
    for (const broadcast of broadcastState.options) {
      const safe = state === 'failed' && ['running', 'ended', 'failed'].includes(broadcast)
      expect(canRetryBatch(state, broadcast)).toBe(safe)
    }
    expect(canResolveBatch(state)).toBe(state === 'unknown')
  })
})

describe('D7: minutes', () => {
  test.each([
    [[2], 30_000, 0],
    [[10_000], 30_000, 0],
    [[10_000, 10_000], 30_000, 1 / 3],
    [[10_000, 10_000, 9_999, 2], 30_000, 29_999 / 30_000],
    [[], 30_000, 0],
  ])('%j at %i a minute are handed over after %f', (sizes, perMinute, minutes) => {
    expect(minutesFor(sizes, perMinute)).toBeCloseTo(minutes, 9)
  })

  test('a million by list takes 33 minutes', () => {
    const plan = planBatches(1_000_000)
    expect(plan.ok && minutesFor(plan.sizes, 30_000)).toBeCloseTo(33, 9)
  })
})
