import { Alert, Button, Drawer } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { MENU_REFRESH_MINUTES } from '../../../wechat/rules/menu-limits.ts'
import { getMenusEndpoint, lookAtMenusEndpoint, type MenusView, publishMenusEndpoint } from '../schema.ts'
import { Changes } from './Changes.tsx'
import { useProblemWords } from './words.ts'

const REFRESHED = [getMenusEndpoint]

/** What WeChat shows now is read again, the difference is seen, and then it is published. */
export function PublishDrawer({
  open,
  onClose,
  onStarted,
}: {
  open: boolean
  onClose: () => void
  onStarted: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const tell = useTellError()
  const params = { accountId }
  const look = useEndpointMutation(lookAtMenusEndpoint, { invalidates: REFRESHED, quiet: true })
  const publish = useEndpointMutation(publishMenusEndpoint, {
    invalidates: REFRESHED,
    quiet: true,
    onSuccess: onStarted,
  })
  const { mutate } = look
  const { reset } = publish
  useEffect(() => {
    if (!open) return
    reset()
    mutate({ params: { accountId } })
  }, [open, mutate, reset, accountId])
  const view = look.data
  const changedMeanwhile =
    publish.error instanceof ApiError && publish.error.reason === 'menu_changed_at_wechat'
  const go = (seen: MenusView) =>
    publish.mutate(
      { params, body: { revision: seen.revision, live: seen.liveDigest } },
      {
        onError: (error) => {
          if (error instanceof ApiError && error.reason === 'menu_changed_at_wechat') mutate({ params })
          else tell(error)
        },
      },
    )
  const ready = view !== undefined && view.problems.length === 0 && view.changes.length > 0
  return (
    <Drawer
      open={open}
      size={560}
      title={t('menus.publishTitle')}
      onClose={onClose}
      extra={
        <Button
          type="primary"
          disabled={!ready || look.isPending}
          loading={publish.isPending}
          onClick={() => view && go(view)}
        >
          {t('menus.publish')}
        </Button>
      }
    >
      {look.isPending && <LoadingState rows={4} />}
      {look.error && <ErrorState error={look.error} onRetry={() => mutate({ params })} />}
      {view !== undefined && !look.isPending && (
        <>
          {changedMeanwhile && (
            <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={t('menus.changedMeanwhile')} />
          )}
          <Problems view={view} />
          {view.changes.length === 0 ? (
            <EmptyState compact title={t('menus.same')} hint={t('menus.sameHint')} />
          ) : (
            <>
              <p className="w-soft">
                {t('menus.lookedAt', { at: format.instant(view.liveAt) })}{' '}
                {view.live === null ? t('menus.noneLive') : ''}
              </p>
              <Changes changes={view.changes} />
              <p className="w-faint w-small">{t('menus.refreshHint', { minutes: MENU_REFRESH_MINUTES })}</p>
            </>
          )}
        </>
      )}
    </Drawer>
  )
}

function Problems({ view: { problems, menus } }: { view: MenusView }) {
  const { t } = useTranslation()
  const say = useProblemWords()
  if (problems.length === 0) return null
  const nameOf = (menu: number, [top, below]: readonly number[]): string => {
    const button = menus[menu]?.buttons[top ?? -1]
    const leaf = below === undefined ? undefined : button?.below[below]
    return [menus[menu]?.name, button?.name, leaf?.name].filter(Boolean).join(' › ')
  }
  return (
    <Alert
      type="error"
      showIcon
      style={{ marginBottom: 12 }}
      title={t('menus.cannotPublish')}
      description={
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {problems.map((problem, index) => (
            <li key={index}>
              {t('menus.said', { where: nameOf(problem.menu, problem.place), what: say(problem) })}
            </li>
          ))}
        </ul>
      }
    />
  )
}
