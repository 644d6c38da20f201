import { CheckOutlined, UploadOutlined } from '@ant-design/icons'
import { Button, Drawer, Progress, Tag, Upload } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState, LoadingState } from '../../../console/ui/states.tsx'
import { mediaMaterial, type Place, usableIn } from '../rules/usable.ts'
import { IMAGE_TYPES, listMediaEndpoint } from '../schema.ts'
import { mediaUrl } from './media-url.ts'
import { PickerFilters, usePickerFilters } from './PickerFilters.tsx'
import { UsableHelp } from './UsableHelp.tsx'
import { useUploadMedia } from './use-upload-media.ts'
import './contents.css'

/** Chooses uploaded images, or uploads one on the spot. */
export function ImagePicker({
  open,
  chosen,
  max,
  place,
  onClose,
  onChoose,
}: {
  open: boolean
  chosen: readonly string[]
  max: number
  /** Where they are to be used; covers and mass sends show pictures that stand still. */
  place: Place
  onClose: () => void
  onChoose: (mediaAssetIds: string[]) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [ids, setIds] = useState<string[]>([...chosen])
  useEffect(() => {
    if (open) setIds([...chosen])
  }, [open, chosen])
  const filters = usePickerFilters()
  const list = useCursorList(
    listMediaEndpoint,
    { params: { accountId }, query: { ...filters.query, limit: 40 } },
    { enabled: open },
  )
  const still = place === 'mass-send'
  const { upload, progress } = useUploadMedia('image', { still })
  const toggle = (id: string) =>
    setIds((before) =>
      before.includes(id)
        ? before.filter((one) => one !== id)
        : max === 1
          ? [id]
          : [...before, id].slice(0, max),
    )
  return (
    <Drawer
      open={open}
      onClose={onClose}
      size={640}
      title={t('images.choose')}
      extra={
        <Button type="primary" disabled={ids.length === 0} onClick={() => onChoose(ids)}>
          {t('images.use', { count: ids.length })}
        </Button>
      }
    >
      <Upload
        accept={IMAGE_TYPES.join(',')}
        showUploadList={false}
        customRequest={({ file }) => void upload(file as File).then((asset) => asset && toggle(asset.id))}
      >
        <Button icon={<UploadOutlined />} loading={progress !== undefined} style={{ marginBottom: 14 }}>
          {t('images.upload')}
        </Button>
      </Upload>
      {progress !== undefined && (
        <Progress percent={Math.floor(progress * 100)} size="small" status="active" />
      )}
      <div className="w-filter-bar">
        <PickerFilters filters={filters} search={t('images.search')} />
      </div>
      <p className="w-faint w-small">
        {still && t('images.stillHint')} <UsableHelp />
      </p>
      {list.isLoading && <LoadingState rows={3} />}
      {!list.isLoading && list.items.length === 0 && (
        <EmptyState compact title={t('materials.noneHere')} hint={t('images.emptyHint')} />
      )}
      <div className="w-card-grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))' }}>
        {list.items.map((asset) => {
          const usable = usableIn(mediaMaterial(asset), place)
          const note = usable.can
            ? usable.but && t(`usable.but.${usable.but}`)
            : t(`usable.reason.${usable.reason}`)
          return (
            <button
              type="button"
              key={asset.id}
              className={`w-picture${ids.includes(asset.id) ? ' w-set-chosen' : ''}`}
              aria-pressed={ids.includes(asset.id)}
              disabled={!usable.can}
              title={note ?? asset.name}
              onClick={() => toggle(asset.id)}
            >
              <div className="w-picture-face" style={{ height: 110 }}>
                <img
                  src={mediaUrl(accountId, asset.id)}
                  alt={asset.name}
                  style={{ maxHeight: 110 }}
                  loading="lazy"
                />
              </div>
              <div className="w-picture-name w-ellipsis w-small">
                {asset.animated && <Tag>{t('images.animated')}</Tag>}
                {asset.name}
              </div>
              {note !== null && <div className="w-faint w-small">{note}</div>}
              {ids.includes(asset.id) && (
                <span className="w-picture-mark">
                  {max === 1 ? <CheckOutlined /> : ids.indexOf(asset.id) + 1}
                </span>
              )}
            </button>
          )
        })}
      </div>
      {list.hasMore && (
        <Button type="link" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('common.loadMore')}
        </Button>
      )}
    </Drawer>
  )
}
