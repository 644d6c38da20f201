import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, Outlet } from 'react-router'
import { lastAccount, rememberAccount, useAccountId, useAccounts, useCan } from '../session.ts'
import { EmptyState, ErrorState, LoadingState, NoPermissionState } from '../ui/states.tsx'

/** Below here there is an account. One that is not the operator's looks like one that doesn't exist. */
export function AccountScope() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const accounts = useAccounts()
  const found = accounts.data?.items.some(({ id }) => id === accountId) ?? false
  useEffect(() => {
    if (found) rememberAccount(accountId)
  }, [found, accountId])
  if (accounts.data === undefined) {
    return accounts.error ? (
      <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
    ) : (
      <LoadingState />
    )
  }
  if (!found) return <NoPermissionState what={t('shell.accountMissing')} />
  // pages keep nothing from one account to the next
  return <Outlet key={accountId} />
}

export function HomeRedirect() {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const mayBind = useCan('accounts:manage')
  if (accounts.data === undefined) {
    return accounts.error ? (
      <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
    ) : (
      <LoadingState />
    )
  }
  const { items } = accounts.data
  const target = items.find(({ id }) => id === lastAccount()) ?? items[0]
  if (target !== undefined) return <Navigate to={`/accounts/${target.id}/overview`} replace />
  return (
    <EmptyState
      title={t('shell.welcome')}
      hint={t(mayBind ? 'shell.welcomeBind' : 'shell.welcomeAsk')}
      action={
        mayBind && (
          <Link to="/settings/accounts/new">
            <Button type="primary" icon={<PlusOutlined />}>
              {t('shell.bindAccount')}
            </Button>
          </Link>
        )
      }
    />
  )
}
