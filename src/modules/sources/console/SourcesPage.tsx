import { PlusOutlined } from '@ant-design/icons'
import { Button, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useBusinessNow } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded, NoPermissionState } from '../../../console/ui/states.tsx'
import { listSourcesEndpoint, type Source } from '../schema.ts'
import { CreateSourceModal } from './SourceForm.tsx'
import { SourceState } from './SourceState.tsx'

export function SourcesPage() {
  const { t } = useTranslation()
  return useCan('sources:read') ? <SourceList /> : <NoPermissionState what={t('states.noPermissionHint')} />
}

function SourceList() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayManage = useCan('sources:manage')
  const [making, setMaking] = useState(false)
  const query = useEndpoint(listSourcesEndpoint, {}, { every: 5_000 })
  const columns = useColumns()
  const create = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('sources.create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('sources.title')} sub={t('sources.sub')} actions={create} />
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState
                title={t('sources.empty')}
                hint={t(mayManage ? 'sources.emptyHint' : 'sources.emptyAsk')}
                action={create}
              />
            ) : (
              <Table<Source>
                size="middle"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 860 }}
                rowClassName="w-clickable"
                onRow={({ id }) => ({ onClick: () => void navigate(`/settings/sources/${id}?tab=live`) })}
              />
            )}
          </div>
        )}
      </Loaded>
      <CreateSourceModal
        open={making}
        onClose={() => setMaking(false)}
        onCreated={({ id, keys }) => void navigate(`/settings/sources/${id}`, { state: { keys } })}
      />
    </>
  )
}

function useColumns(): TableColumnsType<Source> {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  return [
    {
      title: t('sources.source'),
      render: (_, row) => (
        <>
          <strong>{row.name}</strong>
          <div className="w-faint w-small">{t(`sources.kind.${row.kind}`)}</div>
        </>
      ),
    },
    {
      title: t('sources.account'),
      render: (_, row) => row.accountName ?? <span className="w-faint">{t('sources.noAccount')}</span>,
    },
    { title: t('common.state'), render: (_, row) => <SourceState source={row} /> },
    {
      title: t('sources.lastReceived'),
      render: (_, row) =>
        row.lastReceivedAt === null ? (
          <span className="w-faint">{t('sources.never')}</span>
        ) : (
          <span title={format.second(row.lastReceivedAt)}>{format.ago(row.lastReceivedAt, now)}</span>
        ),
    },
    {
      title: t('sources.lastDay'),
      align: 'right',
      render: (_, row) => (
        <>
          {format.number(row.lastDay.accepted)}
          {row.lastDay.rejected > 0 && (
            <div className="w-small" style={{ color: 'var(--w-bad)' }}>
              {t('sources.rejected')} {format.number(row.lastDay.rejected)}
            </div>
          )}
        </>
      ),
    },
  ]
}
