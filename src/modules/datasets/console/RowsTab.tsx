import { Input, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { DayRange, FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { type Dataset, type DetailRow, listRowsEndpoint } from '../schema.ts'
import { fieldColumns, linesExpandable } from './cells.tsx'

/** Rows as known now, those that happened last first. */
export function RowsTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const filters = useFilters(['rowKey', 'contactId', 'from', 'to'])
  const list = useCursorList(listRowsEndpoint, { params: { key: dataset.key }, query: { ...filters.values } })
  const fields = (level: 'row' | 'line') => dataset.fields.filter((field) => field.level === level)
  const { contactId } = filters.values
  return (
    <>
      <FilterBar filters={filters}>
        <SearchInput
          value={filters.values.rowKey}
          onChange={(value) => filters.set('rowKey', value)}
          placeholder={t('datasets.searchKey')}
        />
        <DayRange filters={filters} label={t('datasets.at')} />
        <Input.Search
          key={contactId}
          allowClear
          defaultValue={contactId}
          placeholder={t('datasets.searchPerson')}
          aria-label={t('datasets.searchPerson')}
          inputMode="numeric"
          onSearch={(text) =>
            filters.set('contactId', /^\d{1,18}$/.test(text.trim()) ? text.trim() : undefined)
          }
        />
      </FilterBar>
      <CursorTable<DetailRow>
        list={list}
        rowKey="key"
        minWidth={560 + fields('row').length * 110}
        columns={useColumns(dataset)}
        expandable={linesExpandable(dataset.hasLines, fields('line'))}
        empty={
          filters.isActive ? (
            <EmptyState title={t('datasets.noneFound')} />
          ) : (
            <EmptyState title={t('datasets.noRows')} hint={t('datasets.noRowsHint')} />
          )
        }
      />
    </>
  )
}

function useColumns(dataset: Dataset): TableColumnsType<DetailRow> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    { title: t('datasets.key'), dataIndex: 'key', className: 'w-mono', ellipsis: true, width: 180 },
    {
      title: t('datasets.at'),
      className: 'w-nowrap',
      width: 150,
      render: (_, row) => format.instant(row.at),
    },
    {
      title: t('datasets.person'),
      ellipsis: true,
      width: 140,
      render: (_, { contactId, contactName }) =>
        contactId === null ? (
          <span className="w-faint">{t('datasets.nobody')}</span>
        ) : (
          <Link to={`/customers/${contactId}`}>
            {contactName ?? t('datasets.personNumber', { id: contactId })}
          </Link>
        ),
    },
    ...fieldColumns<DetailRow>(
      dataset.fields.filter(({ level }) => level === 'row'),
      (row) => row.values,
    ),
    {
      title: t('datasets.receivedAt'),
      className: 'w-nowrap',
      width: 150,
      render: (_, row) => <span className="w-faint">{format.instant(row.receivedAt)}</span>,
    },
  ]
}
