import { lazy, Suspense, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadingState } from '../../../console/ui/states.tsx'
import type { SendFigures } from '../schema.ts'

const Chart = lazy(() => import('../../../console/ui/Chart.tsx'))

/** Sent, clicked and converted by Beijing day. */
export function FigureDays({ days }: { days: SendFigures['days'] }) {
  const { t } = useTranslation()
  const option = useCallback(
    (colours: { accent: string; textSoft: string }) => ({
      grid: { left: 48, right: 16, top: 16, bottom: 28 },
      tooltip: { trigger: 'axis' as const },
      xAxis: { type: 'category' as const, data: days.map(({ day }) => day.slice(5)) },
      yAxis: { type: 'value' as const, minInterval: 1, splitLine: { lineStyle: { opacity: 0.3 } } },
      series: [
        {
          type: 'bar' as const,
          name: t('goals.sent'),
          data: days.map(({ sent }) => sent),
          itemStyle: { color: colours.textSoft, opacity: 0.4 },
          barMaxWidth: 24,
        },
        {
          type: 'line' as const,
          name: t('goals.clicked'),
          data: days.map(({ clicked }) => clicked),
          itemStyle: { color: colours.accent },
        },
        {
          type: 'line' as const,
          name: t('goals.converted'),
          data: days.map(({ converted }) => converted),
          lineStyle: { type: 'dashed' as const },
          itemStyle: { color: colours.accent },
        },
      ],
    }),
    [days, t],
  )
  return (
    <section>
      <div className="w-row">
        <h3 className="w-section-title">{t('goals.byDay')}</h3>
        {MARKS.map(({ name, mark, style }) => (
          <span key={name} className="w-soft w-small">
            <span aria-hidden="true" style={style}>
              {mark}
            </span>{' '}
            {t(`goals.${name}`)}
          </span>
        ))}
      </div>
      <Suspense fallback={<LoadingState rows={4} />}>
        <Chart option={option} label={t('goals.byDay')} />
      </Suspense>
    </section>
  )
}

/** What the marks of the chart mean: it has no legend of its own. */
const MARKS = [
  { name: 'sent', mark: '■', style: { color: 'var(--w-text-soft)', opacity: 0.4 } },
  { name: 'clicked', mark: '—', style: { color: 'var(--w-accent)' } },
  { name: 'converted', mark: '- -', style: { color: 'var(--w-accent)' } },
] as const
