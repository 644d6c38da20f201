import { CloseOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'

type Filters<Names extends string> = {
  values: Partial<Record<Names, string>>
  set(name: Names, value: string | undefined): void
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
  const change = (edit: (next: URLSearchParams) => void) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        edit(next)
        return next
      },
      { replace: true },
    )
  return {
    values,
    isActive: Object.keys(values).length > 0,
    set: (name, value) =>
      change((next) => {
        if (value === undefined || value === '') next.delete(name)
        else next.set(name, value)
      }),
    clear: () => change((next) => names.forEach((name) => void next.delete(name))),
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
