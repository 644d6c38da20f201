import { Alert, Button, Modal } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { leavesOf } from '../rules.ts'
import { getMenusEndpoint, type ImportNote, importMenusEndpoint, type MenuDraft } from '../schema.ts'
import { useMatchWords } from './words.ts'

const REFRESHED = [getMenusEndpoint]

type Props = {
  open: boolean
  /** What is edited now would be replaced. */
  replaces: boolean
  onClose: () => void
  onImport: (menus: MenuDraft[]) => void
}

/** What WeChat uses now, with what could not be taken over, before it takes the place of what is edited. */
export function ImportDialog({ open, replaces, onClose, onImport }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const forWhom = useMatchWords()
  const read = useEndpointMutation(importMenusEndpoint, { invalidates: REFRESHED, quiet: true })
  const { mutate, data } = read
  useEffect(() => {
    if (open) mutate({ params: { accountId } })
  }, [open, mutate, accountId])
  // in the operator's words
  const named = (menus: readonly MenuDraft[]) =>
    menus.map((menu, place) => ({
      ...menu,
      name: place === 0 ? t('menus.defaultName') : `${t('menus.newSet')} ${place}`,
    }))
  const found = data !== undefined && data.menus.length > 0
  return (
    <Modal
      open={open}
      title={t('menus.importTitle')}
      onCancel={onClose}
      width={560}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {t('common.cancel')}
        </Button>,
        <Button
          key="go"
          type="primary"
          disabled={!found || read.isPending}
          onClick={() => data && onImport(named(data.menus))}
        >
          {t('menus.importGo')}
        </Button>,
      ]}
    >
      {read.isPending && <LoadingState rows={3} />}
      {read.error && <ErrorState error={read.error} onRetry={() => mutate({ params: { accountId } })} />}
      {data !== undefined && !read.isPending && !found && (
        <EmptyState compact title={t('menus.nothingToImport')} hint={t('menus.nothingToImportHint')} />
      )}
      {found && !read.isPending && (
        <>
          <ul>
            {data.menus.map((menu) => (
              <li key={menu.id}>
                {t('menus.said', {
                  where: forWhom(menu.match),
                  what: t('menus.named', {
                    name: t('menus.buttonsIn', { count: leavesOf([menu]).length }),
                    what: menu.buttons.map(({ name }) => name).join(t('menus.comma')),
                  }),
                })}
              </li>
            ))}
          </ul>
          {data.notes.length > 0 && (
            <Alert
              type="warning"
              showIcon
              title={t('menus.importNotes')}
              description={
                <ul style={{ margin: 0, paddingLeft: 18 }}>
                  {notesByReason(data.notes).map(([reason, names]) => (
                    <li key={reason}>
                      {t('menus.said', {
                        where: names.join(t('menus.comma')),
                        what: t(`menus.note.${reason}`),
                      })}
                      {data.notes.flatMap(({ button, url, reason: of }) =>
                        url === undefined || of !== reason ? (
                          []
                        ) : (
                          <div key={url}>
                            <a href={url} target="_blank" rel="noreferrer">
                              {t('menus.openVideo', { name: button ?? '' })}
                            </a>
                          </div>
                        ),
                      )}
                    </li>
                  ))}
                </ul>
              }
            />
          )}
          {replaces && <p className="w-soft">{t('menus.importReplaces')}</p>}
        </>
      )}
    </Modal>
  )
}

/** One line a reason, with everything it is about. */
function notesByReason(notes: readonly ImportNote[]): [ImportNote['reason'], string[]][] {
  const names = new Map<ImportNote['reason'], string[]>()
  for (const { reason, menu, button } of notes)
    names.set(reason, [...new Set([...(names.get(reason) ?? []), button ?? menu])])
  return [...names]
}
