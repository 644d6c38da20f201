import type { EChartsOption } from 'echarts'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { type Colours, chartLook } from '../../../../console/ui/chart-look.ts'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { type Saturation, saturationEndpoint } from '../../schema.ts'

const Chart = lazy(() => import('../../../../console/ui/Chart.tsx'))
const HEIGHT = 240

/** 饱和度: the share of followers with 0…4 left, day by day. */
export function SaturationChart({ month }: { month: string }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const query = useEndpoint(saturationEndpoint, { params: { accountId }, query: { month } })
  return (
    <section className="w-panel">
      <h2>{t('massBudget.saturation')}</h2>
      <p className="w-soft w-small">{t('massBudget.saturationHint')}</p>
      <Loaded query={query} rows={4}>
        {(data) => <Stacks data={data} />}
      </Loaded>
    </section>
  )
}

function Stacks({ data }: { data: Saturation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(() => {
    const tip = (place: number) => {
      const one = data.days[place]
      if (one === undefined) return []
      const head = `${one.day} · ${t(`massBudget.kind.${one.kind}`)}`
      if (one.lefts === null) return [head, t('massBudget.saturationUnknown')]
      const all = sum(one.lefts)
      const lines = one.lefts.map((fans, left) =>
        t('massBudget.saturationTip', {
          left,
          fans: format.number(fans),
          share: format.percent(fans / Math.max(1, all)),
        }),
      )
      return [head, ...lines.toReversed()]
    }
    return stacksOf(data, { tip, format, nameOf: (left) => t('massBudget.leftTimes', { left }) })
  }, [data, format, t])
  if (data.days.every(({ lefts }) => lefts === null || sum(lefts) === 0))
    return <EmptyState compact title={t('massBudget.saturationEmpty')} />
  return (
    <>
      <Legend perFan={data.perFan ?? 0} />
      <Suspense fallback={<div style={{ height: HEIGHT }} />}>
        <Chart option={option} height={HEIGHT} label={t('massBudget.saturation')} />
      </Suspense>
    </>
  )
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

/** The more is left, the fuller the colour; nothing left in a colour of its own. */
const opacityOf = (left: number, perFan: number) => 0.25 + (0.75 * left) / Math.max(1, perFan)

function Legend({ perFan }: { perFan: number }) {
  const { t } = useTranslation()
  return (
    <div className="w-row w-small w-soft" style={{ flexWrap: 'wrap' }}>
      {Array.from({ length: perFan + 1 }, (_, left) => (
        <span key={left} className="w-row" style={{ gap: 4 }}>
          <i
            aria-hidden="true"
            className={left === 0 ? 'w-swatch w-swatch-none' : 'w-swatch'}
            style={left === 0 ? {} : { opacity: opacityOf(left, perFan) }}
          />
          {left === 0 ? t('massBudget.leftNone') : t('massBudget.leftTimes', { left })}
        </span>
      ))}
    </div>
  )
}

type Words = { tip: (place: number) => string[]; format: Format; nameOf: (left: number) => string }

const stacksOf =
  ({ days, perFan }: Saturation, { tip, format, nameOf }: Words) =>
  (colours: Colours): EChartsOption => {
    const look = chartLook(colours)
    const shares = look.counts(format)
    return {
      grid: look.grid,
      xAxis: look.names(days.map(({ day }) => String(Number(day.slice(8))))),
      yAxis: {
        ...shares,
        max: 1,
        minInterval: 0,
        interval: 0.25,
        axisLabel: { ...shares.axisLabel, formatter: (share: number) => format.percent(share) },
      },
      tooltip: look.tooltip(tip),
      series: Array.from({ length: (perFan ?? 0) + 1 }, (_, left) => ({
        type: 'bar' as const,
        name: nameOf(left),
        stack: 'all',
        barMaxWidth: 22,
        data: days.map(({ kind, lefts }) => ({
          value: lefts === null ? 0 : (lefts[left] ?? 0) / Math.max(1, sum(lefts)),
          itemStyle: {
            color: left === 0 ? colours.bad : colours.accent,
            opacity: (left === 0 ? 1 : opacityOf(left, perFan ?? 0)) * (kind === 'ahead' ? 0.6 : 1),
          },
        })),
      })),
    }
  }
