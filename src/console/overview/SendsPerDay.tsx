import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { addBeijingDays } from '../../kernel/beijing.ts'
import type { ResponseOf } from '../../kernel/endpoint.ts'
import type { usageEndpoint } from '../../modules/broadcasts/schema.ts'
import { everyDay } from '../every-day.ts'
import { useFormat } from '../format.ts'
import { barsOf } from '../ui/bars.ts'
import { EmptyState } from '../ui/states.tsx'

const Chart = lazy(() => import('../ui/Chart.tsx'))
const SHOWN_DAYS = 30
type Days = ResponseOf<typeof usageEndpoint>['days']

/** People reached by mass sends, day by day. */
export function SendsPerDay({ days: known, today }: { days: Days; today: string }) {
  const days = useMemo(
    () =>
      everyDay(
        known,
        { from: addBeijingDays(today, 1 - SHOWN_DAYS), to: today },
        { sends: 0, recipients: 0 },
      ),
    [known, today],
  )
  const { t } = useTranslation()
  const format = useFormat()
  const option = useMemo(
    () =>
      barsOf({
        names: days.map(({ day }) => day.slice(5)),
        series: [{ name: t('overview.perDay'), values: days.map(({ recipients }) => recipients) }],
        format,
        tip: (place) => {
          const one = days[place]
          if (one === undefined) return []
          const [sends, people] = [format.number(one.sends), format.number(one.recipients)]
          return [one.day, t('overview.dayTip', { sends, people })]
        },
      }),
    [days, format, t],
  )
  return (
    <section className="w-panel">
      <h2>{t('overview.perDay')}</h2>
      {days.every(({ recipients }) => recipients === 0) ? (
        <EmptyState compact title={t('overview.perDayEmpty')} hint={t('overview.perDayEmptyHint')} />
      ) : (
        <Suspense fallback={<div style={{ height: 200 }} />}>
          <Chart option={option} height={200} label={t('overview.perDay')} />
        </Suspense>
      )}
    </section>
  )
}
