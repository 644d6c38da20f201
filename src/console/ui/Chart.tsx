import type { EChartsOption } from 'echarts'
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { PALETTE } from '../theme/palette.ts'
import { useTheme } from '../theme/ThemeProvider.tsx'
import type { Colours } from './chart-look.ts'

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer])

/** A chart in the console's colours; `option` is asked again when these change. Default export so that pages load it lazily. */
export default function Chart({
  option,
  height = 220,
  label,
}: {
  option: (colours: Colours) => EChartsOption
  height?: number
  label: string
}) {
  const host = useRef<HTMLDivElement>(null)
  const { appearance } = useTheme()
  useEffect(() => {
    if (host.current === null) return
    const chart = echarts.init(host.current)
    const colours = PALETTE[appearance]
    chart.setOption({
      animationDuration: 300,
      textStyle: { fontFamily: 'inherit', color: colours.textSoft },
      ...option(colours),
    })
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(host.current)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [option, appearance])
  return <div ref={host} role="img" aria-label={label} style={{ height, width: '100%' }} />
}
