import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { DayRange, FilterBar, useFilters } from '../../../../console/ui/filters.tsx'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { type RecallRule, recallNextEndpoint } from '../../schema.ts'

/** What those who were recalled did next. */
export function NextTab({ rule }: { rule: RecallRule }) {
  const { t } = useTranslation()
  const format = useFormat()
  const filters = useFilters(['from', 'to'])
  const query = useEndpoint(
    recallNextEndpoint,
    { params: { accountId: rule.accountId, recallId: rule.id }, query: filters.values },
    { keepPrevious: true },
  )
  return (
    <>
      <FilterBar filters={filters}>
        <DayRange filters={filters} label={t('recalls.detail.next')} />
      </FilterBar>
      <Loaded query={query} rows={3}>
        {({ returns, more, byKind, tapped, events }) =>
          returns === 0 ? (
            <EmptyState title={t('recalls.next.empty')} />
          ) : (
            <div className="w-stack">
              <StatRow>
                <NumberStat
                  label={t('recalls.next.returns')}
                  value={format.number(returns)}
                  sub={more ? t('recalls.next.more') : undefined}
                />
                <NumberStat
                  label={t('recalls.next.typed')}
                  value={format.number(byKind.message)}
                  sub={format.percent(byKind.message / returns)}
                />
                <NumberStat label={t('recalls.next.tapped')} value={format.number(tapped)} />
                <NumberStat label={t('recalls.kind.menu')} value={format.number(byKind.menu)} />
                <NumberStat label={t('recalls.kind.follow')} value={format.number(byKind.follow)} />
                <NumberStat label={t('recalls.kind.scan')} value={format.number(byKind.scan)} />
              </StatRow>
              <section className="w-panel">
                <h2>{t('recalls.next.events')}</h2>
                <Table
                  size="small"
                  rowKey="name"
                  pagination={false}
                  dataSource={events}
                  columns={[
                    {
                      title: t('recalls.next.event'),
                      render: (_, { name }) => <span className="w-mono">{name}</span>,
                    },
                    {
                      title: t('recalls.next.people'),
                      align: 'right',
                      render: (_, { people }) => format.number(people),
                    },
                  ]}
                />
              </section>
            </div>
          )
        }
      </Loaded>
    </>
  )
}
