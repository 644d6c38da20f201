import { PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, Loaded, NoPermissionState } from '../../../console/ui/states.tsx'
import { listRecallRulesEndpoint, recallNumbersEndpoint } from '../schema.ts'
import { FiguresPanel } from './FiguresPanel.tsx'
import { RulesTable } from './RulesTable.tsx'

/** 用户召回: the rules of an account with who waits for each, and what they came to. */
export function RecallsPage() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('recalls:read')
  const params = { accountId }
  const query = useEndpoint(listRecallRulesEndpoint, { params }, { enabled: allowed, every: 5_000 })
  // counted over everybody who acted: the page doesn't wait for it
  const numbers = useEndpoint(recallNumbersEndpoint, { params }, { enabled: allowed, every: 10_000 })
  if (!allowed) return <NoPermissionState />
  const { items, limit } = query.data ?? { items: [], limit: null }
  const behind = numbers.data?.behindSeconds ?? null
  return (
    <>
      <PageHeader
        title={t('recalls.title')}
        sub={t('recalls.sub')}
        actions={<AddButton full={limit !== null && items.length >= limit} limit={limit} />}
      />
      <div className="w-stack">
        {behind !== null && (
          <Alert type="warning" showIcon title={t('recalls.behind', { minutes: Math.ceil(behind / 60) })} />
        )}
        <Loaded query={query}>
          {(found) =>
            found.items.length === 0 ? (
              <div className="w-panel">
                <EmptyState title={t('recalls.empty')} hint={t('recalls.emptyHint')} />
              </div>
            ) : (
              <RulesTable rules={found.items} waiting={numbers.data?.rules} />
            )
          }
        </Loaded>
        {items.length > 0 && <FiguresPanel accountId={accountId} />}
      </div>
    </>
  )
}

function AddButton({ full, limit }: { full: boolean; limit: number | null }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const canWrite = useCan('recalls:write')
  if (!canWrite) return null
  return (
    <Tooltip title={full ? t('recalls.limitReached', { limit }) : undefined}>
      <Button type="primary" icon={<PlusOutlined />} disabled={full} onClick={() => void navigate('new')}>
        {t('recalls.add')}
      </Button>
    </Tooltip>
  )
}
