import type { EChartsOption } from 'echarts'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { addBeijingDays } from '../../kernel/beijing.ts'
import type { ResponseOf } from '../../kernel/endpoint.ts'
import type { usageEndpoint } from '../../modules/broadcasts/schema.ts'
import { useFormat } from '../format.ts'
import { EmptyState } from '../ui/states.tsx'

const Chart = lazy(() => import('../ui/Chart.tsx'))
type Days = ResponseOf<typeof usageEndpoint>['days']

/** People reached by mass sends, day by day. */
export function SendsPerDay({ days: known, today }: { days: Days; today: string }) {
  const days = useMemo(() => withQuietDays(known, today), [known, today])
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (colours: {
      accent: string
      line: string
      lineSoft: string
      textFaint: string
      raised: string
      text: string
    }): EChartsOption => ({
      grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
      xAxis: {
        type: 'category',
        data: days.map(({ day }) => day.slice(5)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.textFaint },
      },
      yAxis: {
        type: 'value',
        minInterval: 1,
        splitNumber: 3,
        axisLabel: { color: colours.textFaint, formatter: (value: number) => format.compact(value) },
        splitLine: { lineStyle: { color: colours.lineSoft } },
      },
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: 'shadow', shadowStyle: { opacity: 0.08 } },
        backgroundColor: colours.raised,
        borderColor: colours.line,
        textStyle: { color: colours.text },
        formatter: (points) => {
          const place = ([points].flat()[0] as { dataIndex?: number } | undefined)?.dataIndex ?? 0
          const day = days[place]
          return day === undefined
            ? ''
            : `${day.day}<br/>${t('overview.dayTip', { sends: format.number(day.sends), people: format.number(day.recipients) })}`
        },
      },
      series: [
        {
          type: 'bar',
          data: days.map(({ recipients }) => recipients),
          barMaxWidth: 18,
          itemStyle: { color: colours.accent, borderRadius: [3, 3, 0, 0] },
        },
      ],
    }),
    [days, format, t],
  )
  return (
    <section className="w-panel">
      <h2>{t('overview.perDay')}</h2>
      {days.every(({ recipients }) => recipients === 0) ? (
        <EmptyState compact title={t('overview.perDayEmpty')} hint={t('overview.perDayEmptyHint')} />
      ) : (
        <Suspense fallback={<div style={{ height: 200 }} />}>
          <Chart option={option} height={200} label={t('overview.perDay')} />
        </Suspense>
      )}
    </section>
  )
}

const SHOWN_DAYS = 30

/** The last days without a gap: one on which nothing was sent is a fact too. */
function withQuietDays(days: Days, today: string): Days {
  return Array.from({ length: SHOWN_DAYS }, (_, place) => {
    const day = addBeijingDays(today, place - SHOWN_DAYS + 1)
    return days.find((one) => one.day === day) ?? { day, sends: 0, recipients: 0 }
  })
}
