import { Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { type Batch, getBroadcastEndpoint, listBatchesEndpoint, resolveBatchEndpoint } from '../../schema.ts'

/** An operator looked at WeChat's own records and says what became of a batch. */
export function ResolveModal({
  broadcastId,
  batch,
  onClose,
}: {
  broadcastId: string
  batch: Batch | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const [outcome, setOutcome] = useState<'sent' | 'not_sent' | undefined>()
  const close = () => {
    setOutcome(undefined)
    onClose()
  }
  const resolve = useEndpointMutation(resolveBatchEndpoint, {
    invalidates: [getBroadcastEndpoint, listBatchesEndpoint],
    success: t('common.saved'),
    onSuccess: close,
  })
  return (
    <Modal
      open={batch !== undefined}
      title={t('batches.resolveTitle', { seq: (batch?.seq ?? 0) + 1 })}
      onCancel={close}
      okText={t('batches.resolve')}
      okButtonProps={{ disabled: outcome === undefined }}
      confirmLoading={resolve.isPending}
      onOk={() =>
        batch &&
        outcome &&
        resolve.mutate({ params: { accountId, broadcastId, seq: batch.seq }, body: { outcome } })
      }
    >
      <p className="w-soft">
        {t('batches.resolveHint', {
          size: format.number(batch?.size),
          at: batch?.intentAt ? format.second(batch.intentAt) : '—',
        })}
      </p>
      <Radio.Group
        value={outcome}
        onChange={(event) => setOutcome(event.target.value as 'sent' | 'not_sent')}
        style={{ display: 'grid', gap: 10 }}
      >
        <Radio value="sent">
          {t('batches.wasSent')}
          <div className="w-faint w-small">{t('batches.wasSentHint')}</div>
        </Radio>
        <Radio value="not_sent">
          {t('batches.wasNotSent')}
          <div className="w-faint w-small">{t('batches.wasNotSentHint')}</div>
        </Radio>
      </Radio.Group>
    </Modal>
  )
}
