import type { EChartsOption } from 'echarts'
import type { Format } from '../../../../console/format.ts'

type Colours = Record<
  'accent' | 'line' | 'lineSoft' | 'textFaint' | 'raised' | 'text' | 'good' | 'warn' | 'odd',
  string
>
type Series = { name: string; values: readonly number[] }
type Bars = {
  names: readonly string[]
  series: readonly Series[]
  /** What is said of one bar, as lines of text. */
  tip: (place: number) => readonly string[]
  format: Format
  /** Names beside the bars instead of below. */
  lying?: boolean
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark)

const LONGEST_NAME = 18

const shortened = (name: string): string => {
  const letters = [...name]
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME).join('')}…` : name
}

/** Bars in the console's colours; several series are stacked. */
export const barsOf =
  ({ names, series, tip, format, lying = false }: Bars) =>
  (colours: Colours): EChartsOption => {
    const palette = [colours.accent, colours.good, colours.warn, colours.odd]
    const category = {
      type: 'category' as const,
      data: [...names],
      inverse: lying,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.textFaint, ...(lying && { formatter: shortened }) },
    }
    const value = {
      type: 'value' as const,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { color: colours.textFaint, formatter: (count: number) => format.compact(count) },
      splitLine: { lineStyle: { color: colours.lineSoft } },
    }
    return {
      grid: { left: lying ? 40 : 8, right: 16, top: 16, bottom: 4, containLabel: true },
      xAxis: lying ? value : category,
      yAxis: lying ? category : value,
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: 'shadow', shadowStyle: { opacity: 0.08 } },
        backgroundColor: colours.raised,
        borderColor: colours.line,
        textStyle: { color: colours.text },
        formatter: (points) => {
          const place = ([points].flat()[0] as { dataIndex?: number } | undefined)?.dataIndex ?? 0
          return tip(place).map(escaped).join('<br/>')
        },
      },
      series: series.map(({ name, values }, index) => ({
        type: 'bar' as const,
        name,
        stack: 'all',
        data: [...values],
        barMaxWidth: 18,
        itemStyle: {
          color: palette[index % palette.length] as string,
          borderRadius: series.length > 1 ? 0 : 3,
        },
      })),
    }
  }
