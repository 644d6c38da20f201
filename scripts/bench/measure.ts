/** Seconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** `3 rounds: 1.21 1.19 1.25 s`, so that a reader sees how steady a median is. */
export const spread = (values: readonly number[], unit: string): string =>
  `${values.length} rounds: ${values.map((value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2))).join(', ')} ${unit}`
