import { hash } from 'node:crypto'
import type { Answer } from './schema.ts'

/**
 * Which replies of an answer are given, in their order. Chance is a digest of the push and the rule, so that every process comes
 * to the same for the same push.
 */
export function choose(
  { mode, replies }: { mode: Answer['mode']; replies: readonly { weight: number }[] },
  push: { key: string; rule: string },
): number[] {
  if (replies.length === 0) return []
  if (mode === 'all') return replies.map((_, index) => index)
  const weights = replies.map(({ weight }) => (mode === 'weighted' ? weight : 1))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  let left = drawOf(push) * sum
  for (const [index, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return [index]
  }
  return [replies.length - 1]
}

/** 0 up to 1, without it. */
const drawOf = ({ key, rule }: { key: string; rule: string }): number =>
  hash('sha256', `${key}:${rule}`, 'buffer').readUIntBE(0, 6) / 2 ** 48
