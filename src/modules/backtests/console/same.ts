import { type BacktestVariant, backtestVariant } from '../schema.ts'

/** Whether two versions say the same, however the one was stored meanwhile. */
export const isSame = (one: BacktestVariant, other: BacktestVariant): boolean =>
  written(backtestVariant.safeParse(one).data ?? one) ===
  written(backtestVariant.safeParse(other).data ?? other)

const written = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
