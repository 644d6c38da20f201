import { hash } from 'node:crypto'
import type { Answer } from './schema.ts'

type Choice = { weight: number; gone: boolean }

/**
 * Which replies of an answer are given, by their places and in their order; those whose material is gone are as if they weren't
 * there. Chance is a digest of the push and the rule, so that every process comes to the same for the same push.
 */
export function choose(
  { mode, replies }: { mode: Answer['mode']; replies: readonly Choice[] },
  push: { key: string; rule: string },
): number[] {
  const there = replies.flatMap(({ weight, gone }, index) =>
    gone ? [] : [{ index, weight: mode === 'weighted' ? weight : 1 }],
  )
  if (mode === 'all' || there.length <= 1) return there.map(({ index }) => index)
  let left = drawOf(push) * there.reduce((sum, { weight }) => sum + weight, 0)
  const drawn = there.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  return [(drawn ?? (there.at(-1) as { index: number })).index]
}

/** 0 up to 1, without it. */
const drawOf = ({ key, rule }: { key: string; rule: string }): number =>
  hash('sha256', `${key}:${rule}`, 'buffer').readUIntBE(0, 6) / 2 ** 48
