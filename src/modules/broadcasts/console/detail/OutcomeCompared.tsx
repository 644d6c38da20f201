import { CheckOutlined } from '@ant-design/icons'
import { Button, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { EmptyState } from '../../../../console/ui/states.tsx'
import type { Broadcast } from '../../schema.ts'
import { useReason } from '../reasons.ts'

type Row = { key: string; label: string; shown: number; real: number; reason?: string }

/** What was shown before sending beside what came of it. */
export function OutcomeCompared({
  broadcast,
  onReason,
}: {
  broadcast: Broadcast
  onReason: (reason: string) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const { preflight, skippedByReason, totals } = broadcast
  if (preflight === null) return <EmptyState title={t('compared.none')} hint={t('compared.noneHint')} />
  const reasons = [...new Set([...preflight.notReached, ...skippedByReason].map(({ reason }) => reason))]
  const countIn = (counts: readonly { reason: string; count: number }[], reason: string) =>
    counts.find((one) => one.reason === reason)?.count ?? 0
  const rows: Row[] = [
    { key: 'reached', label: t('totals.planned'), shown: preflight.reached, real: totals.planned },
    { key: 'batches', label: t('preflight.batches'), shown: preflight.batches, real: broadcast.batchCount },
    ...reasons.map((reason) => ({
      key: reason,
      reason,
      label: explain(reason).text,
      shown: countIn(preflight.notReached, reason),
      real: countIn(skippedByReason, reason),
    })),
  ]
  return (
    <>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('compared.hint', { at: format.second(preflight.at) })}
      </p>
      <div className="w-table-panel" style={{ maxWidth: 820 }}>
        <Table<Row>
          size="middle"
          pagination={false}
          dataSource={rows}
          scroll={{ x: 520 }}
          columns={[
            {
              title: '',
              dataIndex: 'label',
              render: (label: string, row) =>
                row.reason === undefined ? (
                  <strong>{label}</strong>
                ) : (
                  <Button
                    type="link"
                    size="small"
                    style={{ padding: 0 }}
                    onClick={() => onReason(row.reason!)}
                  >
                    {label}
                  </Button>
                ),
            },
            {
              title: t('compared.shown'),
              dataIndex: 'shown',
              align: 'right',
              render: (count: number) => format.number(count),
            },
            {
              title: t('compared.real'),
              dataIndex: 'real',
              align: 'right',
              render: (count: number) => format.number(count),
            },
            {
              title: t('compared.difference'),
              align: 'right',
              render: (_, { shown, real }) =>
                shown === real ? (
                  <CheckOutlined style={{ color: 'var(--w-good)' }} aria-label={t('compared.same')} />
                ) : (
                  <b
                    style={{ color: 'var(--w-warn)' }}
                  >{`${real > shown ? '+' : '−'}${format.number(Math.abs(real - shown))}`}</b>
                ),
            },
          ]}
        />
      </div>
    </>
  )
}
