import { useTranslation } from 'react-i18next'
import type { FrequencyCap, QuietHours } from '../schema.ts'

/** `08:00` */
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** A cap as a sentence: 每人任意连续 7 天内最多 3 条. */
export function useCapSentence() {
  const { t } = useTranslation()
  return ({ most, amount, unit, calendar }: Pick<FrequencyCap, 'most' | 'amount' | 'unit' | 'calendar'>) => {
    const period = t(`limits.calendarUnits.${unit}`)
    const window = !calendar
      ? t('limits.rolling', { amount, unit: t(`limits.units.${unit}`) })
      : amount === 1
        ? t('limits.calendarOne', { unit: period })
        : t('limits.calendarMany', { amount, unit: period })
    return t('limits.capSentence', { window, most })
  }
}

/** `22:00 – 次日 08:00` */
export function useSpan() {
  const { t } = useTranslation()
  return ({ fromMinute, untilMinute }: Pick<QuietHours, 'fromMinute' | 'untilMinute'>) =>
    t('limits.span', {
      from: clockOf(fromMinute),
      until:
        untilMinute < fromMinute ? t('limits.nextDay', { time: clockOf(untilMinute) }) : clockOf(untilMinute),
    })
}
