import { LockOutlined, ReloadOutlined, WarningOutlined } from '@ant-design/icons'
import type { UseQueryResult } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api.ts'
import { useErrorText } from './error-text.ts'
import './states.css'

type NoticeProps = {
  icon?: ReactNode
  title: ReactNode
  hint?: ReactNode
  action?: ReactNode
  compact?: boolean
}

function Notice({ icon, title, hint, action, compact }: NoticeProps) {
  return (
    <div className={`w-notice${compact === true ? ' w-notice-compact' : ''}`}>
      {icon !== undefined && <div className="w-notice-icon">{icon}</div>}
      <div className="w-notice-title">{title}</div>
      {hint !== undefined && <div className="w-notice-hint">{hint}</div>}
      {action !== undefined && <div className="w-notice-action">{action}</div>}
    </div>
  )
}

/** Nothing here yet: says what to do next. */
export const EmptyState = (props: NoticeProps) => <Notice {...props} />

export function LoadingState({ rows = 6 }: { rows?: number }) {
  return (
    <div className="w-panel" aria-busy="true">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

export function NoPermissionState({ what }: { what?: string }) {
  const { t } = useTranslation()
  return (
    <Notice
      icon={<LockOutlined />}
      title={t('states.noPermission')}
      hint={what ?? t('states.noPermissionHint')}
    />
  )
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const describe = useErrorText()
  if (error instanceof ApiError && error.status === 403) return <NoPermissionState />
  const { title, advice } = describe(error)
  return (
    <Notice
      icon={<WarningOutlined />}
      title={title}
      hint={advice}
      action={
        onRetry && (
          <Button icon={<ReloadOutlined />} onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )
      }
    />
  )
}

/** Draws an answer once it is there, and its waiting and failing until then. */
export function Loaded<T>({
  query,
  rows,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>
  rows?: number
  children: (data: NonNullable<T>) => ReactNode
}) {
  if (query.data !== undefined && query.data !== null) return <>{children(query.data)}</>
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return <LoadingState {...(rows !== undefined && { rows })} />
}
