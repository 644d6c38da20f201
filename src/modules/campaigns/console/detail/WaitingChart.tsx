import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import Chart from '../../../../console/ui/Chart.tsx'
import type { Figures } from '../../schema.ts'

/** People still to come, by when. */
export default function WaitingChart({ waiting }: { waiting: Figures['waiting'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (colours: { accent: string; odd: string; lineSoft: string; textFaint: string }) => ({
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis' as const },
      xAxis: {
        type: 'category' as const,
        data: waiting.map(({ from }) => format.instant(from).slice(5)),
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
          name: t('campaigns.detail.planned'),
          barMaxWidth: 24,
          itemStyle: { color: colours.accent },
          data: waiting.map(({ planned }) => planned),
        },
        {
          type: 'bar' as const,
          stack: 'n',
          name: t('campaigns.detail.undecided'),
          barMaxWidth: 24,
          itemStyle: { color: colours.odd },
          data: waiting.map(({ undecided }) => undecided),
        },
      ],
    }),
    [waiting, t, format],
  )
  return <Chart option={option} label={t('campaigns.detail.waiting')} />
}
