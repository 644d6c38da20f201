import { DownOutlined, SyncOutlined } from '@ant-design/icons'
import { Button, Dropdown, Space, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { type ArticleSyncScope, listArticleSetsEndpoint, syncArticlesEndpoint } from '../schema.ts'

/** Newest 20 by a click, more from the menu. */
export function SyncArticlesButton({ running, onStarted }: { running: boolean; onStarted: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('contents:write')
  const sync = useEndpointMutation(syncArticlesEndpoint, {
    invalidates: [listArticleSetsEndpoint],
    onSuccess: onStarted,
  })
  const start = (scope: ArticleSyncScope) => sync.mutate({ params: { accountId }, body: { scope } })
  const disabled = !allowed || running
  const items = (['newest-20', 'newest-500', 'all'] as const).map((scope) => ({
    key: scope,
    label: t(`articles.scope.${scope}`),
  }))
  return (
    <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
      <Space.Compact>
        <Button
          type="primary"
          icon={<SyncOutlined spin={running} />}
          disabled={disabled}
          loading={sync.isPending}
          onClick={() => start('newest-20')}
        >
          {t(running ? 'fans.syncing' : 'articles.scope.newest-20')}
        </Button>
        <Dropdown
          disabled={disabled}
          menu={{ items, onClick: ({ key }) => start(key as ArticleSyncScope) }}
          trigger={['click']}
        >
          <Button type="primary" icon={<DownOutlined />} aria-label={t('common.more')} disabled={disabled} />
        </Dropdown>
      </Space.Compact>
    </Tooltip>
  )
}
