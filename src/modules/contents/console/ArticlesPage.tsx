import { Button, Segmented, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { FilterBar, SearchInput, useFilters } from '../../../console/ui/filters.tsx'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { type ArticleSetKind, listArticleSetsEndpoint } from '../schema.ts'
import { ArticleSetCard } from './ArticleSetCard.tsx'
import { ArticleSetDrawer } from './ArticleSetDrawer.tsx'
import { PublicationsDrawer } from './PublicationsDrawer.tsx'
import { SyncArticlesButton } from './SyncArticlesButton.tsx'
import { usePublications } from './use-publications.ts'
import './contents.css'

const REFRESHED = [listArticleSetsEndpoint]

export function ArticlesPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const filters = useFilters(['kind', 'q', 'gone', 'open', 'records'])
  const { kind, q, gone, open, records } = filters.values
  const list = useCursorList(listArticleSetsEndpoint, {
    params: { accountId },
    query: {
      ...(kind && { kind: kind as ArticleSetKind }),
      ...(q && { q }),
      ...(gone && { gone }),
      limit: 30,
    },
  })
  const { run, isOpen, follow } = useRun('contents.sync-articles', REFRESHED)
  const sync = <SyncArticlesButton running={isOpen} onStarted={follow} />
  const publications = usePublications()
  const lastSyncedAt = list.firstPage?.lastSyncedAt
  const filtered = kind !== undefined || q !== undefined
  return (
    <>
      <PageHeader
        title={t('nav.articles')}
        actions={
          <>
            <Button onClick={() => filters.set('records', 'true')}>{t('publishing.records')}</Button>
            {sync}
          </>
        }
        sub={
          lastSyncedAt
            ? t('articles.lastSynced', { at: format.instant(lastSyncedAt) })
            : t('articles.neverSynced')
        }
      />
      <RunProgress run={run} />
      <FilterBar>
        <Segmented
          value={kind ?? 'all'}
          onChange={(value) => filters.set('kind', value === 'all' ? undefined : value)}
          options={[
            { value: 'all', label: t('common.all') },
            { value: 'draft', label: t('articles.kind.draft') },
            { value: 'published', label: t('articles.kind.published') },
          ]}
        />
        <SearchInput
          placeholder={t('articles.search')}
          value={q}
          onChange={(value) => filters.set('q', value)}
        />
        <Switch
          size="small"
          checked={gone === 'true'}
          onChange={(on) => filters.set('gone', on ? 'true' : undefined)}
        />
        <span className="w-soft">{t('articles.showGone')}</span>
      </FilterBar>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState />}
      {!list.isLoading && !list.error && list.items.length === 0 && (
        <div className="w-table-panel">
          {filtered ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState title={t('articles.empty')} hint={t('articles.emptyHint')} action={sync} />
          )}
        </div>
      )}
      <div className="w-card-grid">
        {list.items.map((set) => (
          <ArticleSetCard
            key={set.id}
            set={set}
            publication={publications.lastOf(set.id)}
            onOpen={() => filters.set('open', set.id)}
          />
        ))}
      </div>
      {list.hasMore && (
        <div style={{ textAlign: 'center', marginTop: 16 }}>
          <Button loading={list.isLoadingMore} onClick={list.loadMore}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
      <ArticleSetDrawer
        articleSetId={open}
        publications={publications}
        onClose={() => filters.set('open', undefined)}
      />
      <PublicationsDrawer open={records === 'true'} onClose={() => filters.set('records', undefined)} />
    </>
  )
}
