import { Alert } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useInvalidate } from '../../../../console/hooks.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { Loaded } from '../../../../console/ui/states.tsx'
import { UrlTabs } from '../../../../console/ui/UrlTabs.tsx'
import { AuditTrail } from '../../../audit/console/index.ts'
import {
  getSegmentEndpoint,
  listMembersEndpoint,
  listSegmentsEndpoint,
  listSnapshotsEndpoint,
  type Segment,
} from '../../schema/segment.ts'
import { useCatalogue } from '../names/use-catalogue.ts'
import { failureText, KindTag } from '../pages/words.tsx'
import { emptyRule } from '../rule/tree.ts'
import { AsOfTab } from './AsOfTab.tsx'
import { MembersTab } from './MembersTab.tsx'
import { OriginSection } from './OriginSection.tsx'
import { RuleSection } from './RuleSection.tsx'
import { SegmentActions } from './SegmentActions.tsx'
import { SizeHistory } from './SizeHistory.tsx'
import { UsesTab } from './UsesTab.tsx'
import { VersionsTab } from './VersionsTab.tsx'
import '../pages/pages.css'

type MemberTools = (segment: Segment) => ReactNode

/** One segment. `memberTools` draws what can be done with all its members. */
export function SegmentPage({ memberTools }: { memberTools?: MemberTools }) {
  const { segmentId = '' } = useParams()
  const query = useEndpoint(
    getSegmentEndpoint,
    { params: { segmentId } },
    { every: (data) => (data?.computing ? 1_500 : 20_000) },
  )
  useRefreshedWhenDone(query.data)
  return (
    <Loaded query={query}>
      {(segment) => <Detail key={segment.id} segment={segment} memberTools={memberTools} />}
    </Loaded>
  )
}

/** What hangs on a computation is read again when one ends. */
function useRefreshedWhenDone(segment: Segment | undefined) {
  const invalidate = useInvalidate()
  const before = useRef(segment?.computing ?? null)
  const computing = segment?.computing ?? null
  useEffect(() => {
    if (before.current !== null && computing === null)
      invalidate(listSnapshotsEndpoint, listMembersEndpoint, listSegmentsEndpoint)
    before.current = computing
  }, [computing, invalidate])
}

function Detail({ segment, memberTools }: { segment: Segment; memberTools: MemberTools | undefined }) {
  const { t } = useTranslation()
  const isStatic = segment.updateKind === 'static'
  const { names } = useCatalogue({
    rule: segment.rule ?? emptyRule(),
    accountId: segment.accountId ?? undefined,
    segmentId: segment.id,
  })
  const tabs = [
    {
      key: 'about',
      label: t('segments.tab.about'),
      children: (
        <div className="w-stack">
          {segment.rule !== null && <RuleSection segment={segment} rule={segment.rule} names={names} />}
          {isStatic && <OriginSection segment={segment} />}
          {!isStatic && <SizeHistory segment={segment} />}
        </div>
      ),
    },
    {
      key: 'members',
      label: t('segments.tab.members'),
      children: <MembersTab segment={segment} tools={memberTools?.(segment)} />,
    },
    ...(segment.rule === null
      ? []
      : [
          {
            key: 'asOf',
            label: t('segments.tab.asOf'),
            children: <AsOfTab segment={segment} rule={segment.rule} names={names} />,
          },
        ]),
    { key: 'versions', label: t('segments.tab.versions'), children: <VersionsTab segment={segment} /> },
    {
      key: 'uses',
      label: `${t('segments.usedBy')} ${segment.usedBy > 0 ? segment.usedBy : ''}`.trim(),
      children: <UsesTab segment={segment} />,
    },
    {
      key: 'audit',
      label: t('nav.audit'),
      children: <AuditTrail subjectKind="segment" subjectId={segment.id} />,
    },
  ]
  return (
    <>
      <PageHeader
        title={
          <>
            {segment.name} <KindTag kind={segment.updateKind} />
          </>
        }
        sub={segment.description === '' ? undefined : segment.description}
        back={{ to: '/segments', label: t('nav.segments') }}
        actions={<SegmentActions segment={segment} />}
      />
      <Notices segment={segment} />
      <Numbers segment={segment} />
      <UrlTabs items={tabs} destroyOnHidden />
    </>
  )
}

function Notices({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { lastFailure, archivedAt, outdated, computing } = segment
  return (
    <div className="w-stack w-segment-notices">
      {archivedAt !== null && (
        <Alert showIcon type="warning" title={t('segments.archivedAt', { at: format.instant(archivedAt) })} />
      )}
      {lastFailure !== null && (
        <Alert
          showIcon
          type="error"
          title={t('segments.failedAt', { at: format.instant(lastFailure.at) })}
          description={`${failureText(lastFailure.reason)} ${t(`segments.policyHint.${segment.failurePolicy}`)}`}
        />
      )}
      {outdated && computing === null && <Alert showIcon type="info" title={t('segments.outdatedHint')} />}
    </div>
  )
}

function Numbers({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="w-segment-numbers">
      <StatRow>
        <NumberStat
          label={t('segments.size')}
          value={format.number(segment.size)}
          sub={
            segment.computing === null
              ? t('segments.asOfTime', { at: format.instant(segment.computedAt) })
              : t(`segments.computing.${segment.computing}`)
          }
        />
        <NumberStat
          label={t('segments.account')}
          value={<Words>{segment.accountName ?? t('segments.everyone')}</Words>}
        />
        <NumberStat
          label={t('segments.next')}
          value={
            <Words>
              {segment.dueAt !== null
                ? format.instant(segment.dueAt)
                : t(segment.updateKind === 'live' ? 'segments.nextLive' : 'segments.nextNone')}
            </Words>
          }
        />
        <NumberStat
          label={t('segments.listed')}
          value={<Words>{t(segment.listed ? 'segments.isListed' : 'segments.notListed')}</Words>}
        />
      </StatRow>
    </div>
  )
}

/** Words where numbers usually stand. */
const Words = ({ children }: { children: ReactNode }) => <span className="w-stat-words">{children}</span>
