import { DeleteOutlined } from '@ant-design/icons'
import { App, Button, Modal, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { Loaded } from '../../../console/ui/states.tsx'
import {
  deleteArticleSetEndpoint,
  deleteMediaEndpoint,
  getArticleSetEndpoint,
  listArticleSetsEndpoint,
  listBrokenUsesEndpoint,
  listMaterialUsesEndpoint,
  listMediaEndpoint,
  type MaterialRef,
} from '../schema.ts'
import { UsesList, useUses } from './UsedIn.tsx'

const CHANGED = [listMaterialUsesEndpoint, listBrokenUsesEndpoint]

/** 删除 at WeChat, after showing what names it. */
export function DeleteMaterialButton({
  of,
  name,
  onDeleted,
}: {
  of: MaterialRef
  name: string
  onDeleted: () => void
}) {
  const { t } = useTranslation()
  const allowed = useCan('contents:write')
  const [asking, setAsking] = useState(false)
  const uses = useUses(of, asking)
  const { remove, busy } = useRemove(of, {
    onDeleted: () => {
      setAsking(false)
      onDeleted()
    },
  })
  const count = uses.data?.items.length ?? 0
  return (
    <>
      <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
        <Button danger icon={<DeleteOutlined />} disabled={!allowed} onClick={() => setAsking(true)}>
          {t('materialUses.delete')}
        </Button>
      </Tooltip>
      <Modal
        open={asking}
        title={t('materialUses.deleteTitle', { name: name || t('articles.untitled') })}
        okText={t(count === 0 ? 'materialUses.delete' : 'materialUses.deleteAnyway')}
        cancelText={t('common.cancel')}
        okButtonProps={{ danger: true, disabled: uses.data === undefined }}
        confirmLoading={busy}
        onOk={() => remove(count > 0)}
        onCancel={() => setAsking(false)}
      >
        <p>{t(`materialUses.deleteHint.${of.material}`)}</p>
        <Loaded query={uses}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="w-faint">{t('materialUses.none')}</p>
            ) : (
              <>
                <p>
                  <strong>{t('materialUses.inUse', { number: items.length })}</strong>
                </p>
                <UsesList uses={items} />
              </>
            )
          }
        </Loaded>
      </Modal>
    </>
  )
}

function useRemove({ material, id }: MaterialRef, { onDeleted }: { onDeleted: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const accountId = useAccountId()
  const onSuccess = () => {
    void message.success(t('materialUses.deleted'))
    onDeleted()
  }
  const media = useEndpointMutation(deleteMediaEndpoint, {
    invalidates: [...CHANGED, listMediaEndpoint],
    onSuccess,
  })
  const articles = useEndpointMutation(deleteArticleSetEndpoint, {
    invalidates: [...CHANGED, listArticleSetsEndpoint, getArticleSetEndpoint],
    onSuccess,
  })
  return {
    busy: media.isPending || articles.isPending,
    remove: (force: boolean) =>
      material === 'media'
        ? media.mutate({ params: { accountId, mediaAssetId: id }, query: { force: String(force) } })
        : articles.mutate({ params: { accountId, articleSetId: id }, query: { force: String(force) } }),
  }
}
