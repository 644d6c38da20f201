import { UploadOutlined } from '@ant-design/icons'
import { Button, Drawer, Upload } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { mediaMaterial, type Place, usableIn } from '../rules/usable.ts'
import { listMediaEndpoint, type MediaAsset } from '../schema.ts'
import { mediaUrl } from './media-url.ts'
import { PickerFilters, usePickerFilters } from './PickerFilters.tsx'
import { UsableHelp } from './UsableHelp.tsx'
import { acceptOf, useUploadMedia } from './use-upload-media.ts'
import './contents.css'

type Props = {
  kind: 'voice' | 'video'
  /** Where it is to be used. */
  place: Place
  open: boolean
  onClose: () => void
  onChoose: (asset: MediaAsset) => void
}

/** Chooses an uploaded voice or video, or uploads one on the spot. */
export function MediaPicker({ kind, place, open, onClose, onChoose }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('contents:write')
  const filters = usePickerFilters()
  const list = useCursorList(
    listMediaEndpoint,
    { params: { accountId }, query: { kind, ...filters.query, limit: 40 } },
    { enabled: open },
  )
  const { upload, progress } = useUploadMedia(kind)
  return (
    <Drawer open={open} onClose={onClose} size={560} title={t(`media.choose.${kind}`)}>
      <Upload
        accept={acceptOf(kind)}
        showUploadList={false}
        disabled={!allowed}
        customRequest={({ file }) => void upload(file as File).then((asset) => asset && onChoose(asset))}
      >
        <Button icon={<UploadOutlined />} disabled={!allowed} loading={progress !== undefined}>
          {t(`media.upload.${kind}`)}
        </Button>
      </Upload>
      <p className="w-faint w-small">
        {t(`media.hint.${kind}`)} <UsableHelp />
      </p>
      <div className="w-filter-bar">
        <PickerFilters filters={filters} search={t('images.search')} />
      </div>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState rows={3} />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <EmptyState compact title={t('materials.noneHere')} hint={t(`media.hint.${kind}`)} />
      )}
      {list.items.map((asset) => (
        <MediaRow
          key={asset.id}
          asset={asset}
          place={place}
          src={mediaUrl(accountId, asset.id)}
          onChoose={onChoose}
        />
      ))}
      {list.hasMore && (
        <Button type="link" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('common.loadMore')}
        </Button>
      )}
    </Drawer>
  )
}

function MediaRow({
  asset,
  place,
  src,
  onChoose,
}: {
  asset: MediaAsset
  place: Place
  src: string
  onChoose: (asset: MediaAsset) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const usable = usableIn(mediaMaterial(asset), place)
  return (
    <div className="w-media-row">
      {asset.kind === 'video' && (
        <video src={src} preload="none" controls aria-label={asset.name}>
          <track kind="captions" />
        </video>
      )}
      <div className="w-media-row-text">
        <div className="w-ellipsis" title={asset.name}>
          {asset.name}
        </div>
        <div className="w-faint w-small">
          {asset.bytes !== null && `${format.bytes(asset.bytes)} · `}
          {format.instant(asset.createdAt)}
        </div>
        {asset.mime === 'audio/mpeg' && (
          <audio src={src} preload="none" controls aria-label={asset.name}>
            <track kind="captions" />
          </audio>
        )}
      </div>
      {!usable.can && <span className="w-faint w-small">{t(`usable.reason.${usable.reason}`)}</span>}
      <Button disabled={!usable.can} onClick={() => onChoose(asset)}>
        {t('media.use')}
      </Button>
    </div>
  )
}
