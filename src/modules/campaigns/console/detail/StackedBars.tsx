import type { ParseKeys } from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import Chart from '../../../../console/ui/Chart.tsx'

type Bar<Row> = { text: ParseKeys; colour: 'good' | 'bad' | 'accent' | 'odd'; count: (row: Row) => number }

/** Counts over time, one on top of the other. `at` and `bars` belong outside of the component: a new one draws anew. */
export function StackedBars<Row>({
  rows,
  at,
  bars,
  label,
}: {
  rows: readonly Row[]
  at: (row: Row) => string
  bars: readonly Bar<Row>[]
  label: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (colours: Record<Bar<Row>['colour'] | 'lineSoft' | 'textFaint', string>) => ({
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis' as const },
      xAxis: {
        type: 'category' as const,
        data: rows.map((row) => format.instant(at(row)).slice(5)),
        axisLabel: { color: colours.textFaint },
      },
      yAxis: {
        type: 'value' as const,
        minInterval: 1,
        axisLabel: { color: colours.textFaint },
        splitLine: { lineStyle: { color: colours.lineSoft } },
      },
      series: bars.map(({ text, colour, count }) => ({
        type: 'bar' as const,
        stack: 'n',
        name: t(text),
        barMaxWidth: 24,
        itemStyle: { color: colours[colour] },
        data: rows.map(count),
      })),
    }),
    [rows, at, bars, t, format],
  )
  return <Chart option={option} label={label} />
}
