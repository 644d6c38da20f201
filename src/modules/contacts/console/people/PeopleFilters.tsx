import { DatePicker, Input, Select, Space } from 'antd'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccounts } from '../../../../console/session.ts'
import { FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { IDENTITY_KINDS, listFacetsEndpoint } from '../../schema.ts'

const NAMES = ['q', 'account', 'following', 'tag', 'attribute', 'value', 'identity', 'from', 'until'] as const
export const usePeopleFilters = () => useFilters(NAMES)
type Filters = ReturnType<typeof usePeopleFilters>

/** The first instant of a Beijing day, and of the one after it. */
const dayStart = (day: string) => new Date(`${day}T00:00:00+08:00`).toISOString()
const dayEnd = (day: string) => new Date(Date.parse(dayStart(day)) + 86_400_000).toISOString()

/** What the address says, as the API asks it. */
export function peopleQuery({ values }: Filters) {
  const { q, account, following, tag, attribute, value, identity, from, until } = values
  return {
    ...(q && { q }),
    ...(account && { accountId: account }),
    ...(following && { following: following as 'true' | 'false' }),
    ...(tag && (tag.includes(':') ? { wechatTag: tag } : { tagId: tag })),
    ...(attribute && value && { attribute, value }),
    ...(identity && { identity: identity as (typeof IDENTITY_KINDS)[number] }),
    ...(from && { createdFrom: dayStart(from) }),
    ...(until && { createdUntil: dayEnd(until) }),
  }
}

export function PeopleFilters({ filters, end }: { filters: Filters; end: ReactNode }) {
  const { t } = useTranslation()
  const { values, set } = filters
  const accounts = useAccounts().data?.items ?? []
  const accountName = (id: string) => accounts.find((one) => one.id === id)?.name ?? `#${id}`
  const facets = useEndpoint(listFacetsEndpoint, {}, { staleMs: 60_000 }).data
  return (
    <FilterBar filters={filters} end={end}>
      <SearchInput placeholder={t('people.search')} value={values.q} onChange={(q) => set('q', q)} />
      <Choice
        placeholder={t('people.account')}
        value={values.account}
        options={accounts.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(next) => set('account', next)}
      />
      <Choice
        placeholder={t('people.following')}
        value={values.following}
        options={[
          { value: 'true', label: t('fans.isFollowing') },
          { value: 'false', label: t('fans.notFollowing') },
        ]}
        onChange={(next) => set('following', next)}
      />
      <Choice
        placeholder={t('people.ownTag')}
        value={values.tag}
        options={[
          ...(facets?.tags ?? []).map(({ id, name, groupName }) => ({
            value: id,
            label: groupName === null ? name : `${groupName} / ${name}`,
          })),
          ...(facets?.wechatTags ?? []).map(({ accountId, tagId, name }) => ({
            value: `${accountId}:${tagId}`,
            label: `${t('people.wechatTag')} · ${accountName(accountId)} / ${name}`,
          })),
        ]}
        onChange={(next) => set('tag', next)}
      />
      <Choice
        placeholder={t('people.identity')}
        value={values.identity}
        options={IDENTITY_KINDS.map((kind) => ({ value: kind, label: t(`people.kinds.${kind}`) }))}
        onChange={(next) => set('identity', next)}
      />
      <AttributeFilter filters={filters} attributes={facets?.attributes ?? []} />
      <DatePicker
        placeholder={t('people.createdFrom')}
        onChange={(_, day) => set('from', typeof day === 'string' && day !== '' ? day : undefined)}
        value={values.from ? dayjs(values.from) : null}
      />
      <DatePicker
        placeholder={t('people.createdUntil')}
        onChange={(_, day) => set('until', typeof day === 'string' && day !== '' ? day : undefined)}
        value={values.until ? dayjs(values.until) : null}
      />
    </FilterBar>
  )
}

function Choice({
  placeholder,
  value,
  options,
  onChange,
}: {
  placeholder: string
  value: string | undefined
  options: { value: string; label: string }[]
  onChange: (value: string | undefined) => void
}) {
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={placeholder}
      aria-label={placeholder}
      style={{ width: 140 }}
      popupMatchSelectWidth={false}
      value={value ?? null}
      options={options}
      onChange={(next?: string | null) => onChange(next ?? undefined)}
    />
  )
}

function AttributeFilter({
  filters: { values, set },
  attributes,
}: {
  filters: Filters
  attributes: readonly { key: string; displayName: string | null; type: string }[]
}) {
  const { t } = useTranslation()
  const type = attributes.find(({ key }) => key === values.attribute)?.type
  return (
    <Space.Compact>
      <Choice
        placeholder={t('people.attribute')}
        value={values.attribute}
        options={attributes.map(({ key, displayName }) => ({ value: key, label: displayName ?? key }))}
        onChange={(next) => {
          set('attribute', next)
          if (next === undefined) set('value', undefined)
        }}
      />
      {values.attribute !== undefined && type === 'boolean' && (
        <Choice
          placeholder={t('people.attributeIs')}
          value={values.value}
          options={[
            { value: 'true', label: t('common.yes') },
            { value: 'false', label: t('common.no') },
          ]}
          onChange={(next) => set('value', next)}
        />
      )}
      {values.attribute !== undefined && type !== 'boolean' && (
        <Input.Search
          key={values.attribute}
          allowClear
          style={{ width: 150 }}
          placeholder={t('people.attributeIs')}
          defaultValue={values.value ?? ''}
          onSearch={(text) => set('value', text.trim() || undefined)}
        />
      )}
    </Space.Compact>
  )
}
