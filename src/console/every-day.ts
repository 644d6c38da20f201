import { addBeijingDays, beijingDaysBetween } from '../kernel/beijing.ts'

type Span = { from: string; to: string }

/** Each Beijing day from one to another with what is known of it: that nothing happened is a fact too. */
export function everyDay<T extends { day: string }>(
  known: readonly T[],
  { from, to }: Span,
  nothing: Omit<T, 'day'>,
): T[] {
  const byDay = new Map(known.map((one) => [one.day, one]))
  return Array.from({ length: beijingDaysBetween(from, to) + 1 }, (_, place) => {
    const day = addBeijingDays(from, place)
    return byDay.get(day) ?? ({ ...nothing, day } as T)
  })
}
