import { Segmented } from 'antd'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { barsOf } from '../../../../console/ui/bars.ts'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { type MassFigure, massFiguresEndpoint } from '../../schema/records.ts'
import { daysOf } from './days.ts'
import { askedBy, type RecordFilters } from './filters.tsx'

const Chart = lazy(() => import('../../../../console/ui/Chart.tsx'))

const WAYS = ['day', 'hour', 'article'] as const
type Way = (typeof WAYS)[number]
const HEIGHT = 260
const BAR_HEIGHT = 26

/** Readers by day, by hour of sending or by article, of what the filters leave. */
export function RecordCharts({ filters }: { filters: RecordFilters }) {
  const { t } = useTranslation()
  const { from, to } = daysOf(filters, useBusinessNow())
  const by = (filters.values.by ?? 'day') as Way
  const query = useEndpoint(massFiguresEndpoint, { query: { ...askedBy(filters), from, to, by } })
  return (
    <section className="w-panel">
      <div className="w-filter-bar">
        <Segmented<Way>
          value={by}
          onChange={(way) => filters.set('by', way === 'day' ? undefined : way)}
          options={WAYS.map((value) => ({ value, label: t(`massRecords.chart.${value}`) }))}
        />
        <span className="w-faint w-small">
          {t('massRecords.chartRange', { from, to })} {by !== 'article' && t('massRecords.leadOnly')}
        </span>
      </div>
      <Loaded query={query}>{({ items }) => <Bars by={by} items={items} />}</Loaded>
    </section>
  )
}

function Bars({ by, items }: { by: Way; items: MassFigure[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(() => {
    const nameOf = ({ key, article }: MassFigure) =>
      article !== null ? article.title : by === 'hour' ? t('massRecords.hour', { hour: key }) : key.slice(5)
    return barsOf({
      names: items.map(nameOf),
      series: [{ name: t('massRecords.readers'), values: items.map(({ readers }) => readers) }],
      format,
      lying: by === 'article',
      tip: (place) => {
        const item = items[place]
        if (item === undefined) return []
        const said = {
          sends: format.number(item.sends),
          delivered: format.number(item.delivered),
          readers: format.number(item.readers),
          shares: format.number(item.shares),
          favourites: format.number(item.favourites),
          rate: item.readRate === null ? '—' : format.percent(item.readRate),
        }
        return [nameOf(item), t(by === 'article' ? 'massRecords.articleTip' : 'massRecords.chartTip', said)]
      },
    })
  }, [by, items, format, t])
  if (items.every(({ readers }) => readers === 0))
    return <EmptyState title={t('massRecords.chartEmpty')} hint={t('massRecords.chartEmptyHint')} />
  const height = by === 'article' ? Math.max(HEIGHT, items.length * BAR_HEIGHT) : HEIGHT
  return (
    <Suspense fallback={<div style={{ height }} />}>
      <Chart option={option} height={height} label={t(`massRecords.chart.${by}`)} />
    </Suspense>
  )
}
