import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { RecentBroadcasts } from '../../modules/broadcasts/console/index.ts'
import { usageEndpoint } from '../../modules/broadcasts/schema.ts'
import { RunningCampaigns } from '../../modules/campaigns/console/index.ts'
import { countFansEndpoint } from '../../modules/contacts/schema.ts'
import { RecentEvents } from '../../modules/ingest/console/index.ts'
import { useFormat } from '../format.ts'
import { useEndpoint } from '../hooks.ts'
import { useAccount, useAccountId, useCan } from '../session.ts'
import { NumberStat, StatRow } from '../ui/NumberStat.tsx'
import { PageHeader } from '../ui/PageHeader.tsx'
import { ErrorState, LoadingState } from '../ui/states.tsx'
import { Attention } from './Attention.tsx'
import { MonthLeft } from './MonthLeft.tsx'
import { SendsPerDay } from './SendsPerDay.tsx'
import './overview.css'

export function OverviewPage() {
  const { t } = useTranslation()
  const account = useAccount()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  return (
    <>
      <PageHeader
        title={t('nav.overview')}
        sub={account && `${account.name} · ${t(`accounts.kind.${account.kind}`)}`}
        actions={
          mayWrite && (
            <Link to={`/accounts/${accountId}/broadcasts/new`}>
              <Button type="primary" icon={<PlusOutlined />}>
                {t('broadcasts.new')}
              </Button>
            </Link>
          )
        }
      />
      <div className="w-stack">
        <Attention />
        <Numbers />
        <div className="w-overview-grid">
          <RecentBroadcasts />
          <RunningCampaigns />
        </div>
        <RecentEvents />
      </div>
    </>
  )
}

function Numbers() {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const params = { accountId }
  const base = `/accounts/${accountId}`
  const fans = useEndpoint(countFansEndpoint, { params, query: {} }, { every: 15_000 })
  const usage = useEndpoint(usageEndpoint, { params }, { every: 15_000 })
  if (usage.data === undefined)
    return usage.error ? (
      <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
    ) : (
      <LoadingState rows={3} />
    )
  const { data } = usage
  const of = (limit: number | null) =>
    limit === null ? undefined : t('overview.of', { limit: format.number(limit) })
  return (
    <>
      <StatRow>
        <NumberStat
          label={t('overview.fans')}
          value={format.number(fans.data?.following)}
          to={`${base}/fans?following=true`}
          sub={
            fans.data && t('overview.left', { number: format.number(fans.data.total - fans.data.following) })
          }
        />
        <NumberStat
          label={t('overview.monthSends')}
          value={format.number(data.sendsThisMonth)}
          unit={of(data.sendsPerMonth)}
          sub={data.month}
          to={`${base}/broadcasts?view=records`}
        />
        <NumberStat
          label={t('overview.daySends')}
          value={format.number(data.sendsToday)}
          unit={of(data.sendsPerDay)}
          sub={t('overview.peopleToday', {
            number: format.number(data.recipientsToday),
            limit: format.compact(data.recipientsPerDay),
          })}
        />
        <NumberStat
          label={t('overview.calls')}
          value={format.number(data.callsToday)}
          unit={of(data.callsPerDay)}
          tone={data.callsToday >= data.callsPerDay ? 'bad' : undefined}
          hint={t('overview.callsHint')}
          sub={t('overview.callsReset')}
        />
      </StatRow>
      <div className="w-overview-grid">
        <SendsPerDay days={data.days} today={data.day} />
        <MonthLeft month={data.month} counts={data.monthLeft} />
      </div>
    </>
  )
}
