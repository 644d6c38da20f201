import { Button, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useFilters } from '../../../../console/ui/filters.tsx'
import type { VariantResult } from '../../schema.ts'
import { SampleTag, useWhy } from '../words.tsx'

type Props = { result: VariantResult; sample: number }

/** Why some would not have been reached, the most frequent first. */
export function Reasons({ result, sample }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const why = useWhy()
  const filters = useFilters(['outcome'])
  return (
    <section className="w-panel">
      <h2>
        {t('backtests.why.title')} <SampleTag sample={sample} />
      </h2>
      {result.notReached.length === 0 && <p className="w-soft">{t('backtests.why.none')}</p>}
      {result.notReached
        .toSorted((a, b) => b.n - a.n)
        .map(({ reason, n }) => {
          const { text, advice } = why(reason)
          return (
            <div key={reason} className="w-backtest-reason">
              <span>
                {text}
                {advice !== undefined && <div className="w-faint w-small">{advice}</div>}
              </span>
              <b>{format.number(n)}</b>
            </div>
          )
        })}
      {result.notReached.length > 0 && (
        <Button
          type="link"
          size="small"
          style={{ padding: 0, marginTop: 6 }}
          onClick={() => {
            filters.set('outcome', 'not-reached')
            document.getElementById('backtest-people')?.scrollIntoView({ block: 'start' })
          }}
        >
          {t('backtests.why.see')}
        </Button>
      )}
    </section>
  )
}

/** How many messages each of them would have got. */
export function PerPerson({ result: { perPerson, people }, sample }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = (['once', 'twice', 'more'] as const).map((key) => ({ key, n: perPerson[key] }))
  return (
    <section className="w-panel">
      <h2>
        {t('backtests.perPerson.title')} <SampleTag sample={sample} />
      </h2>
      <Table
        size="small"
        rowKey="key"
        showHeader={false}
        pagination={false}
        dataSource={rows}
        columns={[
          { render: (_, { key }) => t(`backtests.perPerson.${key}`) },
          {
            align: 'right',
            render: (_, { n }) => t('backtests.perPerson.people', { number: format.number(n) }),
          },
          {
            align: 'right',
            width: 90,
            render: (_, { n }) => (
              <span className="w-faint">{people === 0 ? '' : format.percent(n / people)}</span>
            ),
          },
        ]}
      />
    </section>
  )
}
