import { Button, DatePicker, Select, Timeline } from 'antd'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpoint } from '../../../console/hooks.ts'
import { useAccounts } from '../../../console/session.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import type { ContactMerge } from '../../contacts/schema.ts'
import {
  contactEventNamesEndpoint,
  contactTimelineEndpoint,
  MERGED,
  type TimelineEntry,
  UNMERGED,
} from '../schema.ts'
import { ToldOf } from './ToldOf.tsx'
import { eventGist, eventName } from './words.ts'

const DAY_MS = 86_400_000
const dayStart = (day: string): number => Date.parse(`${day}T00:00:00+08:00`)

/** Everything a person did, across accounts and sources; merges stand where they happened. */
export function ContactTimeline({
  contactId,
  story,
}: {
  contactId: string
  /** How a merge is told. */
  story: (merge: ContactMerge) => ReactNode
}) {
  const { t } = useTranslation()
  const filters = useFilters(['names', 'from', 'until'])
  const { names, from, until } = filters.values
  const query = {
    ...(names && { names }),
    ...(from && { from: new Date(dayStart(from)).toISOString() }),
    ...(until && { until: new Date(dayStart(until) + DAY_MS).toISOString() }),
  }
  const list = useCursorList(contactTimelineEndpoint, { params: { contactId }, query }, { every: 15_000 })
  const { data } = useEndpoint(contactEventNamesEndpoint, { params: { contactId } })
  const date = (name: 'from' | 'until', label: string) => (
    <DatePicker
      placeholder={label}
      onChange={(_, day) => filters.set(name, typeof day === 'string' && day !== '' ? day : undefined)}
      value={filters.values[name] ? dayjs(filters.values[name]) : null}
    />
  )
  return (
    <section className="w-panel">
      <FilterBar filters={filters}>
        <Select
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          style={{ minWidth: 220 }}
          placeholder={t('people.eventFilter')}
          value={names?.split(',') ?? []}
          options={[
            ...(data?.items ?? [])
              .filter(({ name }) => !name.includes(','))
              .map(({ name, displayName }) => ({ value: name, label: displayName ?? eventName(name) })),
            { value: MERGED, label: t('people.mergedEvent') },
            { value: UNMERGED, label: t('people.unmergedEvent') },
          ]}
          onChange={(chosen: string[]) => filters.set('names', chosen.join(',') || undefined)}
        />
        {date('from', t('people.from'))}
        {date('until', t('people.until'))}
      </FilterBar>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState rows={5} />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <EmptyState
          compact
          title={filters.isActive ? t('common.noMatch') : t('people.timelineEmpty')}
          hint={filters.isActive ? t('common.noMatchHint') : t('people.timelineEmptyHint')}
        />
      )}
      <Timeline
        items={list.items.map((entry) => ({
          key: `${entry.name}-${entry.id}`,
          color: entry.merge === null ? 'gray' : 'var(--w-accent)',
          content: <Line entry={entry} story={story} />,
        }))}
      />
      {list.hasMore && (
        <Button size="small" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('common.loadMore')}
        </Button>
      )}
    </section>
  )
}

function Line({ entry, story }: { entry: TimelineEntry; story: (merge: ContactMerge) => ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accounts = useAccounts().data?.items ?? []
  if (entry.merge !== null) {
    return (
      <>
        <div className="w-soft">
          {t(entry.name === UNMERGED ? 'people.unmergedEvent' : 'people.mergedEvent')}
        </div>
        {story(entry.merge)}
      </>
    )
  }
  const gist = eventGist(entry)
  const where = [
    accounts.find(({ id }) => id === entry.accountId)?.name,
    entry.sourceName === null ? undefined : t('people.viaSource', { name: entry.sourceName }),
    entry.cameAs === null ? undefined : t('people.cameAs', { id: entry.cameAs }),
  ].filter(Boolean)
  return (
    <>
      <strong>{entry.displayName ?? eventName(entry.name)}</strong>
      {gist !== undefined && <span className="w-soft"> {gist}</span>}
      <ToldOf told={entry.told} accountId={entry.accountId} />
      <div className="w-faint w-small">{[format.second(entry.at), ...where].join(' · ')}</div>
    </>
  )
}
