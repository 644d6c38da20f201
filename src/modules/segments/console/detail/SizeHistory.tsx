import type { EChartsOption } from 'echarts'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { type Colours, chartLook } from '../../../../console/ui/chart-look.ts'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { listSnapshotsEndpoint, type Segment, type Snapshot } from '../../schema/segment.ts'

const Chart = lazy(() => import('../../../../console/ui/Chart.tsx'))
const POINTS = 200

/** 人数变化: the size at each computation. */
export function SizeHistory({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const query = useEndpoint(
    listSnapshotsEndpoint,
    { params: { segmentId: segment.id }, query: { limit: POINTS } },
    { keepPrevious: true },
  )
  return (
    <section className="w-panel">
      <h2>{t('segments.history')}</h2>
      {segment.updateKind === 'live' ? (
        <EmptyState compact title={t('segments.historyLive')} hint={t('segments.historyLiveHint')} />
      ) : (
        <Loaded query={query} rows={4}>
          {({ items }) => <Sizes snapshots={items} />}
        </Loaded>
      )}
    </section>
  )
}

function Sizes({ snapshots }: { snapshots: readonly Snapshot[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const known = useMemo(() => snapshots.filter(({ size }) => size !== null).toReversed(), [snapshots])
  const option = useCallback(
    (colours: Colours): EChartsOption => {
      const look = chartLook(colours)
      return {
        grid: look.grid,
        xAxis: {
          type: 'time',
          axisLine: { lineStyle: { color: colours.line } },
          axisLabel: { color: colours.textFaint, hideOverlap: true },
        },
        yAxis: look.counts(format),
        tooltip: {
          ...look.tooltip((place) => {
            const one = known[place]
            if (one === undefined) return []
            const size = t('segments.people', { number: format.number(one.size) })
            return [format.instant(one.at), `${size} · ${t('segments.version', { number: one.version })}`]
          }),
          axisPointer: { type: 'line' },
        },
        series: [
          {
            type: 'line',
            data: known.map(({ at, size }) => [at, size]),
            showSymbol: known.length < 40,
            symbolSize: 6,
            lineStyle: { color: colours.accent },
            itemStyle: { color: colours.accent },
            areaStyle: { color: colours.accent, opacity: 0.08 },
          },
        ],
      }
    },
    [known, format, t],
  )
  if (known.length === 0) return <EmptyState compact title={t('segments.historyNone')} />
  return (
    <Suspense fallback={<div style={{ height: 200 }} />}>
      <Chart option={option} height={200} label={t('segments.history')} />
    </Suspense>
  )
}
