import { Input, Select, Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { ATTRIBUTE_TYPES, IDENTITIES, type PeopleImport } from '../../schema.ts'
import { ATTRIBUTE, type ColumnUse, type NewType } from './columns.ts'

type Attributes = readonly { key: string; displayName: string | null; type: string }[]
type Row = { index: number; column: string; use: ColumnUse; examples: string }

/** One line for each column of the file: what stands there, and what it becomes. */
export function ColumnTable({
  draft,
  attributes,
  uses,
  onChange,
}: {
  draft: PeopleImport
  attributes: Attributes
  uses: ColumnUse[]
  onChange: (uses: ColumnUse[]) => void
}) {
  const { t } = useTranslation()
  const rows = draft.columns.map((column, index): Row => {
    const cells = draft.sample.map((record) => record[index] ?? '').filter(Boolean)
    return { index, column, use: uses[index] ?? { becomes: '' }, examples: cells.slice(0, 3).join(' · ') }
  })
  const change = (index: number, use: ColumnUse) =>
    onChange(uses.map((one, at) => (at === index ? use : one)))
  return (
    <div className="w-table-panel">
      <Table<Row>
        size="small"
        rowKey="index"
        pagination={false}
        scroll={{ x: 800, y: 420 }}
        dataSource={rows}
        columns={[
          { title: t('imports.column'), dataIndex: 'column', width: 180, ellipsis: true },
          { title: t('imports.examples'), dataIndex: 'examples', ellipsis: true, className: 'w-soft' },
          {
            title: t('imports.becomes'),
            width: 440,
            render: (_, { index, column, use }) =>
              column === '' ? (
                t('imports.noHeading')
              ) : (
                <UseSelect
                  column={column}
                  attributes={attributes}
                  use={use}
                  onChange={(next) => change(index, next)}
                />
              ),
          },
        ]}
      />
    </div>
  )
}

function UseSelect({
  column,
  attributes,
  use,
  onChange,
}: {
  column: string
  attributes: Attributes
  use: ColumnUse
  onChange: (use: ColumnUse) => void
}) {
  const { t } = useTranslation()
  const fixed = (value: 'name' | 'tags') => ({ value, label: t(`imports.uses.${value}`) })
  return (
    <div className="w-row">
      <Select
        aria-label={column}
        showSearch={{ optionFilterProp: 'label' }}
        style={{ minWidth: 180 }}
        value={use.becomes}
        onChange={(becomes) =>
          onChange(becomes === 'new' ? { becomes, newKey: column, newType: 'text' } : { becomes })
        }
        options={[
          { value: '', label: t('imports.uses.ignore') },
          {
            label: t('imports.identity'),
            options: IDENTITIES.map((kind) => ({ value: kind, label: t(`imports.uses.${kind}`) })),
          },
          fixed('name'),
          fixed('tags'),
          {
            label: t('imports.attribute'),
            options: [
              { value: 'new', label: t('imports.uses.new') },
              ...attributes.map(({ key, displayName }) => ({
                value: ATTRIBUTE + key,
                label: displayName ?? key,
              })),
            ],
          },
        ]}
      />
      {use.becomes === 'new' && (
        <>
          <Input
            aria-label={t('imports.newKey')}
            style={{ width: 110 }}
            maxLength={128}
            value={use.newKey ?? ''}
            onChange={({ target }) => onChange({ ...use, newKey: target.value })}
          />
          <Select<NewType>
            aria-label={t('imports.newType')}
            style={{ width: 90 }}
            value={use.newType ?? 'text'}
            onChange={(newType) => onChange({ ...use, newType })}
            options={ATTRIBUTE_TYPES.map((type) => ({ value: type, label: t(`imports.types.${type}`) }))}
          />
        </>
      )}
    </div>
  )
}
