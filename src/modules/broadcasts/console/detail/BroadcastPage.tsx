import { Alert, Steps } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useInvalidate } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded } from '../../../../console/ui/states.tsx'
import { UrlTabs } from '../../../../console/ui/UrlTabs.tsx'
import { AuditTrail } from '../../../audit/console/index.ts'
import {
  type Broadcast,
  getBroadcastEndpoint,
  type Label,
  listBatchesEndpoint,
  listRecipientsEndpoint,
} from '../../schema.ts'
import { AudienceBasis } from '../AudienceBasis.tsx'
import { useReason } from '../reasons.ts'
import { isMoving, LabelTag, useAudienceText } from '../words.tsx'
import { Selecting } from './ArmProgress.tsx'
import { BatchesTable } from './BatchesTable.tsx'
import { BroadcastActions } from './BroadcastActions.tsx'
import '../broadcasts.css'
import { BroadcastTotals } from './BroadcastTotals.tsx'
import { CommentsTab } from './CommentsTab.tsx'
import { ConfirmationNotice } from './ConfirmationNotice.tsx'
import { ContentTab } from './ContentTab.tsx'
import { Experiments } from './experiment/Experiments.tsx'
import { FiguresCards } from './figures/FiguresCard.tsx'
import { GroupsTable } from './GroupsTable.tsx'
import { OutcomeCompared } from './OutcomeCompared.tsx'
import { RecipientsTable } from './RecipientsTable.tsx'
import { type DetailFilters, useDetailFilters } from './use-detail-filters.ts'
import { WithdrawState } from './WithdrawState.tsx'

/** One mass send, live: where it stands, every batch and person with a reason, and what can be done. */
export function BroadcastPage() {
  const accountId = useAccountId()
  const { broadcastId = '' } = useParams()
  const query = useEndpoint(
    getBroadcastEndpoint,
    { params: { accountId, broadcastId } },
    { every: (data) => (data !== undefined && isMoving(data.label) ? 1_500 : 10_000) },
  )
  return <Loaded query={query}>{(broadcast) => <Detail broadcast={broadcast} />}</Loaded>
}

function Detail({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const audienceText = useAudienceText(broadcast.groups[0]?.audience)
  const filters = useDetailFilters()
  useFollowedLists(broadcast)
  const sub = [
    broadcast.groupCount > 1 ? t('massGroups.more', { count: broadcast.groupCount }) : audienceText,
    t(`broadcasts.pathName.${broadcast.path}`),
    broadcast.activity !== null && t('broadcasts.activityNamed', { name: broadcast.activity.name }),
    broadcast.confirmedAt !== null &&
      t('broadcasts.confirmedBy', {
        name: broadcast.confirmedByName ?? t('common.system'),
        at: format.instant(broadcast.confirmedAt),
      }),
  ].filter(Boolean)
  return (
    <>
      <PageHeader
        title={
          <>
            {broadcast.name} <LabelTag label={broadcast.label} />
          </>
        }
        sub={sub.join(' · ')}
        back={{ to: `/accounts/${accountId}/broadcasts`, label: t('nav.broadcasts') }}
        actions={<BroadcastActions broadcast={broadcast} />}
      />
      <div className="w-stack">
        <Life label={broadcast.label} />
        <Notices broadcast={broadcast} />
        <ConfirmationNotice broadcast={broadcast} />
        <WithdrawState broadcast={broadcast} />
        <Experiments broadcast={broadcast} />
        <Selecting broadcast={broadcast} />
        <GroupsTable
          broadcast={broadcast}
          onShow={({ tab, arm }) => filters.show({ tab, arm: String(arm) })}
        />
        {broadcast.groups.map(({ place, basis }) => (
          <AudienceBasis key={place} basis={basis} />
        ))}
        <BroadcastTotals broadcast={broadcast} />
        <FiguresCards broadcast={broadcast} />
        <Sections broadcast={broadcast} filters={filters} />
      </div>
    </>
  )
}

/** The lists below agree with the totals above: whenever these move, they are read again. */
function useFollowedLists({ label, totals, batchCount }: Broadcast) {
  const invalidate = useInvalidate()
  const sign = JSON.stringify([label, totals, batchCount])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sign is what moves
  useEffect(() => invalidate(listBatchesEndpoint, listRecipientsEndpoint), [sign, invalidate])
}

function Sections({ broadcast, filters }: { broadcast: Broadcast; filters: DetailFilters }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <UrlTabs
      items={[
        {
          key: 'batches',
          label: t('broadcasts.tab.batches', { number: format.number(broadcast.batchCount) }),
          children: (
            <BatchesTable
              broadcast={broadcast}
              filters={filters}
              onPeople={(batch) => filters.show({ tab: 'recipients', batch })}
            />
          ),
        },
        {
          key: 'recipients',
          label: t('broadcasts.tab.recipients'),
          children: <RecipientsTable broadcast={broadcast} filters={filters} />,
        },
        {
          key: 'compared',
          label: t('broadcasts.tab.compared'),
          children: (
            <OutcomeCompared
              broadcast={broadcast}
              onReason={(reason) => filters.show({ tab: 'recipients', reason })}
            />
          ),
        },
        ...(broadcast.groups.some(({ arms }) => arms.some(({ contentKind }) => contentKind === 'articles'))
          ? [
              {
                key: 'comments',
                label: t('massFollowing.comments.title'),
                children: <CommentsTab broadcast={broadcast} />,
              },
            ]
          : []),
        {
          key: 'content',
          label: t('broadcasts.tab.content'),
          children: <ContentTab broadcast={broadcast} />,
        },
        {
          key: 'trail',
          label: t('broadcasts.tab.trail'),
          children: <AuditTrail subjectKind="broadcast" subjectId={broadcast.id} />,
        },
      ]}
    />
  )
}

const ORDER: readonly Label[] = ['selecting', 'preparing', 'queued', 'sending']
const ENDINGS: readonly Label[] = ['sent', 'partly_failed', 'failed', 'unresolved', 'cancelled']

/** E8's way from selecting to sent, with the place it is at. */
function Life({ label }: { label: Label }) {
  const { t } = useTranslation()
  if (label === 'draft' || label === 'paused' || label === 'asking') return null
  const ended = ENDINGS.includes(label)
  const current = ended ? ORDER.length : ORDER.indexOf(label)
  const status = label === 'failed' ? 'error' : label === 'sent' ? 'finish' : 'process'
  return (
    <Steps
      className="w-life"
      size="small"
      current={current}
      status={status}
      style={{ maxWidth: 820 }}
      items={[...ORDER, ended ? label : ('sent' as const)].map((step) => ({
        title: t(`broadcasts.label.${step}`),
      }))}
    />
  )
}

function Notices({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const { pauseReason, pauseDetail, failureReason, totals } = broadcast
  const paused = broadcast.state === 'paused'
  const why = pauseReason === null ? undefined : explain(pauseReason, pauseDetail)
  const failed = failureReason === null ? undefined : explain(failureReason)
  return (
    <>
      {paused && (
        <Alert
          type="warning"
          showIcon
          title={t('broadcasts.pausedTitle', { waiting: format.number(totals.waiting) })}
          description={why && `${why.text} ${why.advice ?? ''}`}
        />
      )}
      {failed && <Alert type="error" showIcon title={failed.text} description={failed.advice} />}
      {totals.unknown > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('broadcasts.unknownTitle', { number: format.number(totals.unknown) })}
          description={t('broadcasts.unknownAdvice')}
        />
      )}
    </>
  )
}
