import { UploadOutlined } from '@ant-design/icons'
import { Button, Image, Progress, Tooltip, Upload } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { IMAGE_TYPES, listMediaEndpoint, type MediaAsset } from '../schema.ts'
import { mediaUrl } from './media-url.ts'
import { useUploadMedia } from './use-upload-media.ts'
import './contents.css'

export function ImagesPage() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const filters = useFilters(['q'])
  const { q } = filters.values
  const list = useCursorList(listMediaEndpoint, {
    params: { accountId },
    query: { ...(q && { q }), limit: 40 },
  })
  const upload = <UploadButton />
  return (
    <>
      <PageHeader title={t('nav.images')} sub={t('images.sub')} actions={upload} />
      <FilterBar filters={filters}>
        <SearchInput
          placeholder={t('images.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
      </FilterBar>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <div className="w-table-panel">
          {filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('images.empty')} hint={t('images.emptyHint')} action={upload} />
          )}
        </div>
      )}
      <Image.PreviewGroup>
        <div className="w-card-grid">
          {list.items.map((asset) => (
            <Picture key={asset.id} asset={asset} />
          ))}
        </div>
      </Image.PreviewGroup>
      {list.hasMore && (
        <div style={{ textAlign: 'center', marginTop: 16 }}>
          <Button loading={list.isLoadingMore} onClick={list.loadMore}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function Picture({ asset }: { asset: MediaAsset }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  return (
    <div className="w-picture">
      <div className="w-picture-face">
        <Image
          src={mediaUrl(accountId, asset.id)}
          alt={asset.name}
          style={{ maxHeight: 150, width: 'auto' }}
        />
      </div>
      <div className="w-picture-name">
        <div className="w-ellipsis" title={asset.name}>
          {asset.name}
        </div>
        <div className="w-faint w-small">
          {asset.width !== null && `${asset.width} × ${asset.height} · `}
          {asset.animated && `${t('images.animated')} · `}
          {asset.bytes !== null && `${format.bytes(asset.bytes)} · `}
          {format.instant(asset.createdAt)}
        </div>
      </div>
    </div>
  )
}

function UploadButton() {
  const { t } = useTranslation()
  const allowed = useCan('contents:write')
  const { upload, progress } = useUploadMedia()
  return (
    <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
      <div className="w-row">
        {progress !== undefined && <Progress type="circle" size={24} percent={Math.floor(progress * 100)} />}
        <Upload
          accept={IMAGE_TYPES.join(',')}
          showUploadList={false}
          multiple
          disabled={!allowed}
          customRequest={({ file }) => void upload(file as File)}
        >
          <Button
            type="primary"
            icon={<UploadOutlined />}
            disabled={!allowed}
            loading={progress !== undefined}
          >
            {t('images.upload')}
          </Button>
        </Upload>
      </div>
    </Tooltip>
  )
}
