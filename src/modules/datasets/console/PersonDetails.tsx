import { Collapse } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList, useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { EmptyState, Loaded, NoPermissionState } from '../../../console/ui/states.tsx'
import {
  type Dataset,
  type DetailRow,
  getDatasetEndpoint,
  listPersonDatasetsEndpoint,
  listRowsEndpoint,
  type PersonDataset,
} from '../schema.ts'
import { CellText, fieldColumns, linesExpandable } from './cells.tsx'

/** 明细 of one person: a table for each dataset that holds rows of them, with lines to open and totals. */
export function PersonDetails({ contactId }: { contactId: string }) {
  const { t } = useTranslation()
  const allowed = useCan('datasets:read')
  const query = useEndpoint(listPersonDatasetsEndpoint, { params: { contactId } }, { enabled: allowed })
  const [opened, setOpened] = useState<string[] | undefined>()
  if (!allowed) return <NoPermissionState />
  return (
    <Loaded query={query} rows={3}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState compact title={t('datasets.personEmpty')} hint={t('datasets.personEmptyHint')} />
        ) : (
          <Collapse
            activeKey={opened ?? items.slice(0, 1).map(({ key }) => key)}
            onChange={(keys) => setOpened([keys].flat())}
            items={items.map((one) => ({
              key: one.key,
              label: <Heading of={one} />,
              children: <PersonRows contactId={contactId} of={one} />,
            }))}
          />
        )
      }
    </Loaded>
  )
}

function Heading({ of }: { of: PersonDataset }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="w-row" style={{ justifyContent: 'space-between' }}>
      <span>
        <strong>{of.name}</strong>{' '}
        <span className="w-soft">{t('datasets.rowCount', { number: format.number(of.rows) })}</span>
      </span>
      <span className="w-faint w-small">
        {format.day(of.firstAt)} – {format.day(of.lastAt)}
      </span>
    </div>
  )
}

function PersonRows({ contactId, of }: { contactId: string; of: PersonDataset }) {
  const query = useEndpoint(getDatasetEndpoint, { params: { key: of.key } }, { staleMs: 60_000 })
  return (
    <Loaded query={query} rows={3}>
      {(dataset) => (
        <>
          <Totals dataset={dataset} totals={of.totals} />
          <RowsOf contactId={contactId} dataset={dataset} />
        </>
      )}
    </Loaded>
  )
}

function Totals({ dataset, totals }: { dataset: Dataset; totals: Record<string, number> }) {
  const { t } = useTranslation()
  const summed = dataset.fields.filter((field) => field.level === 'row' && totals[field.key] !== undefined)
  if (summed.length === 0) return null
  return (
    <div className="w-row w-soft" style={{ marginBottom: 8 }}>
      {summed.map((field) => (
        <span key={field.key}>
          {t('datasets.total', { name: field.name })}{' '}
          <strong>
            <CellText field={field} value={totals[field.key]} />
          </strong>
        </span>
      ))}
    </div>
  )
}

function RowsOf({ contactId, dataset }: { contactId: string; dataset: Dataset }) {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useCursorList(listRowsEndpoint, {
    params: { key: dataset.key },
    query: { contactId, limit: 20 },
  })
  const of = (level: 'row' | 'line') => dataset.fields.filter((field) => field.level === level)
  return (
    <CursorTable<DetailRow>
      list={list}
      rowKey="key"
      minWidth={360 + of('row').length * 110}
      expandable={linesExpandable(dataset.hasLines, of('line'))}
      empty={<EmptyState compact title={t('datasets.noRows')} />}
      columns={[
        { title: t('datasets.key'), dataIndex: 'key', className: 'w-mono', ellipsis: true },
        {
          title: t('datasets.at'),
          render: (_, row) => format.instant(row.at),
          className: 'w-nowrap',
          width: 150,
        },
        ...fieldColumns<DetailRow>(of('row'), (row) => row.values),
      ]}
    />
  )
}
