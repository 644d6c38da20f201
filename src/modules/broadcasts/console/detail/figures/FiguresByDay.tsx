import { Segmented } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { barsOf } from '../../../../../console/ui/bars.ts'
import type { ArticleResult, BroadcastFigures } from '../../../schema/figures.ts'

const Chart = lazy(() => import('../../../../../console/ui/Chart.tsx'))

const METRICS = ['readers', 'readOriginal', 'favourites', 'shares', 'likes', 'comments'] as const
type Metric = (typeof METRICS)[number]
const HEIGHT = 200

/** What each day added, article upon article. */
export function FiguresByDay({
  days,
  articles,
}: {
  days: BroadcastFigures['days']
  articles: readonly ArticleResult[]
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [metric, setMetric] = useState<Metric>('readers')
  const option = useMemo(() => {
    const of = (day: BroadcastFigures['days'][number], place: number) =>
      day.articles.find((article) => article.place === place)?.[metric] ?? 0
    const series = articles.map(({ place, title }) => ({
      name: title,
      values: days.map((day) => of(day, place)),
    }))
    return barsOf({
      names: days.map(({ day }) => day.slice(5)),
      series,
      format,
      tip: (index) => [
        days[index]?.day ?? '',
        ...series.map(({ name, values }) => `${name}: ${format.number(values[index] ?? 0)}`),
      ],
    })
  }, [days, articles, metric, format])
  return (
    <div>
      <div className="w-filter-bar">
        <strong>{t('massRecords.perDay')}</strong>
        <Segmented<Metric>
          size="small"
          aria-label={t('massRecords.metric')}
          value={metric}
          onChange={setMetric}
          options={METRICS.map((value) => ({ value, label: t(`massRecords.${value}`) }))}
        />
      </div>
      <Suspense fallback={<div style={{ height: HEIGHT }} />}>
        <Chart option={option} height={HEIGHT} label={t('massRecords.perDay')} />
      </Suspense>
    </div>
  )
}
