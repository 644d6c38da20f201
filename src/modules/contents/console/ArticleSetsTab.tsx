import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { type ArticleSetKind, listArticleSetsEndpoint } from '../schema.ts'
import { ArticleSetCard } from './ArticleSetCard.tsx'
import { ArticleSetDrawer } from './ArticleSetDrawer.tsx'
import { useFolders } from './FolderPicker.tsx'
import { FoldersButton } from './FoldersDrawer.tsx'
import { MaterialFilters } from './MaterialFilters.tsx'
import { MaterialList, useSyncedAt } from './MaterialList.tsx'
import { PublicationsDrawer } from './PublicationsDrawer.tsx'
import { SelectionBar, toggled } from './SelectionBar.tsx'
import { SyncArticlesButton } from './SyncArticlesButton.tsx'
import { usePublications } from './use-publications.ts'

const REFRESHED = [listArticleSetsEndpoint]

/** Drafts, published articles, or what was mass sent. */
export function ArticleSetsTab({ kind, tabs }: { kind: ArticleSetKind; tabs: ReactNode }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayWrite = useCan('contents:write')
  const filters = useFilters(['q', 'folder', 'gone'])
  const opened = useFilters(['open', 'records'])
  const { q, folder, gone } = filters.values
  const { open, records } = opened.values
  const list = useCursorList(listArticleSetsEndpoint, {
    params: { accountId },
    query: { kind, ...(q && { q }), ...(folder && { folder }), ...(gone && { gone }), limit: 30 },
  })
  const [chosen, setChosen] = useState<string[]>([])
  const { run, isOpen, follow } = useRun('contents.sync-articles', REFRESHED)
  const sync = <SyncArticlesButton running={isOpen} onStarted={follow} />
  const publications = usePublications()
  const folders = new Map(useFolders().data?.items.map(({ id, name }) => [id, name]))
  const isHistory = kind === 'history'
  const synced = useSyncedAt(list.firstPage)
  return (
    <>
      <PageHeader
        title={t('materials.title')}
        sub={(isHistory ? undefined : synced) ?? t('materials.sub')}
        actions={
          <>
            <FoldersButton />
            {kind === 'draft' && (
              <Button onClick={() => opened.set('records', 'true')}>{t('publishing.records')}</Button>
            )}
            {!isHistory && sync}
          </>
        }
      />
      {tabs}
      <RunProgress run={run} />
      <p className="w-soft w-material-hint">{t(`materials.hint.${kind}`)}</p>
      <MaterialFilters filters={filters} search={t('articles.search')} mayBeGone={!isHistory} />
      <SelectionBar
        of="articleSetIds"
        ids={chosen}
        shown={list.items.map(({ id }) => id)}
        onChange={setChosen}
      />
      <MaterialList
        kind={kind}
        list={list}
        isFiltered={filters.isActive}
        action={isHistory ? undefined : sync}
      >
        {list.items.map((set) => (
          <ArticleSetCard
            key={set.id}
            set={set}
            folder={set.folderId === null ? undefined : folders.get(set.folderId)}
            publication={publications.lastOf(set.id)}
            chosen={chosen.includes(set.id)}
            onChoose={mayWrite ? () => setChosen((before) => toggled(before, set.id)) : undefined}
            onOpen={() => opened.set('open', set.id)}
          />
        ))}
      </MaterialList>
      <ArticleSetDrawer
        articleSetId={open}
        publications={publications}
        onClose={() => opened.set('open', undefined)}
      />
      <PublicationsDrawer open={records === 'true'} onClose={() => opened.set('records', undefined)} />
    </>
  )
}
