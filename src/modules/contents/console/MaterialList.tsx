import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { CursorList } from '../../../console/hooks.ts'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import type { ArticleSetKind, MediaKind } from '../schema.ts'

type Props = {
  kind: ArticleSetKind | MediaKind
  list: CursorList<{ id: string }>
  isFiltered: boolean
  /** What fills it where it is empty. */
  action?: ReactNode
  /** The cards. */
  children: ReactNode
}

/** Cards of material: while they are read, where there are none, and more of them. */
export function MaterialList({ kind, list, isFiltered, action, children }: Props) {
  const { t } = useTranslation()
  const isEmpty = list.items.length === 0
  return (
    <>
      {list.error && isEmpty && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState />}
      {!list.isLoading && !list.error && isEmpty && (
        <div className="w-table-panel">
          {isFiltered ? (
            <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />
          ) : (
            <EmptyState
              title={t(`materials.empty.${kind}`)}
              hint={t(`materials.emptyHint.${kind}`)}
              action={action}
            />
          )}
        </div>
      )}
      <div className="w-card-grid">{children}</div>
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

/** The line below the title; undefined while it isn’t known. */
export function useSyncedAt(page: { lastSyncedAt: string | null } | undefined): string | undefined {
  const { t } = useTranslation()
  const format = useFormat()
  if (page === undefined) return undefined
  const { lastSyncedAt: at } = page
  return at ? t('articles.lastSynced', { at: format.instant(at) }) : t('articles.neverSynced')
}
