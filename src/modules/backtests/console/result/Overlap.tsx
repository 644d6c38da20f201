import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import type { VariantResult } from '../../schema.ts'
import { SampleTag } from '../words.tsx'

const PAGES = { campaign: 'campaigns', recall: 'recalls', broadcast: 'broadcasts' } as const

/** What else these people really got within 24 hours of it. */
export function Overlap({ result: { overlap, people }, sample }: { result: VariantResult; sample: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  return (
    <section className="w-panel">
      <h2>
        {t('backtests.overlap.title')} <SampleTag sample={sample} />
      </h2>
      <p className="w-soft w-small">{t('backtests.overlap.hint')}</p>
      {overlap.length === 0 ? (
        <p className="w-soft">{t('backtests.overlap.none')}</p>
      ) : (
        <Table
          size="small"
          rowKey={({ kind, id }) => `${kind}:${id}`}
          pagination={{ pageSize: 10, hideOnSinglePage: true }}
          scroll={{ x: 420 }}
          dataSource={overlap.toSorted((a, b) => b.people - a.people)}
          columns={[
            {
              title: t('backtests.overlap.name'),
              render: (_, { kind, id, name }) => (
                <Link to={`/accounts/${accountId}/${PAGES[kind]}/${id}`}>{name}</Link>
              ),
            },
            {
              title: t('backtests.overlap.kind'),
              render: (_, { kind }) => t(`backtests.overlap.kinds.${kind}`),
            },
            {
              title: t('backtests.overlap.people'),
              align: 'right',
              render: (_, row) => format.number(row.people),
            },
            {
              title: t('backtests.overlap.share'),
              align: 'right',
              render: (_, row) => (people === 0 ? '—' : format.percent(row.people / people)),
            },
          ]}
        />
      )}
    </section>
  )
}
