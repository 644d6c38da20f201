import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { MediaAsset } from '../schema.ts'
import { DeleteMaterialButton } from './DeleteMaterialButton.tsx'
import { MediaFace } from './MediaCard.tsx'
import { UsableHelp } from './UsableHelp.tsx'
import { UsedIn } from './UsedIn.tsx'

/** One image, voice or video, and what names it. */
export function MediaDrawer({ asset, onClose }: { asset: MediaAsset | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={asset !== undefined}
      onClose={onClose}
      size={480}
      title={asset?.name || t('articles.untitled')}
      destroyOnHidden
      extra={
        asset?.goneAt === null && (
          <DeleteMaterialButton
            of={{ material: 'media', id: asset.id }}
            name={asset.name}
            onDeleted={onClose}
          />
        )
      }
    >
      {asset !== undefined && <Content asset={asset} />}
    </Drawer>
  )
}

function Content({ asset }: { asset: MediaAsset }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { id, width, height, animated, bytes, createdAt, goneAt } = asset
  const facts = [
    width !== null && `${width} × ${height}`,
    animated && t('images.animated'),
    bytes !== null && format.bytes(bytes),
    format.instant(createdAt),
    goneAt !== null && t('articles.gone'),
  ]
  return (
    <div className="w-stack">
      <div className="w-picture-face">
        <MediaFace asset={asset} />
      </div>
      <p className="w-faint w-small">
        {facts.filter(Boolean).join(' · ')} <UsableHelp />
      </p>
      <UsedIn material="media" id={id} />
    </div>
  )
}
