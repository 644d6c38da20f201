import { CloseOutlined } from '@ant-design/icons'
import { Button, DatePicker, Input } from 'antd'
import dayjs from 'dayjs'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'

type Filters<Names extends string> = {
  values: Partial<Record<Names, string>>
  set(name: Names, value: string | undefined): void
  /** Several at once: one after the other, only the last would be kept. */
  change(values: Partial<Record<Names, string | undefined>>): void
  clear(): void
  isActive: boolean
}

/** Filters live in the address, so a list can be shared, reloaded and gone back to. */
export function useFilters<Names extends string>(names: readonly Names[]): Filters<Names> {
  const [search, setSearch] = useSearchParams()
  const values: Partial<Record<Names, string>> = {}
  for (const name of names) {
    const value = search.get(name)
    if (value !== null && value !== '') values[name] = value
  }
  const change: Filters<Names>['change'] = (changed) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries<string | undefined>(changed))
          if (value === undefined || value === '') next.delete(name)
          else next.set(name, value)
        return next
      },
      { replace: true },
    )
  return {
    values,
    isActive: Object.keys(values).length > 0,
    change,
    set: (name, value) => change({ [name]: value } as Partial<Record<Names, string | undefined>>),
    clear: () => change(Object.fromEntries(names.map((name) => [name, undefined])) as typeof values),
  }
}

export function FilterBar({
  children,
  end,
  filters,
}: {
  children: ReactNode
  end?: ReactNode
  filters?: Filters<never> | Filters<string>
}) {
  const { t } = useTranslation()
  return (
    <div className="w-filter-bar" role="search">
      {children}
      {filters?.isActive === true && (
        <Button type="text" icon={<CloseOutlined />} onClick={filters.clear}>
          {t('common.clearFilters')}
        </Button>
      )}
      {end !== undefined && <span className="w-filter-end">{end}</span>}
    </div>
  )
}

const dayOf = (day: string | undefined) => (day === undefined ? null : dayjs(day))

/** The days `from` and `to` of a list, either end open. */
export function DayRange({
  filters: { values, change },
  label,
  max,
}: {
  filters: Pick<Filters<'from' | 'to'>, 'values' | 'change'>
  label?: string
  max?: string
}) {
  const { from, to } = values
  // new objects would be new values: what is being typed would be forgotten whenever the list is read again
  const days = useMemo<[ReturnType<typeof dayOf>, ReturnType<typeof dayOf>]>(
    () => [dayOf(from), dayOf(to)],
    [from, to],
  )
  return (
    <DatePicker.RangePicker
      allowEmpty={[true, true]}
      aria-label={label}
      value={days}
      onChange={(chosen) =>
        change({ from: chosen?.[0]?.format('YYYY-MM-DD'), to: chosen?.[1]?.format('YYYY-MM-DD') })
      }
      {...(max !== undefined && { maxDate: dayjs(max) })}
    />
  )
}

/** A search field that asks once the typing pauses, not at every key. */
export function SearchInput({
  value,
  onChange,
  placeholder,
}: {
  value: string | undefined
  onChange: (value: string | undefined) => void
  placeholder: string
}) {
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  useEffect(() => {
    const trimmed = text.trim()
    if (trimmed === (value ?? '')) return
    const timer = setTimeout(() => onChange(trimmed === '' ? undefined : trimmed), 300)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return (
    <Input
      allowClear
      type="search"
      value={text}
      placeholder={placeholder}
      aria-label={placeholder}
      onChange={(event) => setText(event.target.value)}
    />
  )
}
