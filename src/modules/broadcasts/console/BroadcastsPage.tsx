import { PlusOutlined } from '@ant-design/icons'
import { Button, DatePicker, Select, type TableColumnsType, Tabs, Tooltip } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { addBeijingDays, startOfDay } from '../../../kernel/beijing.ts'
import { ActivityPicker } from '../../activities/console/index.ts'
import { type BroadcastListItem, LABELS, type Label, listBroadcastsEndpoint } from '../schema.ts'
import { TotalsBar } from './TotalsBar.tsx'
import { isMoving, LabelTag } from './words.tsx'
import './broadcasts.css'

type View = 'all' | 'queue' | 'records'

export function BroadcastsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const filters = useFilters(['view', 'label', 'q', 'from', 'to', 'activity'])
  const { view = 'all', label, q, from, to, activity } = filters.values
  const list = useCursorList(
    listBroadcastsEndpoint,
    {
      params: { accountId },
      query: {
        view: view as View,
        ...(label && { label: label as Label }),
        ...(q && { q }),
        ...(activity && { activityId: activity }),
        ...(from && { from: startOfDay(from).toISOString() }),
        ...(to && { to: startOfDay(addBeijingDays(to, 1)).toISOString() }),
      },
    },
    { every: 5_000 },
  )
  const mayWrite = useCan('broadcasts:write')
  const narrowed = [label, q, from, to, activity].some((value) => value !== undefined)
  const open = (row: BroadcastListItem) =>
    void navigate(
      `/accounts/${accountId}/broadcasts/${row.id}${row.state === 'draft' && mayWrite ? '/edit' : ''}`,
    )
  return (
    <>
      <PageHeader title={t('nav.broadcasts')} sub={t('broadcasts.sub')} actions={<NewButton />} />
      <Tabs
        activeKey={view}
        onChange={(key) => filters.set('view', key === 'all' ? undefined : key)}
        size="small"
        items={(['all', 'queue', 'records'] as const).map((key) => ({
          key,
          label: t(`broadcasts.view.${key}`),
        }))}
      />
      <FilterBar>
        <SearchInput
          placeholder={t('broadcasts.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Select
          allowClear
          placeholder={t('common.state')}
          style={{ width: 150 }}
          value={label ?? null}
          onChange={(value?: string | null) => filters.set('label', value ?? undefined)}
          options={LABELS.map((value) => ({ value, label: t(`broadcasts.label.${value}`) }))}
        />
        <DatePicker.RangePicker
          allowEmpty={[true, true]}
          value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
          onChange={(days) => {
            filters.set('from', days?.[0]?.format('YYYY-MM-DD'))
            filters.set('to', days?.[1]?.format('YYYY-MM-DD'))
          }}
        />
        <ActivityPicker
          width={200}
          value={activity ?? null}
          onChange={(value) => filters.set('activity', value ?? undefined)}
        />
      </FilterBar>
      <CursorTable<BroadcastListItem>
        list={list}
        columns={useColumns()}
        rowKey="id"
        minWidth={900}
        onOpen={open}
        empty={
          narrowed ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t(`broadcasts.empty.${view as View}`)}
              hint={t('broadcasts.emptyHint')}
              action={<NewButton />}
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
  const allowed = useCan('broadcasts:write')
  const button = (
    <Button type="primary" icon={<PlusOutlined />} disabled={!allowed}>
      {t('broadcasts.new')}
    </Button>
  )
  if (!allowed) return <Tooltip title={t('common.notAllowed')}>{button}</Tooltip>
  return <Link to={`/accounts/${accountId}/broadcasts/new`}>{button}</Link>
}

function useColumns(): TableColumnsType<BroadcastListItem> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('broadcasts.name'),
      render: (_, row) => (
        <div className="w-cast-name">
          {row.coverUrl !== null && (
            <img src={row.coverUrl} alt="" referrerPolicy="no-referrer" loading="lazy" />
          )}
          <div style={{ minWidth: 0 }}>
            <strong>{row.name}</strong>
            <div className="w-faint w-small w-ellipsis">
              {t(`broadcasts.content.${row.contentKind}`)}
              {row.title !== '' && ` · ${row.title}`}
              {row.activity !== null && ` · ${row.activity.name}`}
              {row.groupCount > 1 && ` · ${t('massGroups.more', { count: row.groupCount })}`}
            </div>
          </div>
        </div>
      ),
    },
    { title: t('common.state'), width: 130, render: (_, row) => <LabelTag label={row.label} /> },
    { title: t('broadcasts.path'), width: 130, render: (_, row) => t(`broadcasts.pathShort.${row.path}`) },
    {
      title: t('broadcasts.result'),
      width: 230,
      render: (_, row) =>
        row.state === 'draft' ? (
          <span className="w-faint">—</span>
        ) : (
          <TotalsBar totals={row.totals} moving={isMoving(row.label)} />
        ),
    },
    {
      title: t('broadcasts.time'),
      width: 190,
      className: 'w-nowrap',
      render: (_, row) => (
        <>
          {row.nextAt === null
            ? format.instant(row.confirmedAt ?? row.createdAt)
            : t('massGroups.next', { at: format.instant(row.nextAt) })}
          <div className="w-faint w-small">
            {t(row.confirmedAt === null ? 'broadcasts.draftedBy' : 'broadcasts.by', {
              name: row.createdByName ?? t('common.system'),
            })}
          </div>
        </>
      ),
    },
  ]
}
