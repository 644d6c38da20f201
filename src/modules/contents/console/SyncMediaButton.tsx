import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { listMediaEndpoint, mediaSyncScope, syncMediaEndpoint } from '../schema.ts'
import { SyncButton } from './SyncButton.tsx'

/** What is new by a click, everything from the menu. */
export function SyncMediaButton({ running, onStarted }: { running: boolean; onStarted: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const sync = useEndpointMutation(syncMediaEndpoint, {
    invalidates: [listMediaEndpoint],
    onSuccess: onStarted,
  })
  return (
    <SyncButton
      running={running}
      starting={sync.isPending}
      scopes={mediaSyncScope.options.map((scope) => ({ key: scope, label: t(`materials.scope.${scope}`) }))}
      onStart={(scope) => sync.mutate({ params: { accountId }, body: { scope } })}
    />
  )
}
