import { Select } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { DayRange, FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { addBeijingDays, startOfDay } from '../../../../kernel/beijing.ts'
import { ActivityPicker } from '../../../activities/console/index.ts'
import { type BroadcastListItem, LABELS, type Label, listBroadcastsEndpoint } from '../../schema.ts'
import { useColumns } from './columns.tsx'
import { GroupRows } from './GroupRows.tsx'

const NAMES = ['label', 'q', 'from', 'to', 'activity'] as const

/** 所有图文 and 队列图文: one row a send, opened to its groups. */
export function SendsList({ view, start }: { view: 'all' | 'queue'; start: ReactNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const accountId = useAccountId()
  const mayWrite = useCan('broadcasts:write')
  const filters = useFilters(NAMES)
  const { label, q, from, to, activity } = filters.values
  const list = useCursorList(
    listBroadcastsEndpoint,
    {
      params: { accountId },
      query: {
        view,
        ...(label && { label: label as Label }),
        ...(q && { q }),
        ...(activity && { activityId: activity }),
        ...(from && { from: startOfDay(from).toISOString() }),
        ...(to && { to: startOfDay(addBeijingDays(to, 1)).toISOString() }),
      },
    },
    { every: 5_000 },
  )
  const open = (row: BroadcastListItem) =>
    void navigate(
      `/accounts/${accountId}/broadcasts/${row.id}${row.state === 'draft' && mayWrite ? '/edit' : ''}`,
    )
  return (
    <>
      <FilterBar filters={filters}>
        <SearchInput
          placeholder={t('broadcasts.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Select
          allowClear
          placeholder={t('common.state')}
          aria-label={t('common.state')}
          style={{ width: 150 }}
          value={label ?? null}
          onChange={(value?: string | null) => filters.set('label', value ?? undefined)}
          options={LABELS.map((value) => ({ value, label: t(`broadcasts.label.${value}`) }))}
        />
        <DayRange filters={filters} />
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
        minWidth={960}
        onOpen={open}
        expandable={{
          rowExpandable: ({ groups }) => groups.flatMap(({ arms }) => arms).length > 1,
          expandedRowRender: (row) => <GroupRows broadcast={row} />,
        }}
        empty={
          filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t(`broadcasts.empty.${view}`)}
              hint={t(`broadcasts.emptyHint.${view}`)}
              action={start}
            />
          )
        }
      />
    </>
  )
}
