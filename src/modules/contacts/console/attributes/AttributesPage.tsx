import { PlusOutlined } from '@ant-design/icons'
import { Button, Table, type TableColumnsType, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { FilterBar, SearchInput, useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { type Attribute, listAttributesEndpoint } from '../../schema.ts'
import { AttributeDrawer } from './AttributeDrawer.tsx'

/** 属性管理: what may be known of people, what it is called, and what came in that did not fit. */
export function AttributesPage() {
  const { t } = useTranslation()
  const mayManage = useCan('attributes:manage')
  const filters = useFilters(['q'])
  const [open, setOpen] = useState<string | undefined>()
  const query = useEndpoint(listAttributesEndpoint, {})
  const columns = useColumns()
  const declare = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen('')}>
      {t('attributes.declare')}
    </Button>
  )
  const wanted = filters.values.q?.toLowerCase() ?? ''
  const fits = ({ key, displayName }: Attribute) =>
    `${key} ${displayName ?? ''}`.toLowerCase().includes(wanted)
  return (
    <>
      <PageHeader title={t('attributes.title')} sub={t('attributes.sub')} actions={declare} />
      <FilterBar filters={filters}>
        <SearchInput
          placeholder={t('attributes.search')}
          value={filters.values.q}
          onChange={(value) => filters.set('q', value)}
        />
      </FilterBar>
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState title={t('attributes.empty')} hint={t('attributes.emptyHint')} action={declare} />
            ) : (
              <Table<Attribute>
                size="middle"
                rowKey="key"
                columns={columns}
                dataSource={items.filter(fits)}
                pagination={false}
                scroll={{ x: 760 }}
                rowClassName="w-clickable"
                onRow={(row) => ({ onClick: () => setOpen(row.key) })}
                locale={{ emptyText: t('common.noMatch') }}
              />
            )}
          </div>
        )}
      </Loaded>
      <AttributeDrawer
        key={open}
        open={open !== undefined}
        attribute={query.data?.items.find(({ key }) => key === open)}
        onClose={() => setOpen(undefined)}
      />
    </>
  )
}

function useColumns(): TableColumnsType<Attribute> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('attributes.attribute'),
      render: (_, { key, displayName }) => (
        <>
          <strong>{displayName ?? key}</strong>
          {displayName !== null && <div className="w-faint w-mono">{key}</div>}
        </>
      ),
    },
    { title: t('attributes.type'), width: 110, render: (_, { type }) => t(`attributes.types.${type}`) },
    {
      title: t('attributes.origin'),
      width: 110,
      render: (_, { origin }) => <span className="w-soft">{t(`attributes.origins.${origin}`)}</span>,
    },
    {
      title: t('attributes.state'),
      render: (_, row) => (
        <div className="w-row">
          {row.ignored && <StateTag tone="idle">{t('attributes.ignored')}</StateTag>}
          {row.personal && <StateTag tone="busy">{t('attributes.personal')}</StateTag>}
          {row.conflicts > 0 && (
            <Tooltip
              title={row.lastConflict && t('attributes.lastConflict', { value: row.lastConflict.value })}
            >
              <span>
                <StateTag tone="warn">
                  {t('attributes.conflicts', { count: row.conflicts, shown: format.number(row.conflicts) })}
                </StateTag>
              </span>
            </Tooltip>
          )}
        </div>
      ),
    },
    {
      title: t('attributes.createdAt'),
      className: 'w-nowrap',
      render: (_, { createdAt }) => format.instant(createdAt),
    },
  ]
}
