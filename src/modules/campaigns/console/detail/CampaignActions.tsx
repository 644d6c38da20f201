import {
  CopyOutlined,
  DashboardOutlined,
  EditOutlined,
  PauseOutlined,
  PlayCircleOutlined,
  SendOutlined,
  StopOutlined,
} from '@ant-design/icons'
import { Button, Modal, Popconfirm, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../../console/ui/ConfirmWithNumbers.tsx'
import {
  type Campaign,
  cancelCampaignEndpoint,
  copyCampaignEndpoint,
  endCampaignEndpoint,
  listCampaignsEndpoint,
  pauseCampaignEndpoint,
  resumeCampaignEndpoint,
} from '../../schema.ts'
import { DeleteDraftButton } from '../DeleteDraftButton.tsx'
import type { BelowTrigger } from '../edit/CampaignEditPage.tsx'
import { TestSend } from '../edit/TestSend.tsx'
import { leftOf, sentOf } from '../words.tsx'
import { CHANGED } from './changed.ts'
import { EditRunning } from './EditRunning.tsx'
import { RateModal } from './RateModal.tsx'

/** What can be done with it now; the server says which of these make sense. */
export function CampaignActions({
  campaign,
  belowTrigger,
}: {
  campaign: Campaign
  belowTrigger: BelowTrigger | undefined
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayWrite = useCan('campaigns:write')
  const maySend = useCan('campaigns:send')
  const [open, setOpen] = useState<'rate' | 'edit' | 'test' | undefined>()
  const close = () => setOpen(undefined)
  const { can } = campaign
  const denied = maySend ? undefined : t('common.notAllowed')
  return (
    <>
      <CopyButton campaign={campaign} />
      {can.delete && <DeleteDraftButton campaignId={campaign.id} />}
      {can.edit && mayWrite && (
        <Link to={`/accounts/${accountId}/campaigns/${campaign.id}/edit`}>
          <Button type="primary">{t('common.edit')}</Button>
        </Link>
      )}
      {can.editRunning && mayWrite && (
        <>
          <Button icon={<SendOutlined />} onClick={() => setOpen('test')}>
            {t('campaigns.act.test')}
          </Button>
          <Tooltip title={denied}>
            <Button icon={<DashboardOutlined />} disabled={!maySend} onClick={() => setOpen('rate')}>
              {t('campaigns.act.rate')}
            </Button>
          </Tooltip>
          <Tooltip title={denied}>
            <Button icon={<EditOutlined />} disabled={!maySend} onClick={() => setOpen('edit')}>
              {t('campaigns.act.edit')}
            </Button>
          </Tooltip>
        </>
      )}
      {(can.end || can.cancel) && <EndButton campaign={campaign} denied={denied} />}
      <PauseButtons campaign={campaign} denied={denied} />
      <RateModal campaign={campaign} open={open === 'rate'} onClose={close} />
      {open === 'edit' && <EditRunning campaign={campaign} belowTrigger={belowTrigger} onClose={close} />}
      <Modal open={open === 'test'} footer={null} onCancel={close} destroyOnHidden width={620}>
        <TestSend campaignId={campaign.id} />
      </Modal>
    </>
  )
}

function PauseButtons({ campaign, denied }: { campaign: Campaign; denied: string | undefined }) {
  const { t } = useTranslation()
  const params = { accountId: campaign.accountId, campaignId: campaign.id }
  const pause = useEndpointMutation(pauseCampaignEndpoint, { invalidates: CHANGED })
  const resume = useEndpointMutation(resumeCampaignEndpoint, { invalidates: CHANGED })
  const { can, plan } = campaign
  const isEvent = plan.trigger.kind === 'event' || plan.trigger.kind === 'event-not'
  return (
    <>
      {can.pause && (
        <Popconfirm
          title={t('campaigns.act.pauseTitle')}
          description={t(isEvent ? 'campaigns.act.pauseHintEvent' : 'campaigns.act.pauseHint')}
          okText={t('campaigns.act.pause')}
          disabled={denied !== undefined}
          onConfirm={() => pause.mutate({ params })}
        >
          <Tooltip title={denied}>
            <Button icon={<PauseOutlined />} disabled={denied !== undefined} loading={pause.isPending}>
              {t('campaigns.act.pause')}
            </Button>
          </Tooltip>
        </Popconfirm>
      )}
      {can.resume && (
        <Tooltip title={denied}>
          <Button
            type="primary"
            icon={<PlayCircleOutlined />}
            disabled={denied !== undefined}
            loading={resume.isPending}
            onClick={() => resume.mutate({ params })}
          >
            {t('campaigns.act.resume')}
          </Button>
        </Tooltip>
      )}
    </>
  )
}

function CopyButton({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayWrite = useCan('campaigns:write')
  const copy = useEndpointMutation(copyCampaignEndpoint, {
    invalidates: [listCampaignsEndpoint],
    success: t('campaigns.act.copied'),
    onSuccess: (made) => void navigate(`/accounts/${made.accountId}/campaigns/${made.id}/edit`),
  })
  return (
    <Tooltip title={mayWrite ? undefined : t('common.notAllowed')}>
      <Button
        icon={<CopyOutlined />}
        disabled={!mayWrite}
        loading={copy.isPending}
        onClick={() => copy.mutate({ params: { accountId: campaign.accountId, campaignId: campaign.id } })}
      >
        {t('campaigns.act.copy')}
      </Button>
    </Tooltip>
  )
}

function EndButton({ campaign, denied }: { campaign: Campaign; denied: string | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const isEnd = campaign.can.end
  const options = { invalidates: CHANGED, onSuccess: () => setAsking(false) }
  const end = useEndpointMutation(endCampaignEndpoint, options)
  const cancel = useEndpointMutation(cancelCampaignEndpoint, options)
  const params = { accountId: campaign.accountId, campaignId: campaign.id }
  return (
    <>
      <Tooltip title={denied}>
        <Button
          danger
          icon={<StopOutlined />}
          disabled={denied !== undefined}
          onClick={() => setAsking(true)}
        >
          {t(isEnd ? 'campaigns.act.end' : 'campaigns.act.cancel')}
        </Button>
      </Tooltip>
      <ConfirmWithNumbers
        open={asking}
        title={t(isEnd ? 'campaigns.act.endTitle' : 'campaigns.act.cancelTitle')}
        numbers={[
          {
            label: t('campaigns.act.endRemaining'),
            value: format.number(leftOf(campaign.counts)),
            strong: true,
          },
          ...(campaign.waiting > 0
            ? [{ label: t('campaigns.act.endWaiting'), value: format.number(campaign.waiting) }]
            : []),
          { label: t('campaigns.act.endSent'), value: format.number(sentOf(campaign.counts)) },
        ]}
        note={t(isEnd ? 'campaigns.act.endHint' : 'campaigns.act.cancelHint')}
        okText={t(isEnd ? 'campaigns.act.end' : 'campaigns.act.cancel')}
        cancelText={t(isEnd ? 'campaigns.act.endNot' : 'campaigns.act.cancelNot')}
        danger
        busy={end.isPending || cancel.isPending}
        onConfirm={() => (isEnd ? end : cancel).mutate({ params })}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
