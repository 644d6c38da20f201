import { SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { MAX_COLUMNS } from '../../schema.ts'
import { DEFAULT_COLUMNS, FIXED_COLUMNS, type FixedColumn } from './columns.tsx'

const KEY = 'weida.people.columns'

/** The columns an operator chose in this browser, where the address names none. */
export function rememberedColumns(): readonly string[] {
  const stored = localStorage.getItem(KEY)
  return stored === null ? DEFAULT_COLUMNS : stored.split(',').filter(Boolean)
}

const LABELS: Record<FixedColumn, string> = {
  phone: 'people.kinds.phone',
  user: 'people.kinds.user',
  accounts: 'people.accounts',
  tags: 'people.tags',
  kinds: 'people.identities',
  created: 'people.created',
}

export function ColumnChooser({
  chosen,
  attributes,
  onChange,
}: {
  chosen: readonly string[]
  attributes: readonly { key: string; displayName: string | null }[]
  onChange: (columns: readonly string[]) => void
}) {
  const { t } = useTranslation()
  const full = chosen.filter((name) => name.startsWith('a:')).length >= MAX_COLUMNS
  const options = [
    ...FIXED_COLUMNS.map((value) => ({ value: value as string, label: t(LABELS[value] as 'people.tags') })),
    ...attributes
      .filter(({ key }) => !key.includes(','))
      .map(({ key, displayName }) => ({
        value: `a:${key}`,
        label: displayName ?? key,
        disabled: full && !chosen.includes(`a:${key}`),
      })),
  ]
  const change = (values: string[]) => {
    const ordered = options.map(({ value }) => value).filter((value) => values.includes(value))
    localStorage.setItem(KEY, ordered.join(','))
    onChange(ordered)
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div style={{ maxHeight: 360, maxWidth: 280, overflow: 'auto' }}>
          <Checkbox.Group
            style={{ display: 'grid', gap: 6 }}
            value={[...chosen]}
            options={options}
            onChange={change}
          />
          <p className="w-faint w-small">{t('people.columnsMost', { number: MAX_COLUMNS })}</p>
        </div>
      }
    >
      <Button icon={<SettingOutlined />}>{t('people.columns')}</Button>
    </Popover>
  )
}
