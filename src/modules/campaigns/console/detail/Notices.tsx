import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCan } from '../../../../console/session.ts'
import { BrokenAlert } from '../../../contents/console/index.ts'
import type { Campaign, Figures } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { leftOf, totalOf } from '../words.tsx'
import { AskingRuns } from './AskingRuns.tsx'
import { ResolveModal } from './ResolveModal.tsx'

/** What is happening now, in one sentence, and what somebody should look at. */
export function Notices({ campaign, figures }: { campaign: Campaign; figures: Figures | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const maySend = useCan('campaigns:send')
  const now = useNowText(campaign, figures)
  const [resolving, setResolving] = useState(false)
  const { counts, pauseReason, pauseDetail, failureReason, failureDetail } = campaign
  const paused = pauseReason === null ? undefined : explain(pauseReason, pauseDetail)
  const failed = failureReason === null ? undefined : explain(failureReason, failureDetail)
  return (
    <>
      {campaign.state === 'paused' ? (
        <Alert
          type="warning"
          showIcon
          title={now}
          description={paused && `${paused.text} ${paused.advice ?? ''}`}
        />
      ) : campaign.state === 'failed' ? (
        <Alert
          type="error"
          showIcon
          title={now}
          description={failed && `${failed.text} ${failed.advice ?? ''}`}
        />
      ) : (
        <div className="w-now" data-testid="now">
          {now}
        </div>
      )}
      <BrokenAlert
        accountId={campaign.accountId}
        match={({ kind, id }) => kind === 'campaign' && id === campaign.id}
      />
      <AskingRuns campaign={campaign} />
      {counts.unknown > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('campaigns.detail.unknownTitle', { number: format.number(counts.unknown) })}
          description={t('campaigns.detail.unknownHint')}
          action={
            maySend && (
              <Button size="small" onClick={() => setResolving(true)}>
                {t('campaigns.resolve.go')}
              </Button>
            )
          }
        />
      )}
      {campaign.sendId !== null && (
        <ResolveModal
          accountId={campaign.accountId}
          sendId={campaign.sendId}
          number={counts.unknown}
          open={resolving}
          onClose={() => setResolving(false)}
        />
      )}
    </>
  )
}

function useNowText(campaign: Campaign, figures: Figures | undefined): string {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, counts, waiting, plan } = campaign
  const left = leftOf(counts)
  const total = totalOf(counts)
  const isEvent = plan.trigger.kind === 'event' || plan.trigger.kind === 'event-not'
  switch (state) {
    case 'draft':
    case 'preparing':
    case 'cancelled':
    case 'failed':
      return t(`campaigns.detail.now.${state}`)
    case 'scheduled':
      if (campaign.asking > 0) return t('campaigns.detail.now.asking')
      return campaign.nextAt === null
        ? t('campaigns.detail.now.scheduled')
        : t('campaigns.detail.now.scheduledAt', { at: format.instant(campaign.nextAt) })
    case 'paused':
      return t('campaigns.detail.now.paused', { left: format.number(left) })
    case 'ended':
      return t('campaigns.detail.now.ended', { at: format.instant(campaign.endedAt) })
    case 'running':
      if (isEvent)
        return t(
          plan.trigger.kind === 'event-not'
            ? 'campaigns.detail.now.waitingEvent'
            : 'campaigns.detail.now.waitingEventPlain',
          {
            firings: format.number(figures?.triggered?.firings ?? total),
            waiting: format.number(waiting),
            planned: format.number(left),
          },
        )
      if (left > 0)
        return t('campaigns.detail.now.sending', {
          done: format.number(total - left),
          total: format.number(total),
          left: format.number(left),
        })
      return campaign.nextAt === null
        ? t('campaigns.detail.now.running')
        : t('campaigns.detail.now.waitingRun', { at: format.instant(campaign.nextAt) })
  }
}
