import { PlusOutlined } from '@ant-design/icons'
import { Button, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccounts, useCan, useMe } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { Loaded, NoPermissionState } from '../../../console/ui/states.tsx'
import { listOperatorsEndpoint, type Operator } from '../schema.ts'
import { MemberDrawer } from './MemberDrawer.tsx'
import { RolesHelp } from './RolesHelp.tsx'

export function MembersPage() {
  const { t } = useTranslation()
  const allowed = useCan('operators:manage')
  const [edited, setEdited] = useState<Operator | 'new' | undefined>()
  const query = useEndpoint(listOperatorsEndpoint, {}, { enabled: allowed })
  const columns = useColumns()
  if (!allowed) return <NoPermissionState />
  return (
    <>
      <PageHeader
        title={t('operators.title')}
        sub={t('operators.sub')}
        actions={
          <>
            <RolesHelp />
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
              {t('operators.add')}
            </Button>
          </>
        }
      />
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            <Table<Operator>
              size="middle"
              rowKey="id"
              columns={columns}
              dataSource={items}
              pagination={false}
              scroll={{ x: 720 }}
              rowClassName="w-clickable"
              onRow={(row) => ({ onClick: () => setEdited(row) })}
            />
          </div>
        )}
      </Loaded>
      <MemberDrawer member={edited} onClose={() => setEdited(undefined)} />
    </>
  )
}

function useColumns(): TableColumnsType<Operator> {
  const { t } = useTranslation()
  const format = useFormat()
  const me = useMe()
  const accounts = useAccounts()
  const nameOf = (id: string) => accounts.data?.items.find((account) => account.id === id)?.name ?? id
  const accountsOf = (row: Operator) => {
    if (row.role === 'administrator' || row.allAccounts) return t('operators.allAccounts')
    return row.accountIds.length === 0 ? (
      <span className="w-faint">{t('operators.noAccounts')}</span>
    ) : (
      row.accountIds.map(nameOf).join('、')
    )
  }
  return [
    {
      title: t('operators.name'),
      render: (_, row) => (
        <>
          {row.name} {row.id === me.id && <span className="w-faint">({t('operators.you')})</span>}
          <div className="w-faint w-small">{row.email}</div>
        </>
      ),
    },
    { title: t('operators.role'), dataIndex: 'role', render: (_, row) => t(`roles.${row.role}`) },
    { title: t('operators.accounts'), render: (_, row) => accountsOf(row) },
    {
      title: t('common.state'),
      render: (_, row) => (
        <StateTag tone={row.disabled ? 'idle' : 'good'}>
          {t(row.disabled ? 'operators.disabled' : 'operators.active')}
        </StateTag>
      ),
    },
    {
      title: t('common.createdAt'),
      dataIndex: 'createdAt',
      className: 'w-nowrap',
      render: (at: string) => format.instant(at),
    },
  ]
}
