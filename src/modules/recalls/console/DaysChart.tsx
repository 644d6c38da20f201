import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { type Colours, chartLook } from '../../../console/ui/chart-look.ts'
import { LoadingState } from '../../../console/ui/states.tsx'
import type { RecallFigures } from '../schema.ts'

const Chart = lazy(() => import('../../../console/ui/Chart.tsx'))

/** Sent and recalled of each day, beside each other: a return need not be of the day's own messages. */
export function DaysChart({ days }: { days: RecallFigures['days'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(
    () => (colours: Colours) => {
      const look = chartLook(colours)
      const bar = (name: string, color: string, pick: (day: RecallFigures['days'][number]) => number) => ({
        type: 'bar' as const,
        name,
        data: days.map(pick),
        barMaxWidth: 14,
        itemStyle: { color, borderRadius: 3 },
      })
      return {
        grid: look.grid,
        xAxis: look.names(days.map(({ day }) => day.slice(5))),
        yAxis: look.counts(format),
        tooltip: look.tooltip((place) => {
          const day = days[place]
          if (day === undefined) return []
          return [
            day.day,
            `${t('recalls.sent')} ${format.number(day.sent)}`,
            `${t('recalls.returned')} ${format.number(day.returned)}`,
          ]
        }),
        series: [
          bar(t('recalls.sent'), colours.accent, ({ sent }) => sent),
          bar(t('recalls.returned'), colours.good, ({ returned }) => returned),
        ],
      }
    },
    [days, format, t],
  )
  return (
    <Suspense fallback={<LoadingState rows={3} />}>
      <Chart option={option} label={t('recalls.chart')} />
    </Suspense>
  )
}
