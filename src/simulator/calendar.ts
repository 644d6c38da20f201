/** Beijing keeps no summer time: a fixed offset is the whole calendar. */
const BEIJING_MS = 8 * 3_600_000
export const DAY_MS = 86_400_000

const shifted = (at: Date): Date => new Date(at.getTime() + BEIJING_MS)

/** `2026-11-21` in Beijing. */
export const dayOf = (at: Date): string => shifted(at).toISOString().slice(0, 10)

/** `202611` in Beijing: the month that the four mass sends of a fan belong to. */
export const monthOf = (at: Date): number => Number(dayOf(at).slice(0, 7).replace('-', ''))

/** Hour of the day in Beijing, 0 to 23. */
export const hourOf = (at: Date): number => shifted(at).getUTCHours()

export const startOfDay = (day: string): Date => new Date(`${day}T00:00:00+08:00`)

export const addDays = (day: string, days: number): string =>
  dayOf(new Date(startOfDay(day).getTime() + days * DAY_MS))

/** Whole days from one `yyyy-mm-dd` to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((startOfDay(to).getTime() - startOfDay(from).getTime()) / DAY_MS)

/** True for a real calendar day written `yyyy-mm-dd`. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
