import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { addBeijingDays } from '../../kernel/beijing.ts'
import type { ResponseOf } from '../../kernel/endpoint.ts'
import type { usageEndpoint } from '../../modules/broadcasts/schema.ts'
import { useFormat } from '../format.ts'
import { barsOf } from '../ui/bars.ts'
import { EmptyState } from '../ui/states.tsx'

const Chart = lazy(() => import('../ui/Chart.tsx'))
type Days = ResponseOf<typeof usageEndpoint>['days']

/** People reached by mass sends, day by day. */
export function SendsPerDay({ days: known, today }: { days: Days; today: string }) {
  const days = useMemo(() => withQuietDays(known, today), [known, today])
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

const SHOWN_DAYS = 30

/** The last days without a gap: one on which nothing was sent is a fact too. */
function withQuietDays(days: Days, today: string): Days {
  return Array.from({ length: SHOWN_DAYS }, (_, place) => {
    const day = addBeijingDays(today, place - SHOWN_DAYS + 1)
    return days.find((one) => one.day === day) ?? { day, sends: 0, recipients: 0 }
  })
}
