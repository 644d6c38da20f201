import { PlusOutlined } from '@ant-design/icons'
import { Button, Switch, Table, type TableColumnsType, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccounts, useCan } from '../../../console/session.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { listMiniProgramsEndpoint, type MiniProgram } from '../schema.ts'
import { MiniProgramDrawer } from './MiniProgramDrawer.tsx'

export function MiniProgramsPage() {
  const { t } = useTranslation()
  const mayManage = useCan('accounts:manage')
  const filters = useFilters(['archived'])
  const archived = filters.values.archived === 'true'
  const [edited, setEdited] = useState<string | undefined>()
  const query = useEndpoint(
    listMiniProgramsEndpoint,
    { query: archived ? { archived: 'true' } : {} },
    { keepPrevious: true },
  )
  const columns = useColumns()
  const bind = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
      {t('miniPrograms.bind')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('miniPrograms.title')} sub={t('miniPrograms.sub')} actions={bind} />
      <FilterBar>
        <Switch
          size="small"
          aria-label={t('miniPrograms.showArchived')}
          checked={archived}
          onChange={(on) => filters.set('archived', on ? 'true' : undefined)}
        />
        <span className="w-soft">{t('miniPrograms.showArchived')}</span>
      </FilterBar>
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState
                title={t('miniPrograms.empty')}
                hint={t(mayManage ? 'miniPrograms.emptyHint' : 'miniPrograms.emptyAsk')}
                action={bind}
              />
            ) : (
              <Table<MiniProgram>
                size="middle"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 720 }}
                {...(mayManage && {
                  rowClassName: 'w-clickable',
                  onRow: (row: MiniProgram) => ({ onClick: () => setEdited(row.id) }),
                })}
              />
            )}
          </div>
        )}
      </Loaded>
      <MiniProgramDrawer
        edited={edited === 'new' ? 'new' : query.data?.items.find(({ id }) => id === edited)}
        onEdit={setEdited}
      />
    </>
  )
}

function useColumns(): TableColumnsType<MiniProgram> {
  const { t } = useTranslation()
  const { data } = useAccounts()
  const nameOf = (id: string) => data?.items.find((account) => account.id === id)?.name ?? id
  return [
    {
      title: t('miniPrograms.miniProgram'),
      render: (_, row) => (
        <>
          <strong>{row.name}</strong>{' '}
          {row.archived && <StateTag tone="idle">{t('miniPrograms.archived')}</StateTag>}
          <div className="w-faint w-mono">{row.appid}</div>
        </>
      ),
    },
    {
      title: t('miniPrograms.links'),
      render: (_, row) =>
        row.links.length === 0 ? (
          <span className="w-faint">{t('miniPrograms.noLinks')}</span>
        ) : (
          <div className="w-row">
            {row.links.map(({ accountId }) => (
              <Tag key={accountId} style={{ margin: 0 }}>
                {nameOf(accountId)}
              </Tag>
            ))}
          </div>
        ),
    },
    {
      title: t('miniPrograms.note'),
      dataIndex: 'note',
      render: (note: string) => note || <span className="w-faint">—</span>,
    },
  ]
}
