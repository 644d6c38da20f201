import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { getMenusEndpoint, type MenusView, removeMenusEndpoint } from '../schema.ts'

const REFRESHED = [getMenusEndpoint]

/** 停用菜单: asked with what would go. */
export function RemoveDialog({
  open,
  view,
  onClose,
  onStarted,
}: {
  open: boolean
  view: MenusView
  onClose: () => void
  onStarted: () => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const remove = useEndpointMutation(removeMenusEndpoint, { invalidates: REFRESHED, onSuccess: onStarted })
  return (
    <ConfirmWithNumbers
      open={open}
      danger
      title={t('menus.removeTitle')}
      numbers={[
        { label: t('menus.defaultName'), value: view.live === null ? 0 : 1 },
        { label: t('menus.conditional'), value: view.live?.conditional.length ?? 0 },
      ]}
      note={t('menus.removeNote')}
      okText={t('menus.remove')}
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { accountId }, body: { live: view.liveDigest } })}
      onCancel={onClose}
    />
  )
}
