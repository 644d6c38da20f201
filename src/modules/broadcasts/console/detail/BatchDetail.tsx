import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { Batch } from '../../schema.ts'
import { ReprintResult } from './ReprintResult.tsx'

/** The whole story of a batch, for whoever has to compare it with WeChat's own records. */
export function BatchDetail({ batch }: { batch: Batch }) {
  const { t } = useTranslation()
  const format = useFormat()
  const at = (instant: string | null) => (instant === null ? '—' : format.second(instant))
  return (
    <>
      <Descriptions
        colon={false}
        size="small"
        column={{ xs: 1, sm: 2, lg: 3 }}
        items={[
          { key: 'job', label: 'msg_id', children: <span className="w-mono">{batch.msgId ?? '—'}</span> },
          { key: 'key', label: 'clientmsgid', children: <span className="w-mono">{batch.clientMsgId}</span> },
          { key: 'attempt', label: t('batches.attempt'), children: batch.attempt },
          { key: 'intent', label: t('batches.called'), children: at(batch.intentAt) },
          { key: 'accepted', label: t('batches.accepted'), children: at(batch.acceptedAt) },
          { key: 'finished', label: t('batches.finished'), children: at(batch.finishedAt) },
          { key: 'total', label: t('batches.totalCount'), children: format.number(batch.totalCount) },
          { key: 'filter', label: t('batches.filterCount'), children: format.number(batch.filterCount) },
          { key: 'sent', label: t('batches.sentCount'), children: format.number(batch.sentCount) },
          { key: 'error', label: t('batches.errorCount'), children: format.number(batch.errorCount) },
        ]}
      />
      {batch.originality !== null && <ReprintResult originality={batch.originality} />}
    </>
  )
}
