import { addBeijingDays, beijingDay } from '../../../../kernel/beijing.ts'
import type { RecordFilters } from './filters.tsx'

const SHOWN_DAYS = 30

/** The days of the filter; the last thirty where none are chosen. */
export function daysOf({ values }: RecordFilters, now: Date | number): { from: string; to: string } {
  const to = values.to ?? beijingDay(new Date(now))
  return { from: values.from ?? addBeijingDays(to, 1 - SHOWN_DAYS), to }
}
