import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { articleSyncScope, listArticleSetsEndpoint, syncArticlesEndpoint } from '../schema.ts'
import { SyncButton } from './SyncButton.tsx'

/** Newest 20 by a click, more from the menu. */
export function SyncArticlesButton({ running, onStarted }: { running: boolean; onStarted: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const sync = useEndpointMutation(syncArticlesEndpoint, {
    invalidates: [listArticleSetsEndpoint],
    onSuccess: onStarted,
  })
  return (
    <SyncButton
      running={running}
      starting={sync.isPending}
      scopes={articleSyncScope.options.map((scope) => ({ key: scope, label: t(`articles.scope.${scope}`) }))}
      onStart={(scope) => sync.mutate({ params: { accountId }, body: { scope } })}
    />
  )
}
