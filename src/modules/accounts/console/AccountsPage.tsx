import { PlusOutlined } from '@ant-design/icons'
import { Button, Switch, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { FilterBar, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type AccountSummary, listAccountsEndpoint } from '../schema.ts'
import { AccountStateTag, CallbackTag, CredentialTag } from './AccountTags.tsx'

export function AccountsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayManage = useCan('accounts:manage')
  const filters = useFilters(['archived'])
  const archived = filters.values.archived === 'true'
  const query = useEndpoint(
    listAccountsEndpoint,
    { query: archived ? { archived: 'true' } : {} },
    { keepPrevious: true },
  )
  const columns = useColumns()
  const bind = mayManage && (
    <Link to="/settings/accounts/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t('shell.bindAccount')}
      </Button>
    </Link>
  )
  return (
    <>
      <PageHeader title={t('accounts.title')} sub={t('accounts.sub')} actions={bind} />
      <FilterBar>
        <Switch
          size="small"
          checked={archived}
          onChange={(on) => filters.set('archived', on ? 'true' : undefined)}
        />
        <span className="w-soft">{t('accounts.showArchived')}</span>
      </FilterBar>
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            {items.length === 0 ? (
              <EmptyState
                title={t('accounts.empty')}
                hint={t(mayManage ? 'shell.welcomeBind' : 'shell.welcomeAsk')}
                action={bind}
              />
            ) : (
              <Table<AccountSummary>
                size="middle"
                rowKey="id"
                columns={columns}
                dataSource={items}
                pagination={false}
                scroll={{ x: 860 }}
                rowClassName="w-clickable"
                onRow={(row) => ({ onClick: () => void navigate(`/settings/accounts/${row.id}`) })}
              />
            )}
          </div>
        )}
      </Loaded>
    </>
  )
}

function useColumns(): TableColumnsType<AccountSummary> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('accounts.account'),
      render: (_, row) => (
        <>
          <strong>{row.name}</strong>
          <div className="w-faint w-mono">{row.appid}</div>
        </>
      ),
    },
    {
      title: t('accounts.type'),
      render: (_, row) => (
        <>
          {t(`accounts.kind.${row.kind}`)}
          <div className="w-faint w-small">
            {t(row.verified ? 'accounts.verified' : 'accounts.notVerified')}
          </div>
        </>
      ),
    },
    {
      title: t('accounts.fansFollowing'),
      dataIndex: 'fansFollowing',
      align: 'right',
      render: (count: number) => format.number(count),
    },
    { title: t('common.state'), render: (_, row) => <AccountStateTag account={row} /> },
    { title: t('accounts.credentialTitle'), render: (_, row) => <CredentialTag account={row} /> },
    { title: t('accounts.callbackTitle'), render: (_, row) => <CallbackTag account={row} /> },
  ]
}
