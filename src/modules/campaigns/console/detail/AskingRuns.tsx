import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { type Campaign, type CampaignRun, listCampaignRunsEndpoint } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { DecideRun } from './DecideRun.tsx'

const MINUTE = 60_000

/** Runs that wait for somebody to say whether they still go, with the answer to be given right here. */
export function AskingRuns({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const query = useEndpoint(
    listCampaignRunsEndpoint,
    { params: { accountId: campaign.accountId, campaignId: campaign.id }, query: {} },
    { enabled: campaign.asking > 0, every: 4_000 },
  )
  if (campaign.asking === 0) return null
  const runs = query.data?.items.filter(({ state }) => state === 'asking') ?? []
  return (
    <Alert
      type="warning"
      showIcon
      data-testid="asking"
      title={t('campaigns.detail.askingTitle')}
      description={
        <>
          {t('campaigns.detail.askingHint')}
          {runs.map((run) => (
            <div key={run.id} className="w-row" style={{ marginTop: 8 }}>
              <Asked run={run} />
              <DecideRun campaign={campaign} run={run} />
            </div>
          ))}
        </>
      }
    />
  )
}

function Asked({ run }: { run: CampaignRun }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const late = useLate(run.scheduledAt)
  const { expected, now } = run.detail ?? {}
  const more =
    typeof expected === 'number' && typeof now === 'number'
      ? t('campaigns.detail.askingDrift', { expected: format.number(expected), now: format.number(now) })
      : t('campaigns.detail.askingLate', { late })
  return (
    <span>
      <b>{t('campaigns.detail.askingRun', { at: format.instant(run.scheduledAt) })}</b>{' '}
      {run.reason !== null && explain(run.reason, run.detail).text} {more}
    </span>
  )
}

/** How long ago it should have gone. */
function useLate(scheduledAt: string): string {
  const { t } = useTranslation()
  const minutes = Math.max(0, Math.floor((useBusinessNow() - new Date(scheduledAt).getTime()) / MINUTE))
  if (minutes < 120) return t('campaigns.detail.lateMinutes', { n: minutes })
  return minutes < 2_880
    ? t('campaigns.detail.lateHours', { n: Math.floor(minutes / 60) })
    : t('campaigns.detail.lateDays', { n: Math.floor(minutes / 1_440) })
}
