import type { UseQueryResult } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ApiError } from '../../../console/api.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import type { Campaign } from '../schema.ts'

/** Draws a campaign once it is there. An address that leads to none, or could never, leads back to the list. */
export function FoundCampaign({
  query,
  children,
}: {
  query: UseQueryResult<Campaign>
  children: (campaign: Campaign) => ReactNode
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { error } = query
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return (
      <EmptyState
        title={t('campaigns.notFound')}
        hint={t('campaigns.notFoundHint')}
        action={
          <Link to={`/accounts/${accountId}/campaigns`}>
            <Button>{t('campaigns.toList')}</Button>
          </Link>
        }
      />
    )
  return <Loaded query={query}>{children}</Loaded>
}
