import { Image } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { listMediaEndpoint, type MediaKind } from '../schema.ts'
import { useFolders } from './FolderPicker.tsx'
import { FoldersButton } from './FoldersDrawer.tsx'
import { MaterialFilters } from './MaterialFilters.tsx'
import { MaterialList, useSyncedAt } from './MaterialList.tsx'
import { MediaCard } from './MediaCard.tsx'
import { MediaDrawer } from './MediaDrawer.tsx'
import { SelectionBar, toggled } from './SelectionBar.tsx'
import { SyncMediaButton } from './SyncMediaButton.tsx'
import { UploadMediaButton } from './UploadMediaButton.tsx'

const REFRESHED = [listMediaEndpoint]

/** Images, voices or videos: uploaded here or synced. */
export function MediaTab({ kind, tabs }: { kind: MediaKind; tabs: ReactNode }) {
  const { t } = useTranslation()
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
  const synced = useSyncedAt(list.firstPage)
  return (
    <>
      <PageHeader
        title={t('materials.title')}
        sub={synced ?? t('materials.sub')}
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
      <Image.PreviewGroup>
        <MaterialList kind={kind} list={list} isFiltered={filters.isActive} action={sync}>
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
        </MaterialList>
      </Image.PreviewGroup>
      <MediaDrawer
        asset={list.items.find(({ id }) => id === open)}
        onClose={() => filters.set('open', undefined)}
      />
    </>
  )
}
