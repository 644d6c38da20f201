import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import Chart from '../../../../console/ui/Chart.tsx'
import type { Figures } from '../../schema.ts'

/** What came of calls, minute by minute. */
export default function PaceChart({ pace }: { pace: Figures['pace'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (colours: { good: string; bad: string; lineSoft: string; textFaint: string }) => ({
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis' as const },
      xAxis: {
        type: 'category' as const,
        data: pace.map(({ minute }) => format.instant(minute).slice(5)),
        axisLabel: { color: colours.textFaint },
      },
      yAxis: {
        type: 'value' as const,
        minInterval: 1,
        axisLabel: { color: colours.textFaint },
        splitLine: { lineStyle: { color: colours.lineSoft } },
      },
      series: [
        {
          type: 'bar' as const,
          stack: 'n',
          name: t('campaigns.detail.accepted'),
          barMaxWidth: 24,
          itemStyle: { color: colours.good },
          data: pace.map(({ accepted }) => accepted),
        },
        {
          type: 'bar' as const,
          stack: 'n',
          name: t('campaigns.detail.refused'),
          barMaxWidth: 24,
          itemStyle: { color: colours.bad },
          data: pace.map(({ refused }) => refused),
        },
      ],
    }),
    [pace, t, format],
  )
  return <Chart option={option} label={t('campaigns.detail.pace')} />
}
