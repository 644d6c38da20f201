import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { DayRange, FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { recallFiguresEndpoint } from '../schema.ts'
import { DaysChart } from './DaysChart.tsx'

/** C5: today and yesterday, and the days asked for, of one rule or of all. */
export function FiguresPanel({ accountId, ruleId }: { accountId: string; ruleId?: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const filters = useFilters(['from', 'to'])
  const query = useEndpoint(
    recallFiguresEndpoint,
    { params: { accountId }, query: { ...filters.values, ...(ruleId !== undefined && { ruleId }) } },
    { keepPrevious: true, every: 10_000 },
  )
  return (
    <Loaded query={query} rows={3}>
      {({ today, yesterday, days }) => (
        <div className="w-stack">
          <StatRow>
            <NumberStat label={t('recalls.sentToday')} value={format.number(today.sent)} />
            <NumberStat
              label={t('recalls.returnedToday')}
              value={format.number(today.returned)}
              hint={t('recalls.returnedHint')}
            />
            <NumberStat label={t('recalls.sentYesterday')} value={format.number(yesterday.sent)} />
            <NumberStat
              label={t('recalls.returnedYesterday')}
              value={format.number(yesterday.returned)}
              hint={t('recalls.returnedHint')}
            />
          </StatRow>
          <section className="w-panel">
            <FilterBar end={<DayRange filters={filters} label={t('recalls.chart')} />}>
              <span className="w-section-title">{t('recalls.chart')}</span>
            </FilterBar>
            <DaysChart days={days} />
          </section>
        </div>
      )}
    </Loaded>
  )
}
