import { Button, Segmented, Select, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useBusinessNow } from '../../../../console/clock.ts'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState, NoPermissionState } from '../../../../console/ui/states.tsx'
import { listRegisteredEventsEndpoint, type RegisteredEvent } from '../../schema/registry.ts'
import { EventDrawer } from './EventDrawer.tsx'
import { titleOf } from './words.ts'

const SORTS = ['volume', 'lastSeen', 'name'] as const
const SHOWN = ['all', 'used', 'ignored'] as const

/** 事件与明细: what came in, by name. */
export function EventsPage() {
  const { t } = useTranslation()
  return useCan('events:read') ? <EventList /> : <NoPermissionState what={t('states.noPermissionHint')} />
}

function EventList() {
  const { t } = useTranslation()
  const filters = useFilters(['q', 'show', 'sort', 'event'])
  const { q, event } = filters.values
  const show = SHOWN.find((one) => one === filters.values.show) ?? 'all'
  const sort = SORTS.find((one) => one === filters.values.sort) ?? 'volume'
  const list = useCursorList(
    listRegisteredEventsEndpoint,
    {
      query: {
        sort,
        ...(q && { q }),
        ...(show !== 'all' && { ignored: show === 'ignored' ? 'true' : 'false' }),
      },
    },
    { every: 10_000 },
  )
  const [opened, setOpened] = useState<RegisteredEvent | undefined>()
  const open = (row: RegisteredEvent | undefined) => {
    setOpened(row)
    filters.set('event', row?.name)
  }
  const sources = useCan('sources:read') && (
    <Link to="/settings/sources">
      <Button>{t('registry.live')}</Button>
    </Link>
  )
  return (
    <>
      <PageHeader title={t('registry.title')} sub={t('registry.sub')} actions={sources} />
      <FilterBar>
        <SearchInput
          placeholder={t('registry.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Segmented
          value={show}
          onChange={(next) => filters.set('show', next === 'all' ? undefined : next)}
          options={SHOWN.map((value) => ({ value, label: t(`registry.show.${value}`) }))}
        />
        <Select
          value={sort}
          style={{ width: 130 }}
          onChange={(next) => filters.set('sort', next)}
          options={SORTS.map((value) => ({ value, label: t(`registry.sort.${value}`) }))}
        />
      </FilterBar>
      <CursorTable<RegisteredEvent>
        list={list}
        columns={useColumns()}
        rowKey="name"
        minWidth={760}
        onOpen={open}
        empty={
          q || show !== 'all' ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('registry.empty')} hint={t('registry.emptyHint')} action={sources} />
          )
        }
      />
      <EventDrawer
        name={event ?? opened?.name}
        isOpen={event !== undefined}
        onClose={() => open(undefined)}
      />
    </>
  )
}

function useColumns(): TableColumnsType<RegisteredEvent> {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  return [
    {
      title: t('registry.event'),
      render: (_, row) => (
        <>
          <strong>{titleOf(row)}</strong>{' '}
          {row.ignored && <StateTag tone="idle">{t('registry.ignored')}</StateTag>}
          {titleOf(row) !== row.name && <div className="w-faint w-mono">{row.name}</div>}
        </>
      ),
    },
    {
      title: t('registry.volume'),
      align: 'right',
      render: (_, { volume }) => format.number(volume),
    },
    {
      title: t('registry.properties'),
      align: 'right',
      render: (_, row) => (
        <>
          {format.number(row.properties)}
          {row.conflicts > 0 && (
            <div className="w-small" style={{ color: 'var(--w-warn)' }}>
              {t('registry.conflicts', { count: row.conflicts })}
            </div>
          )}
        </>
      ),
    },
    { title: t('registry.firstSeen'), render: (_, row) => format.instant(row.firstSeenAt) },
    {
      title: t('registry.lastSeen'),
      render: (_, row) => (
        <span title={format.second(row.lastSeenAt)}>{format.ago(row.lastSeenAt, now)}</span>
      ),
    },
  ]
}
