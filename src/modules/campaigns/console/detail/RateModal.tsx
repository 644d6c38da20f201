import { InputNumber, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { type Campaign, campaignRateEndpoint, getCampaignEndpoint } from '../../schema.ts'

/** 调速: messages a minute from now on, for everybody still to be sent to. */
export function RateModal({
  campaign,
  open,
  onClose,
}: {
  campaign: Campaign
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [rate, setRate] = useState<number | null>(campaign.ratePerMinute)
  useEffect(() => {
    if (open) setRate(campaign.ratePerMinute)
  }, [open, campaign.ratePerMinute])
  const change = useEndpointMutation(campaignRateEndpoint, {
    invalidates: [getCampaignEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open={open}
      title={t('campaigns.act.rateTitle')}
      onCancel={onClose}
      okText={t('common.save')}
      confirmLoading={change.isPending}
      onOk={() =>
        change.mutate({
          params: { accountId: campaign.accountId, campaignId: campaign.id },
          body: { ratePerMinute: rate },
        })
      }
    >
      <p className="w-soft">{t('campaigns.act.rateHint')}</p>
      <InputNumber<number>
        min={1}
        max={1_000_000}
        precision={0}
        style={{ width: 260 }}
        aria-label={t('campaigns.act.rateNow')}
        placeholder={t('campaigns.act.rateFree')}
        value={rate}
        onChange={(next) => setRate(next ?? null)}
      />{' '}
      {t('campaigns.limits.perMinute')}
    </Modal>
  )
}
