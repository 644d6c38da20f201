import { App, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { resolveUnknownEndpoint } from '../../../deliveries/schema.ts'
import { campaignFiguresEndpoint, getCampaignEndpoint, listCampaignPeopleEndpoint } from '../../schema.ts'

/** Somebody looked and says what became of messages nobody could know the outcome of: one of them, or all. */
export function ResolveModal({
  accountId,
  sendId,
  deliveryId,
  number,
  open,
  onClose,
}: {
  accountId: string
  sendId: string
  deliveryId?: string | undefined
  number: number
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { message } = App.useApp()
  const [outcome, setOutcome] = useState<'sent' | 'not-sent' | undefined>()
  const close = () => {
    setOutcome(undefined)
    onClose()
  }
  const resolve = useEndpointMutation(resolveUnknownEndpoint, {
    invalidates: [getCampaignEndpoint, campaignFiguresEndpoint, listCampaignPeopleEndpoint],
    onSuccess: ({ resolved }) => {
      void message.success(t('campaigns.resolve.done', { number: format.number(resolved) }))
      close()
    },
  })
  return (
    <Modal
      open={open}
      title={t('campaigns.resolve.title')}
      onCancel={close}
      okText={t('campaigns.resolve.go')}
      okButtonProps={{ disabled: outcome === undefined }}
      confirmLoading={resolve.isPending}
      onOk={() =>
        outcome &&
        resolve.mutate({
          params: { accountId, sendId },
          body: { outcome, ...(deliveryId !== undefined && { deliveryIds: [deliveryId] }) },
        })
      }
    >
      <p className="w-soft">{t('campaigns.resolve.hint', { number: format.number(number) })}</p>
      <Radio.Group
        value={outcome}
        onChange={(event) => setOutcome(event.target.value as 'sent' | 'not-sent')}
        style={{ display: 'grid', gap: 10 }}
      >
        <Radio value="sent">
          {t('campaigns.resolve.sent')}
          <div className="w-faint w-small">{t('campaigns.resolve.sentHint')}</div>
        </Radio>
        <Radio value="not-sent">
          {t('campaigns.resolve.notSent')}
          <div className="w-faint w-small">{t('campaigns.resolve.notSentHint')}</div>
        </Radio>
      </Radio.Group>
    </Modal>
  )
}
