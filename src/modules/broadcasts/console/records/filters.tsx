import { Select } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccounts } from '../../../../console/session.ts'
import { DayRange, FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { ActivityPicker } from '../../../activities/console/index.ts'
import { CONTENT_KINDS } from '../../schema/records.ts'
import { LABELS, type Label } from '../../schema.ts'

type Kind = (typeof CONTENT_KINDS)[number]

export const useRecordFilters = () =>
  useFilters(['view', 'account', 'from', 'to', 'label', 'kind', 'activity', 'q', 'by'])
export type RecordFilters = ReturnType<typeof useRecordFilters>

/** What the page's filters ask the server for, but for the days. */
export function askedBy({ values }: RecordFilters) {
  const { account, label, kind, activity, q } = values
  return {
    ...(account && { accountId: account }),
    ...(label && { label: label as Label }),
    ...(kind && { kind: kind as Kind }),
    ...(activity && { activityId: activity }),
    ...(q && { q }),
  }
}

const CLEARED = ['from', 'to', 'label', 'kind', 'activity', 'q'] as const

export function RecordFilterBar({
  filters,
  fixedAccount = false,
  end,
}: {
  filters: RecordFilters
  /** Of one account, which is not to be chosen. */
  fixedAccount?: boolean
  end?: ReactNode
}) {
  const { t } = useTranslation()
  const cleared = useFilters(fixedAccount ? CLEARED : [...CLEARED, 'account'])
  const { values, set } = filters
  const accounts = useAccounts().data?.items ?? []
  return (
    <FilterBar filters={cleared} end={end}>
      <SearchInput
        placeholder={t('massRecords.search')}
        value={values.q}
        onChange={(value) => set('q', value)}
      />
      {!fixedAccount && (
        <Select
          allowClear
          placeholder={t('massRecords.account')}
          aria-label={t('massRecords.account')}
          style={{ width: 170 }}
          value={values.account ?? null}
          onChange={(value?: string | null) => set('account', value ?? undefined)}
          options={accounts.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <DayRange filters={filters} />
      <Select
        allowClear
        placeholder={t('common.state')}
        aria-label={t('common.state')}
        style={{ width: 140 }}
        value={values.label ?? null}
        onChange={(value?: string | null) => set('label', value ?? undefined)}
        options={LABELS.filter((label) => label !== 'draft').map((value) => ({
          value,
          label: t(`broadcasts.label.${value}`),
        }))}
      />
      <Select
        allowClear
        placeholder={t('massRecords.kind')}
        aria-label={t('massRecords.kind')}
        style={{ width: 110 }}
        value={values.kind ?? null}
        onChange={(value?: string | null) => set('kind', value ?? undefined)}
        options={CONTENT_KINDS.map((value) => ({ value, label: t(`broadcasts.content.${value}`) }))}
      />
      <ActivityPicker
        width={190}
        value={values.activity ?? null}
        onChange={(value) => set('activity', value ?? undefined)}
      />
    </FilterBar>
  )
}
