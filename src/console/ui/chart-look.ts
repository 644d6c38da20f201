import type { Format } from '../format.ts'
import type { PALETTE } from '../theme/palette.ts'

export type Colours = (typeof PALETTE)['light'] | (typeof PALETTE)['dark']

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark)

/** What all charts look like: margins, axes and the box that says what one place of it means. */
export function chartLook(colours: Colours) {
  return {
    grid: { left: 8, right: 16, top: 16, bottom: 4, containLabel: true },
    names: (data: readonly string[]) => ({
      type: 'category' as const,
      data: [...data],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.textFaint },
    }),
    counts: (format: Format) => ({
      type: 'value' as const,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { color: colours.textFaint, formatter: (count: number) => format.compact(count) },
      splitLine: { lineStyle: { color: colours.lineSoft } },
    }),
    /** `tip` says lines of plain text about the place that is pointed at. */
    tooltip: (tip: (place: number) => readonly string[]) => ({
      trigger: 'axis' as const,
      axisPointer: { type: 'shadow' as const, shadowStyle: { opacity: 0.08 } },
      backgroundColor: colours.raised,
      borderColor: colours.line,
      textStyle: { color: colours.text },
      formatter: (points: unknown) =>
        tip(([points].flat()[0] as { dataIndex?: number } | undefined)?.dataIndex ?? 0)
          .map(escaped)
          .join('<br/>'),
    }),
  }
}
