import { Button, Popconfirm, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { type Campaign, type CampaignRun, decideRunEndpoint } from '../../schema.ts'
import { CHANGED } from './changed.ts'

/** Whether a run that was not sent by itself still goes. Neither answer can be taken back, so each says what it does. */
export function DecideRun({ campaign, run }: { campaign: Campaign; run: CampaignRun }) {
  return (
    <div className="w-row">
      <Answer campaign={campaign} run={run} send />
      <Answer campaign={campaign} run={run} send={false} />
    </div>
  )
}

function Answer({ campaign, run, send }: { campaign: Campaign; run: CampaignRun; send: boolean }) {
  const { t } = useTranslation()
  const maySend = useCan('campaigns:send')
  const decide = useEndpointMutation(decideRunEndpoint, {
    invalidates: CHANGED,
    success: t(send ? 'campaigns.runs.sending' : 'campaigns.runs.skipped'),
  })
  const skipHint = campaign.plan.trigger.kind === 'once' ? 'skipHintOnce' : 'skipHintRepeat'
  const label = t(send ? 'campaigns.runs.send' : 'campaigns.runs.skip')
  return (
    <Popconfirm
      title={t(send ? 'campaigns.runs.sendTitle' : 'campaigns.runs.skipTitle')}
      description={t(`campaigns.runs.${send ? 'sendHint' : skipHint}`)}
      okText={label}
      disabled={!maySend}
      onConfirm={() =>
        decide.mutate({
          params: { accountId: campaign.accountId, campaignId: campaign.id, runId: run.id },
          body: { send },
        })
      }
    >
      <Tooltip title={maySend ? undefined : t('common.notAllowed')}>
        <Button
          size="small"
          type={send ? 'primary' : 'default'}
          disabled={!maySend}
          loading={decide.isPending}
        >
          {label}
        </Button>
      </Tooltip>
    </Popconfirm>
  )
}
