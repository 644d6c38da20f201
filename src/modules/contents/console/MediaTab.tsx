import { Button, Image } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { listMediaEndpoint, type MediaKind } from '../schema.ts'
import { useFolders } from './FolderPicker.tsx'
import { FoldersButton } from './FoldersDrawer.tsx'
import { MaterialFilters } from './MaterialFilters.tsx'
import { MediaCard } from './MediaCard.tsx'
import { MediaDrawer } from './MediaDrawer.tsx'
import { SelectionBar, toggled } from './SelectionBar.tsx'
import { SyncMediaButton } from './SyncMediaButton.tsx'
import { UploadMediaButton } from './UploadMediaButton.tsx'

const REFRESHED = [listMediaEndpoint]

/** Images, voices or videos: uploaded here or synced. */
export function MediaTab({ kind, tabs }: { kind: MediaKind; tabs: ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const mayWrite = useCan('contents:write')
  const filters = useFilters(['q', 'folder', 'gone', 'open'])
  const { q, folder, gone, open } = filters.values
  const list = useCursorList(listMediaEndpoint, {
    params: { accountId },
    query: { kind, ...(q && { q }), ...(folder && { folder }), ...(gone && { gone }), limit: 40 },
  })
  const [chosen, setChosen] = useState<string[]>([])
  const { run, isOpen, follow } = useRun('contents.sync-media', REFRESHED)
  const folders = new Map(useFolders().data?.items.map(({ id, name }) => [id, name]))
  const upload = <UploadMediaButton kind={kind} />
  const sync = <SyncMediaButton running={isOpen} onStarted={follow} />
  const lastSyncedAt = list.firstPage?.lastSyncedAt
  const synced = lastSyncedAt
    ? t('articles.lastSynced', { at: format.instant(lastSyncedAt) })
    : t('articles.neverSynced')
  return (
    <>
      <PageHeader
        title={t('materials.title')}
        sub={list.firstPage === undefined ? t('materials.sub') : synced}
        actions={
          <>
            <FoldersButton />
            {upload}
            {sync}
          </>
        }
      />
      {tabs}
      <RunProgress run={run} />
      <p className="w-soft w-material-hint">{t(`materials.hint.${kind}`)}</p>
      <MaterialFilters filters={filters} search={t('images.search')} mayBeGone />
      <SelectionBar
        of="mediaAssetIds"
        ids={chosen}
        shown={list.items.map(({ id }) => id)}
        onChange={setChosen}
      />
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <div className="w-table-panel">
          {filters.isActive ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t(`materials.empty.${kind}`)}
              hint={t(`materials.emptyHint.${kind}`)}
              action={sync}
            />
          )}
        </div>
      )}
      <Image.PreviewGroup>
        <div className="w-card-grid">
          {list.items.map((asset) => (
            <MediaCard
              key={asset.id}
              asset={asset}
              folder={asset.folderId === null ? undefined : folders.get(asset.folderId)}
              onOpen={() => filters.set('open', asset.id)}
              chosen={chosen.includes(asset.id)}
              onChoose={mayWrite ? () => setChosen((before) => toggled(before, asset.id)) : undefined}
            />
          ))}
        </div>
      </Image.PreviewGroup>
      <MediaDrawer
        asset={list.items.find(({ id }) => id === open)}
        onClose={() => filters.set('open', undefined)}
      />
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
