import { PlusOutlined } from '@ant-design/icons'
import { Button, Switch, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import type { Template } from '../rules/templates.ts'
import { countRowsEndpoint, type Dataset, listDatasetsEndpoint } from '../schema.ts'
import { DeclareDrawer } from './DeclareDrawer.tsx'
import { Templates } from './Templates.tsx'

/** 明细数据: what tables of facts there are, how much is in them. */
export function DatasetsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayManage = useCan('datasets:manage')
  const filters = useFilters(['archived'])
  const archived = filters.values.archived === 'true'
  const [template, setTemplate] = useState<Template | 'blank' | undefined>()
  const query = useEndpoint(
    listDatasetsEndpoint,
    { query: { archived: archived ? 'true' : 'false' } },
    { keepPrevious: true },
  )
  const columns = useColumns()
  const declare = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setTemplate('blank')}>
      {t('datasets.declare')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('nav.datasets')} sub={t('datasets.sub')} actions={declare} />
      <FilterBar>
        <Switch
          size="small"
          aria-label={t('datasets.showArchived')}
          checked={archived}
          onChange={(on) => filters.set('archived', on ? 'true' : undefined)}
        />
        <span className="w-soft">{t('datasets.showArchived')}</span>
      </FilterBar>
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState
                title={t(archived ? 'datasets.noneArchived' : 'datasets.empty')}
                {...(!archived && { hint: t(mayManage ? 'datasets.emptyHint' : 'datasets.emptyAsk') })}
                action={mayManage && !archived && <Templates onChoose={setTemplate} />}
              />
            ) : (
              <Table<Dataset>
                size="middle"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 720 }}
                rowClassName="w-clickable"
                onRow={({ key }) => ({ onClick: () => void navigate(`/datasets/${key}`) })}
              />
            )}
          </div>
        )}
      </Loaded>
      <DeclareDrawer
        template={template}
        onChoose={setTemplate}
        onClose={() => setTemplate(undefined)}
        onDeclared={({ key }) => void navigate(`/datasets/${key}`)}
      />
    </>
  )
}

function useColumns(): TableColumnsType<Dataset> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('common.name'),
      render: (_, row) => (
        <>
          <strong>{row.name}</strong>{' '}
          {row.archived && <StateTag tone="idle">{t('datasets.archived')}</StateTag>}
          <div className="w-faint w-mono">{row.key}</div>
        </>
      ),
    },
    {
      title: t('datasets.fields'),
      align: 'right',
      render: (_, row) => format.number(row.fields.length),
    },
    {
      title: t('datasets.rows'),
      align: 'right',
      render: (_, row) => <Counted of={row} what="rows" />,
    },
    {
      title: t('datasets.people'),
      align: 'right',
      render: (_, row) => <Counted of={row} what="people" />,
    },
    {
      title: t('datasets.retention'),
      render: (_, row) =>
        row.retentionDays === null
          ? t('datasets.keptForEver')
          : t('datasets.keptDays', { days: row.retentionDays }),
    },
    {
      title: t('common.createdAt'),
      className: 'w-nowrap',
      render: (_, row) => format.instant(row.createdAt),
    },
  ]
}

function Counted({ of, what }: { of: Dataset; what: 'rows' | 'people' }) {
  const format = useFormat()
  const query = useEndpoint(countRowsEndpoint, { params: { key: of.key }, query: {} }, { staleMs: 30_000 })
  return (
    <span className={query.data === undefined ? 'w-faint' : ''}>{format.number(query.data?.[what])}</span>
  )
}
