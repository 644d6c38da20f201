/**
 * Mainland China's public holidays and the days off that are worked in exchange. 国务院办公厅关于2026年部分节假日安排的通知 (2025-11-04).
 * A year is added when its arrangement is published, usually in November of the year before.
 */
const YEARS: Readonly<
  Record<string, { off: readonly (readonly [string, string])[]; worked: readonly string[] }>
> = {
  '2026': {
    off: [
      ['2026-01-01', '2026-01-03'],
      ['2026-02-15', '2026-02-23'],
      ['2026-04-04', '2026-04-06'],
      ['2026-05-01', '2026-05-05'],
      ['2026-06-19', '2026-06-21'],
      ['2026-09-25', '2026-09-27'],
      ['2026-10-01', '2026-10-07'],
    ],
    worked: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  },
}

export const isHolidayYearKnown = (year: number): boolean => String(year) in YEARS

/** `2026-10-01`. Of a year whose arrangement isn't known, nothing is a holiday. */
export const isHoliday = (day: string): boolean =>
  (YEARS[day.slice(0, 4)]?.off ?? []).some(([from, to]) => from <= day && day <= to)

/** Holidays and weekends, without those worked in exchange. */
export function isDayOff(day: string): boolean {
  if (isHoliday(day)) return true
  if (YEARS[day.slice(0, 4)]?.worked.includes(day)) return false
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday === 0 || weekday === 6
}
