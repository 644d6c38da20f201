import { Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ActiveHours, Keyword } from '../schema.ts'

const SHOWN = 6

/** Keywords with how they match; the first few. */
export function KeywordTags({ keywords }: { keywords: readonly Keyword[] }) {
  const { t } = useTranslation()
  const rest = keywords.slice(SHOWN)
  return (
    <div className="w-reply-words">
      {keywords.slice(0, SHOWN).map((one, index) => (
        <KeywordTag key={index} keyword={one} />
      ))}
      {rest.length > 0 && (
        <Tooltip title={rest.map(({ text }) => text).join('、')}>
          <Tag>{t('replies.more', { count: rest.length })}</Tag>
        </Tooltip>
      )}
    </div>
  )
}

export function KeywordTag({ keyword: { text, match, caseSensitive } }: { keyword: Keyword }) {
  const { t } = useTranslation()
  return (
    <Tag>
      <span className={match === 'regex' ? 'w-mono' : ''}>{text}</span>{' '}
      <span className="w-faint">
        {t(`replies.match.${match}`)}
        {caseSensitive && ` · ${t('replies.caseSensitive')}`}
      </span>
    </Tag>
  )
}

export const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** 1 is Monday. */
export function useWeekday(): (day: number) => string {
  const { t } = useTranslation()
  return (day) => t(`replies.day.${WEEKDAYS[day - 1] ?? 'mon'}`)
}

export function useDaysText(): (days: readonly number[]) => string {
  const { t } = useTranslation()
  const weekday = useWeekday()
  return (days) => {
    const all = days.toSorted((a, b) => a - b)
    if (all.length === 7) return t('replies.hours.everyDay')
    if (all.join() === '1,2,3,4,5') return t('replies.hours.workdays')
    if (all.join() === '6,7') return t('replies.hours.weekend')
    return all.map(weekday).join(t('replies.hours.and'))
  }
}

/** When a rule answers, in a few words. */
export function useHoursText(): (hours: ActiveHours) => string {
  const { t } = useTranslation()
  const days = useDaysText()
  return (hours) =>
    hours
      .map(({ days: some, fromMinute, untilMinute }) =>
        t(fromMinute < untilMinute ? 'replies.hours.span' : 'replies.hours.overnight', {
          days: days(some),
          from: clockOf(fromMinute),
          until: clockOf(untilMinute),
        }),
      )
      .join(t('replies.hours.and'))
}

const UNITS = [
  { unit: 'days', ms: 86_400_000 },
  { unit: 'hours', ms: 3_600_000 },
  { unit: 'minutes', ms: 60_000 },
] as const
export type LengthUnit = (typeof UNITS)[number]['unit']
export const unitMs = (unit: LengthUnit): number => UNITS.find((one) => one.unit === unit)?.ms ?? 60_000

/** The largest unit that a length is a whole number of. */
export function inUnits(ms: number): { amount: number; unit: LengthUnit } {
  const { unit, ms: size } = UNITS.find((one) => ms % one.ms === 0) ?? UNITS[2]
  return { amount: Math.max(1, Math.round(ms / size)), unit }
}

/** A least time between two answers, in words. */
export function useLeastText(): (ms: number) => string {
  const { t } = useTranslation()
  return (ms) => {
    const { amount, unit } = inUnits(ms)
    return t(`replies.length.${unit}`, { count: amount })
  }
}
