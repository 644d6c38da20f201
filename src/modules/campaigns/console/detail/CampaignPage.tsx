import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { NoPermissionState } from '../../../../console/ui/states.tsx'
import { UrlTabs } from '../../../../console/ui/UrlTabs.tsx'
import { AuditTrail } from '../../../audit/console/index.ts'
import { SendFiguresPanel } from '../../../goals/console/index.ts'
import { LinksTable } from '../../../links/console/index.ts'
import { type Campaign, campaignFiguresEndpoint, type Figures, getCampaignEndpoint } from '../../schema.ts'
import type { BelowTrigger } from '../edit/CampaignEditPage.tsx'
import { FoundCampaign } from '../FoundCampaign.tsx'
import { useTriggerText } from '../use-trigger-text.ts'
import { WhyDrawer } from '../why/WhyDrawer.tsx'
import { CampaignTag, isLive } from '../words.tsx'
import { CampaignActions } from './CampaignActions.tsx'
import { Notices } from './Notices.tsx'
import { Overview } from './Overview.tsx'
import { PeopleTable } from './PeopleTable.tsx'
import { PlanTab } from './PlanTab.tsx'
import { RunsTab } from './RunsTab.tsx'
import { useFollowedLists } from './use-follow.ts'
import { VersionsTab } from './VersionsTab.tsx'
import { WaitsTab } from './WaitsTab.tsx'
import '../campaigns.css'

const LIVE_MS = 2_000
const RECEIPTS_MS = 5_000
const STILL_MS = 15_000

/** How often to look again: an ended campaign still moves while sends are in flight or wait for their receipts. */
function pace({ state, kind, counts }: Campaign): number {
  if (isLive(state) || counts.planned + counts.held + counts.sending > 0) return LIVE_MS
  return kind !== 'customer-service' && counts.accepted > 0 ? RECEIPTS_MS : STILL_MS
}

/** Whether figures are as old as what the page says elsewhere. */
const agree = (figures: Figures | undefined, { counts }: Campaign): boolean =>
  figures !== undefined && JSON.stringify(figures.counts) === JSON.stringify(counts)

/** Tabs of later modules. */
export type MoreTabs = (campaign: Campaign) => { key: string; label: string; children: ReactNode }[]
type More = { moreTabs?: MoreTabs; belowTrigger?: BelowTrigger }

/** One campaign, live: what is happening now, everybody with a reason, and what can be done. */
export function CampaignPage(more: More) {
  const accountId = useAccountId()
  const allowed = useCan('campaigns:read')
  const { campaignId = '' } = useParams()
  const query = useEndpoint(
    getCampaignEndpoint,
    { params: { accountId, campaignId } },
    { enabled: allowed, every: (data) => (data === undefined ? STILL_MS : pace(data)) },
  )
  if (!allowed) return <NoPermissionState />
  return <FoundCampaign query={query}>{(campaign) => <Detail campaign={campaign} {...more} />}</FoundCampaign>
}

function Detail({ campaign, moreTabs, belowTrigger }: { campaign: Campaign } & More) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const sentence = useTriggerText(campaign.plan, campaign.kind)
  const params = { accountId, campaignId: campaign.id }
  const figures = useEndpoint(
    campaignFiguresEndpoint,
    { params, query: {} },
    {
      enabled: campaign.state !== 'draft',
      every: (data) => (agree(data, campaign) ? pace(campaign) : LIVE_MS),
    },
  )
  useFollowedLists(JSON.stringify([campaign.state, campaign.counts, campaign.waiting, campaign.asking]))
  const [asked, setAsked] = useState<string | undefined>()
  return (
    <>
      <PageHeader
        title={
          <>
            {campaign.name} <CampaignTag state={campaign.state} />
          </>
        }
        sub={[t(`campaigns.kind.${campaign.kind}`), campaign.group?.name, campaign.activity?.name, sentence]
          .filter(Boolean)
          .join(' · ')}
        back={{ to: `/accounts/${accountId}/campaigns`, label: t('campaigns.title') }}
        actions={<CampaignActions campaign={campaign} belowTrigger={belowTrigger} />}
      />
      <div className="w-stack">
        <Notices campaign={campaign} figures={figures.data} />
        <Sections campaign={campaign} figures={figures} onWhy={setAsked} moreTabs={moreTabs} />
      </div>
      <WhyDrawer
        accountId={accountId}
        campaignId={campaign.id}
        contactId={asked}
        onClose={() => setAsked(undefined)}
      />
    </>
  )
}

type FiguresQuery = ReturnType<typeof useEndpoint<typeof campaignFiguresEndpoint>>

function Sections({
  campaign,
  figures,
  onWhy,
  moreTabs,
}: {
  campaign: Campaign
  figures: FiguresQuery
  onWhy: (contactId: string) => void
  moreTabs: MoreTabs | undefined
}) {
  const { t } = useTranslation()
  const filters = useFilters(['tab', 'state', 'reason', 'run', 'clicked', 'converted'])
  const [, setSearch] = useSearchParams()
  const showPeople = (part: Record<string, string>) =>
    setSearch({ tab: 'people', ...part }, { replace: true })
  const { trigger } = campaign.plan
  const isScheduled = trigger.kind === 'once' || trigger.kind === 'repeat'
  return (
    <UrlTabs
      destroyOnHidden
      items={[
        {
          key: 'overview',
          label: t('campaigns.detail.tab.overview'),
          children: <Overview campaign={campaign} figures={figures} onPeople={showPeople} />,
        },
        {
          key: 'people',
          label: t('campaigns.detail.tab.people'),
          children: (
            <PeopleTable
              campaign={campaign}
              reasons={figures.data?.reasons ?? []}
              filters={filters}
              onWhy={onWhy}
            />
          ),
        },
        ...(trigger.kind === 'event-not'
          ? [
              {
                key: 'waits',
                label: t('campaigns.detail.tab.waits'),
                children: <WaitsTab campaign={campaign} onWhy={onWhy} />,
              },
            ]
          : []),
        ...(isScheduled
          ? [
              {
                key: 'runs',
                label: t('campaigns.detail.tab.runs'),
                children: <RunsTab campaign={campaign} onPeople={(run) => showPeople({ run })} />,
              },
            ]
          : []),
        ...(campaign.sendId !== null
          ? [
              {
                key: 'results',
                label: t('goals.results'),
                children: <SendFiguresPanel accountId={campaign.accountId} sendId={campaign.sendId} />,
              },
            ]
          : []),
        ...(campaign.plan.tracked && campaign.sendId !== null
          ? [
              {
                key: 'links',
                label: t('campaigns.detail.tab.links'),
                children: <LinksTable accountId={campaign.accountId} sendId={campaign.sendId} />,
              },
            ]
          : []),
        ...(moreTabs?.(campaign) ?? []),
        {
          key: 'content',
          label: t('campaigns.detail.tab.content'),
          children: <PlanTab campaign={campaign} />,
        },
        {
          key: 'versions',
          label: t('campaigns.detail.tab.versions'),
          children: <VersionsTab campaign={campaign} />,
        },
        {
          key: 'trail',
          label: t('campaigns.detail.tab.trail'),
          children: <AuditTrail subjectKind="campaign" subjectId={campaign.id} />,
        },
      ]}
    />
  )
}
