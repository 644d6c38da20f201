import { Segmented, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useFilters } from '../../../../console/ui/filters.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { type Backtest, type BacktestPerson, backtestPeopleEndpoint, SAMPLE_PEOPLE } from '../../schema.ts'
import { SampleTag, useWhy } from '../words.tsx'

const OUTCOMES = ['reached', 'not-reached'] as const

/** Some of them by name, with the times, so that one can look whether it makes sense. */
export function People({ backtest, variant }: { backtest: Backtest; variant: 0 | 1 }) {
  const { t } = useTranslation()
  const filters = useFilters(['outcome'])
  const outcome = OUTCOMES.find((one) => one === filters.values.outcome) ?? 'reached'
  const query = useEndpoint(
    backtestPeopleEndpoint,
    { params: { accountId: backtest.accountId, backtestId: backtest.id }, query: { variant, outcome } },
    { staleMs: Number.POSITIVE_INFINITY },
  )
  const columns = useColumns(outcome)
  return (
    <section className="w-panel" id="backtest-people" data-testid="backtest-people">
      <h2>
        {t('backtests.sample.title')} <SampleTag sample={backtest.sample} />
      </h2>
      <div className="w-row" style={{ justifyContent: 'space-between', marginBottom: 10 }}>
        <Segmented<(typeof OUTCOMES)[number]>
          size="small"
          value={outcome}
          onChange={(next) => filters.set('outcome', next === 'reached' ? undefined : next)}
          options={[
            { value: 'reached', label: t('backtests.sample.reached') },
            { value: 'not-reached', label: t('backtests.sample.notReached') },
          ]}
        />
        <span className="w-faint w-small">{t('backtests.sample.hint', { number: SAMPLE_PEOPLE })}</span>
      </div>
      <Loaded query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              compact
              title={t(outcome === 'reached' ? 'backtests.sample.emptyReached' : 'backtests.sample.emptyNot')}
            />
          ) : (
            <Table<BacktestPerson>
              size="small"
              rowKey={({ contactId, turnAt }) => `${contactId}:${turnAt}`}
              pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
              scroll={{ x: 560 }}
              dataSource={items}
              columns={columns}
            />
          )
        }
      </Loaded>
    </section>
  )
}

function useColumns(outcome: (typeof OUTCOMES)[number]): TableColumnsType<BacktestPerson> {
  const { t } = useTranslation()
  const format = useFormat()
  const why = useWhy()
  return [
    {
      title: t('backtests.sample.person'),
      render: (_, { contactId, name, nickname }) => (
        <Link to={`/customers/${contactId}`}>
          {name ?? nickname ?? t('backtests.sample.numbered', { id: contactId })}
        </Link>
      ),
    },
    {
      title: t('backtests.sample.turnAt'),
      className: 'w-nowrap',
      width: 160,
      render: (_, { turnAt }) => format.instant(turnAt),
    },
    {
      title: t('backtests.sample.decidedAt'),
      className: 'w-nowrap',
      width: 160,
      render: (_, { decidedAt }) => format.instant(decidedAt),
    },
    ...(outcome === 'reached'
      ? []
      : [
          {
            title: t('backtests.sample.outcome'),
            render: (_: unknown, { reason }: BacktestPerson) => (reason === null ? '—' : why(reason).text),
          },
        ]),
  ]
}
