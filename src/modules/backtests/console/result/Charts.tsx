import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { barsOf } from '../../../../console/ui/bars.ts'
import { LoadingState } from '../../../../console/ui/states.tsx'
import type { VariantResult } from '../../schema.ts'

const Chart = lazy(() => import('../../../../console/ui/Chart.tsx'))

/** Reached and not, of each Beijing day on which the turn came. */
export function DayBars({ days }: { days: VariantResult['byDay'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(() => {
    const reached = t('backtests.byDayReached')
    const not = t('backtests.byDayNot')
    return barsOf({
      names: days.map(({ day }) => day.slice(5)),
      series: [
        { name: reached, values: days.map((day) => day.reached) },
        { name: not, values: days.map((day) => day.notReached), colour: 'line' },
      ],
      tip: (place) => {
        const day = days[place]
        if (day === undefined) return []
        return [
          day.day,
          `${reached} ${format.number(day.reached)}`,
          `${not} ${format.number(day.notReached)}`,
        ]
      },
      format,
    })
  }, [days, format, t])
  return (
    <Suspense fallback={<LoadingState rows={3} />}>
      <Chart option={option} label={t('backtests.byDay')} />
    </Suspense>
  )
}

/** When they would have got it. */
export function HourBars({ hours }: { hours: VariantResult['byHour'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(
    () =>
      barsOf({
        names: hours.map((_, hour) => String(hour)),
        series: [{ name: t('backtests.byDayReached'), values: hours }],
        tip: (hour) => [
          t('backtests.hour', { hour }),
          `${t('backtests.byDayReached')} ${format.number(hours[hour] ?? 0)}`,
        ],
        format,
      }),
    [hours, format, t],
  )
  return (
    <Suspense fallback={<LoadingState rows={3} />}>
      <Chart option={option} label={t('backtests.byHour')} height={160} />
    </Suspense>
  )
}
