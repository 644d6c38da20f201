import { CloseOutlined, FilterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../../console/hooks.ts'
import { listRegisteredPropertiesEndpoint, suggestPropertyValuesEndpoint } from '../../../../ingest/schema.ts'
import type { EventMatch, PropertyFilter } from '../../../schema/rule.ts'
import { firstTest } from '../../rule/blank.ts'
import { useBuilder } from '../context.ts'
import { AccountField, type FieldProps, Pick, Word, withAccount } from './parts.tsx'
import { TestField } from './TestField.tsx'

/** An event by its display name, of an account, with filters on its properties. */
export function EventField<T extends EventMatch>({ value, onChange }: FieldProps<T>) {
  const { t } = useTranslation()
  const { catalogue } = useBuilder()
  return (
    <>
      <Pick<string>
        label={t('segments.chooseEvent')}
        search
        value={value.event}
        options={catalogue.eventOptions(value.event)}
        onChange={(event) => onChange({ ...value, event, where: [] })}
      />
      <AccountField value={value.accountId} onChange={(id) => onChange(withAccount(value, id))} />
      <Filters value={value} onChange={onChange} />
    </>
  )
}

const MOST_FILTERS = 20

function Filters<T extends EventMatch>({ value, onChange }: FieldProps<T>) {
  const { t } = useTranslation()
  const { readOnly } = useBuilder()
  const change = (where: PropertyFilter[]) => onChange({ ...value, where })
  const add = () => change([...value.where, { property: '', type: 'text', test: { op: 'is', values: [] } }])
  return (
    <>
      {value.where.map((filter, index) => (
        <FilterField
          key={index}
          event={value.event}
          value={filter}
          onChange={(next) => change(value.where.with(index, next))}
          onRemove={() => change(value.where.toSpliced(index, 1))}
        />
      ))}
      {!readOnly && value.event !== '' && value.where.length < MOST_FILTERS && (
        <Button type="link" size="small" icon={<FilterOutlined />} onClick={add}>
          {t('segments.addFilter')}
        </Button>
      )}
    </>
  )
}

const TYPES = ['text', 'number', 'boolean', 'instant'] as const
type PropertyType = PropertyFilter['type']
const readAs = (type: string | undefined): PropertyType => TYPES.find((one) => one === type) ?? 'text'

export const useProperties = (event: string) =>
  useEndpoint(
    listRegisteredPropertiesEndpoint,
    { params: { name: event } },
    { enabled: event !== '', staleMs: 60_000 },
  )

/** Where the registry gives no name, the property's own. */
export function usePropertyOptions(event: string, current: string) {
  const { t } = useTranslation()
  const { data } = useProperties(event)
  const known = (data?.items ?? []).map(({ name, displayName, type }) => ({
    value: name,
    label: displayName ?? name,
    note: t(`segments.type.${readAs(type)}`),
    type: readAs(type),
  }))
  if (current === '' || known.some(({ value }) => value === current)) return known
  return [...known, { value: current, label: current, note: t('segments.notSeen'), type: readAs('text') }]
}

function FilterField({
  event,
  value,
  onChange,
  onRemove,
}: FieldProps<PropertyFilter> & { event: string; onRemove: () => void }) {
  const { t } = useTranslation()
  const { readOnly } = useBuilder()
  const [q, setQ] = useState('')
  const properties = usePropertyOptions(event, value.property)
  const values = useEndpoint(
    suggestPropertyValuesEndpoint,
    { params: { name: event, property: value.property }, query: q === '' ? {} : { q } },
    { enabled: event !== '' && value.property !== '', staleMs: 60_000, keepPrevious: true },
  )
  const suggestions = (values.data?.items ?? []).map((one) => ({
    value: one.value,
    label: one.value,
    note: t('segments.seen', { count: one.count }),
  }))
  return (
    <span className="w-rule-filter">
      <Pick<string>
        label={t('segments.chooseProperty')}
        search
        value={value.property}
        options={properties}
        onChange={(property) => {
          const type = properties.find((one) => one.value === property)?.type ?? 'text'
          onChange({ property, type, test: firstTest(type) })
        }}
      />
      <Pick<PropertyType>
        label={t('segments.readAs')}
        value={value.type}
        options={TYPES.map((type) => ({ value: type, label: t(`segments.type.${type}`) }))}
        onChange={(type) => onChange({ ...value, type, test: firstTest(type) })}
      />
      <TestField
        type={value.type}
        value={value.test}
        suggestions={{ options: suggestions, onSearch: setQ }}
        onChange={(test) => onChange({ ...value, test })}
      />
      {!readOnly && <RemoveButton onClick={onRemove} />}
    </span>
  )
}

export function RemoveButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation()
  return (
    <Button
      type="text"
      size="small"
      icon={<CloseOutlined />}
      aria-label={t('segments.removeFilter')}
      onClick={onClick}
    />
  )
}

export const Comma = () => {
  const { t } = useTranslation()
  return <Word>{t('segmentWords.comma')}</Word>
}
