import type { EChartsOption } from 'echarts'
import type { Format } from '../format.ts'
import { type Colours, chartLook } from './chart-look.ts'

type Series = { name: string; values: readonly number[]; colour?: keyof Pick<Colours, 'accent' | 'line'> }
type Bars = {
  names: readonly string[]
  series: readonly Series[]
  /** What is said of one bar, as lines of text. */
  tip: (place: number) => readonly string[]
  format: Format
  /** Names beside the bars instead of below. */
  lying?: boolean
}

const LONGEST_NAME = 18

const shortened = (name: string): string => {
  const letters = [...name]
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME).join('')}…` : name
}

/** Bars in the console's colours; several series are stacked. */
export const barsOf =
  ({ names, series, tip, format, lying = false }: Bars) =>
  (colours: Colours): EChartsOption => {
    const look = chartLook(colours)
    const palette = [colours.accent, colours.good, colours.warn, colours.odd]
    const category = look.names(names)
    const value = look.counts(format)
    const beside = {
      ...category,
      inverse: true,
      axisLabel: { ...category.axisLabel, formatter: shortened },
    }
    return {
      grid: { ...look.grid, ...(lying && { left: 40 }) },
      xAxis: lying ? value : category,
      yAxis: lying ? beside : value,
      tooltip: look.tooltip(tip),
      series: series.map(({ name, values, colour }, index) => ({
        type: 'bar' as const,
        name,
        stack: 'all',
        data: [...values],
        barMaxWidth: 18,
        itemStyle: {
          color: colour === undefined ? (palette[index % palette.length] as string) : colours[colour],
          borderRadius: series.length > 1 ? 0 : 3,
        },
      })),
    }
  }
