import { PlusOutlined } from '@ant-design/icons'
import { Button, Segmented, Select, type TableColumnsType, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, NoPermissionState } from '../../../console/ui/states.tsx'
import { ActivityPicker, GroupPicker } from '../../activities/console/index.ts'
import { BrokenTag } from '../../contents/console/index.ts'
import {
  CAMPAIGN_STATES,
  type CampaignKind,
  type CampaignListItem,
  KINDS,
  listCampaignsEndpoint,
  type TriggerKind,
} from '../schema.ts'
import { CampaignFigures } from './CampaignFigures.tsx'
import { Stories } from './Stories.tsx'
import { CampaignStanding } from './words.tsx'
import './campaigns.css'

const TRIGGERS: readonly TriggerKind[] = ['once', 'repeat', 'event', 'event-not']

export function CampaignsPage() {
  const { t } = useTranslation()
  const allowed = useCan('campaigns:read')
  if (!allowed) return <NoPermissionState />
  return (
    <>
      <PageHeader title={t('campaigns.title')} sub={t('campaigns.sub')} actions={<NewButton />} />
      <List />
    </>
  )
}

function List() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('campaigns:write')
  const filters = useFilters(['scope', 'kind', 'state', 'trigger', 'group', 'activity', 'q'])
  const { scope, kind, state, trigger, group, activity, q } = filters.values
  const list = useCursorList(
    listCampaignsEndpoint,
    {
      query: {
        ...(scope !== 'all' && { accountId }),
        ...(kind && { kind: kind as CampaignKind }),
        ...(state && { state }),
        ...(trigger && { trigger: trigger as TriggerKind }),
        ...(group && { groupId: group }),
        ...(activity && { activityId: activity }),
        ...(q && { q }),
      },
    },
    { every: 5_000 },
  )
  const narrowed = [kind, state, trigger, group, activity, q].some((one) => one !== undefined)
  return (
    <>
      <FilterBar>
        <Segmented
          value={scope === 'all' ? 'all' : 'one'}
          onChange={(value) => filters.set('scope', value === 'all' ? 'all' : undefined)}
          options={[
            { value: 'one', label: t('campaigns.thisAccount') },
            { value: 'all', label: t('campaigns.allAccounts') },
          ]}
        />
        <SearchInput
          placeholder={t('campaigns.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Select
          allowClear
          placeholder={t('campaigns.kindFilter')}
          aria-label={t('campaigns.kindFilter')}
          style={{ width: 130 }}
          value={kind ?? null}
          onChange={(value?: string | null) => filters.set('kind', value ?? undefined)}
          options={KINDS.map((value) => ({ value, label: t(`campaigns.kind.${value}`) }))}
        />
        <Select
          allowClear
          mode="multiple"
          maxTagCount={2}
          placeholder={t('common.state')}
          aria-label={t('common.state')}
          style={{ minWidth: 130 }}
          value={state?.split(',') ?? []}
          onChange={(values: string[]) => filters.set('state', values.join(','))}
          options={CAMPAIGN_STATES.map((value) => ({ value, label: t(`campaigns.state.${value}`) }))}
        />
        <Select
          allowClear
          placeholder={t('campaigns.triggerFilter')}
          aria-label={t('campaigns.triggerFilter')}
          style={{ width: 160 }}
          value={trigger ?? null}
          onChange={(value?: string | null) => filters.set('trigger', value ?? undefined)}
          options={TRIGGERS.map((value) => ({ value, label: t(`campaigns.triggerKind.${value}`) }))}
        />
        <GroupPicker
          width={170}
          value={group ?? null}
          onChange={(id) => filters.set('group', id ?? undefined)}
        />
        <ActivityPicker
          width={190}
          value={activity ?? null}
          onChange={(id) => filters.set('activity', id ?? undefined)}
        />
      </FilterBar>
      <CursorTable<CampaignListItem>
        list={list}
        columns={useColumns(scope === 'all')}
        rowKey="id"
        minWidth={880}
        onOpen={(row) =>
          void navigate(
            `/accounts/${row.accountId}/campaigns/${row.id}${row.state === 'draft' && mayWrite ? '/edit' : ''}`,
          )
        }
        empty={
          narrowed ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t('campaigns.empty')}
              hint={t('campaigns.emptyHint')}
              action={mayWrite ? <Stories /> : undefined}
            />
          )
        }
      />
    </>
  )
}

function NewButton() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('campaigns:write')
  const button = (
    <Button type="primary" icon={<PlusOutlined />} disabled={!allowed}>
      {t('campaigns.new')}
    </Button>
  )
  if (!allowed) return <Tooltip title={t('common.notAllowed')}>{button}</Tooltip>
  return <Link to={`/accounts/${accountId}/campaigns/new`}>{button}</Link>
}

function useColumns(withAccount: boolean): TableColumnsType<CampaignListItem> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('campaigns.name'),
      render: (_, row) => (
        <>
          <strong>{row.name}</strong>{' '}
          <BrokenTag
            accountId={row.accountId}
            match={({ kind, id }) => kind === 'campaign' && id === row.id}
          />
          <div className="w-faint w-small">
            {[
              t(`campaigns.kind.${row.kind}`),
              t(`campaigns.triggerKind.${row.triggerKind}`),
              row.group?.name,
              row.activity?.name,
            ]
              .filter(Boolean)
              .join(' · ')}
          </div>
        </>
      ),
    },
    {
      title: t('common.state'),
      width: 130,
      render: (_, row) => <CampaignStanding campaign={row} />,
    },
    ...(withAccount
      ? [
          {
            title: t('campaigns.account'),
            width: 130,
            render: (_: unknown, row: CampaignListItem) => row.accountName,
          },
        ]
      : []),
    {
      title: t('campaigns.numbers'),
      width: 250,
      render: (_, row) =>
        row.state === 'draft' ? <span className="w-faint">—</span> : <CampaignFigures campaign={row} />,
    },
    {
      title: t('campaigns.when'),
      width: 200,
      className: 'w-nowrap',
      render: (_, row) => <When row={row} format={format} />,
    },
  ]
}

function When({ row, format }: { row: CampaignListItem; format: ReturnType<typeof useFormat> }) {
  const { t } = useTranslation()
  const { endedAt, startedAt, nextAt } = row
  // of the others `startsAt` is when they were started, which tells nothing of their first run
  const plannedAt = row.triggerKind === 'once' && row.state !== 'draft' ? row.startsAt : null
  const main =
    endedAt !== null
      ? t('campaigns.endedAt', { at: format.instant(endedAt) })
      : startedAt !== null
        ? t('campaigns.startedAt', { at: format.instant(startedAt) })
        : plannedAt !== null
          ? t('campaigns.plannedAt', { at: format.instant(plannedAt) })
          : t('campaigns.draftedAt', {
              name: row.createdByName ?? t('common.system'),
              at: format.instant(row.createdAt),
            })
  return (
    <>
      {main}
      {nextAt !== null && nextAt !== plannedAt && (
        <div className="w-faint w-small">{t('campaigns.nextAt', { at: format.instant(nextAt) })}</div>
      )}
    </>
  )
}
