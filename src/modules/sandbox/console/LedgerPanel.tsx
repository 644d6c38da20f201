import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { ledgerSummaryEndpoint } from '../schema.ts'
import { useCurrentAccount } from './PhonePanel.tsx'

/** What fans really received, by the judge: the simulated platform's own book. */
export function LedgerPanel() {
  const { t } = useTranslation()
  const format = useFormat()
  const account = useCurrentAccount()
  const query = useEndpoint(
    ledgerSummaryEndpoint,
    { query: { appid: account?.appid ?? '' } },
    { enabled: account !== undefined, every: 5_000 },
  )
  if (account === undefined) return <EmptyState compact title={t('shell.noAccount')} />
  return (
    <Loaded query={query} rows={3}>
      {(ledger) => (
        <>
          <p className="w-faint w-small" style={{ marginTop: 0 }}>
            {t('sandbox.ledgerHint', { name: account.name })}
          </p>
          <StatRow>
            <NumberStat label={t('sandbox.received')} value={format.number(ledger.total)} />
            <NumberStat label={t('sandbox.fansReached')} value={format.number(ledger.fansReached)} />
            <NumberStat
              label={t('sandbox.duplicates')}
              value={format.number(ledger.duplicates)}
              {...(ledger.duplicates === 0 && { tone: 'good' as const })}
              hint={t('sandbox.duplicatesHint')}
            />
          </StatRow>
          {ledger.byKind.length > 0 && <KindTable kinds={ledger.byKind} />}
          {ledger.byMsg.length > 0 && (
            <Table
              style={{ marginTop: 12 }}
              size="small"
              rowKey={({ msgId, kind }) => `${kind}:${msgId}`}
              pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small' }}
              dataSource={ledger.byMsg}
              columns={[
                { title: 'msg_id', dataIndex: 'msgId', className: 'w-mono' },
                {
                  title: t('sandbox.fansCount'),
                  dataIndex: 'count',
                  align: 'right',
                  render: (count: number) => format.number(count),
                },
              ]}
            />
          )}
        </>
      )}
    </Loaded>
  )
}

type Kinds = z.output<typeof ledgerSummaryEndpoint.response>['byKind']

/** How many messages of each kind arrived, at how many people. */
function KindTable({ kinds }: { kinds: Kinds }) {
  const { t } = useTranslation()
  const format = useFormat()
  const number = (value: number) => format.number(value)
  return (
    <Table
      style={{ marginTop: 12 }}
      size="small"
      rowKey="kind"
      pagination={false}
      dataSource={kinds}
      columns={[
        {
          title: t('sandbox.kind'),
          dataIndex: 'kind',
          render: (kind: Kinds[number]['kind']) => t(`sandbox.ledgerKind.${kind}`),
        },
        { title: t('sandbox.received'), dataIndex: 'count', align: 'right', render: number },
        { title: t('sandbox.fansCount'), dataIndex: 'fans', align: 'right', render: number },
      ]}
    />
  )
}
