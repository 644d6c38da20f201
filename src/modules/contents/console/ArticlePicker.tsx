import { EyeOutlined } from '@ant-design/icons'
import { Button, Drawer, Segmented, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { Cover } from '../../../console/ui/Cover.tsx'
import { SearchInput } from '../../../console/ui/filters.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { type ArticleSetKind, type ArticleSetSummary, listArticleSetsEndpoint } from '../schema.ts'
import { ArticleSetDrawer } from './ArticleSetDrawer.tsx'
import { SyncArticlesButton } from './SyncArticlesButton.tsx'
import './article-picker.css'

export type PickedArticle = {
  articleSetId: string
  index: number
  title: string
  digest: string
  thumbUrl: string | null
  url: string | null
}

const REFRESHED = [listArticleSetsEndpoint]

/** Chooses articles from what is synced: a whole message or a single article of it. */
export function ArticlePicker({
  open,
  room,
  linksOnly,
  onClose,
  onPick,
}: {
  open: boolean
  /** How many more the message takes. */
  room: number
  /** Only articles with a public address, for links in texts. */
  linksOnly?: boolean
  onClose: () => void
  onPick: (articles: PickedArticle[]) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [kind, setKind] = useState<ArticleSetKind | 'all'>(linksOnly ? 'published' : 'all')
  const [q, setQ] = useState<string | undefined>()
  const [previewed, setPreviewed] = useState<string | undefined>()
  const list = useCursorList(
    listArticleSetsEndpoint,
    { params: { accountId }, query: { ...(kind !== 'all' && { kind }), ...(q && { q }), limit: 30 } },
    { enabled: open },
  )
  const { run, isOpen, follow } = useRun('contents.sync-articles', REFRESHED)
  const sync = <SyncArticlesButton running={isOpen} onStarted={follow} />
  return (
    <Drawer open={open} onClose={onClose} size={600} title={t('articles.choose')} extra={sync}>
      <RunProgress run={run} />
      <div className="w-filter-bar">
        {!linksOnly && (
          <Segmented
            value={kind}
            onChange={setKind}
            options={[
              { value: 'all', label: t('common.all') },
              { value: 'draft', label: t('articles.kind.draft') },
              { value: 'published', label: t('articles.kind.published') },
              { value: 'history', label: t('articles.kind.history') },
            ]}
          />
        )}
        <SearchInput placeholder={t('articles.search')} value={q} onChange={setQ} />
      </div>
      <p className="w-faint w-small">{t('articles.pickHint')}</p>
      {!linksOnly && (
        <ul className="w-pick-kinds">
          {(['draft', 'published', 'history'] as const)
            .filter((one) => kind === 'all' || one === kind || one === 'history')
            .map((one) => (
              <li key={one}>
                <b>{t(`articles.kindName.${one}`)}</b> {t(`articles.kindHint.${one}`)}
              </li>
            ))}
        </ul>
      )}
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState rows={4} />}
      {!list.isLoading && list.items.length === 0 && (
        <EmptyState compact title={t('articles.empty')} hint={t('articles.emptyHint')} />
      )}
      {list.items.map((set) => (
        <SetRows
          key={set.id}
          set={set}
          room={room}
          linksOnly={linksOnly === true}
          onPick={onPick}
          onPreview={() => setPreviewed(set.id)}
        />
      ))}
      {list.hasMore && (
        <Button type="link" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('common.loadMore')}
        </Button>
      )}
      <ArticleSetDrawer articleSetId={previewed} onClose={() => setPreviewed(undefined)} />
    </Drawer>
  )
}

function SetRows({
  set,
  room,
  linksOnly,
  onPick,
  onPreview,
}: {
  onPreview: () => void
  set: ArticleSetSummary
  room: number
  linksOnly: boolean
  onPick: (articles: PickedArticle[]) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const usable = set.articles.filter(
    (article) =>
      article.problem !== 'deleted' &&
      article.problem !== 'type_not_supported' &&
      (!linksOnly || article.url !== null),
  )
  const pickable = usable.map(({ index, title, digest, thumbUrl, url }) => ({
    articleSetId: set.id,
    index,
    title,
    digest,
    thumbUrl,
    url,
  }))
  return (
    <div className="w-pick-set">
      <div className="w-pick-head">
        <span className="w-faint w-small">
          {[
            t(`articles.kind.${set.kind}`),
            set.wechatUpdatedAt !== null &&
              set.kind !== 'history' &&
              t('articles.changedAt', { at: format.instant(set.wechatUpdatedAt) }),
            t(set.kind === 'history' ? 'materials.sentAt' : 'articles.syncedAt', {
              at: format.instant(set.syncedAt),
            }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <span className="w-pick-actions">
          <Tooltip title={t('articles.preview')}>
            <Button
              type="text"
              size="small"
              className="w-pick-preview"
              icon={<EyeOutlined />}
              aria-label={t('articles.previewOf', { title: set.title })}
              onClick={onPreview}
            />
          </Tooltip>
          {pickable.length > 1 && !linksOnly && (
            <Button
              size="small"
              type="link"
              disabled={pickable.length > room}
              onClick={() => onPick(pickable)}
            >
              {t('articles.pickAll', { count: pickable.length })}
            </Button>
          )}
        </span>
      </div>
      {set.articles.map((article) => {
        const picked = pickable.find(({ index }) => index === article.index)
        return (
          <button
            type="button"
            className="w-pick-row"
            key={article.index}
            disabled={picked === undefined || room < 1}
            onClick={() => picked && onPick([picked])}
          >
            <Cover url={article.thumbUrl} shape="square" />
            <span className="w-pick-title">{article.title}</span>
            {article.problem !== null && (
              <span className="w-small" style={{ color: 'var(--w-warn)' }}>
                {t(`articles.problem.${article.problem}`)}
              </span>
            )}
            {linksOnly && article.url === null && (
              <span className="w-faint w-small">{t('articles.noUrl')}</span>
            )}
          </button>
        )
      })}
    </div>
  )
}
