import { EyeOutlined } from '@ant-design/icons'
import { Button, Drawer, Segmented, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { Cover } from '../../../console/ui/Cover.tsx'
import { RunProgress, useRun } from '../../../console/ui/RunProgress.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../console/ui/states.tsx'
import { articleMaterial, type Place, usableIn } from '../rules/usable.ts'
import { type ArticleSetKind, type ArticleSetSummary, listArticleSetsEndpoint } from '../schema.ts'
import { ArticleSetDrawer } from './ArticleSetDrawer.tsx'
import { PickerFilters, usePickerFilters } from './PickerFilters.tsx'
import { SyncArticlesButton } from './SyncArticlesButton.tsx'
import { UsableHelp } from './UsableHelp.tsx'
import './article-picker.css'

export type PickedArticle = {
  articleSetId: string
  index: number
  title: string
  digest: string
  thumbUrl: string | null
  url: string | null
}

type ArticleSummary = ArticleSetSummary['articles'][number]
const REFRESHED = [listArticleSetsEndpoint]

/** Chooses articles from what is synced: a whole message or a single article of it. */
export function ArticlePicker({
  open,
  room,
  place = 'mass-send',
  linksOnly,
  onClose,
  onPick,
}: {
  open: boolean
  /** Where it is to be used: what can’t be is shown with the reason. */
  place?: Place
  /** How many more the message takes. */
  room: number
  /** Only articles with a public address, for links in texts. */
  linksOnly?: boolean
  onClose: () => void
  onPick: (articles: PickedArticle[]) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [kind, setKind] = useState<ArticleSetKind | 'all'>(
    linksOnly || place !== 'mass-send' ? 'published' : 'all',
  )
  const filters = usePickerFilters()
  const [previewed, setPreviewed] = useState<string | undefined>()
  const list = useCursorList(
    listArticleSetsEndpoint,
    { params: { accountId }, query: { ...(kind !== 'all' && { kind }), ...filters.query, limit: 30 } },
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
        <PickerFilters filters={filters} search={t('articles.search')} />
      </div>
      <p className="w-faint w-small">
        {t(place === 'mass-send' ? 'articles.pickHint' : 'articles.pickOneHint')} <UsableHelp />
      </p>
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
          place={linksOnly ? undefined : place}
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
  place,
  onPick,
  onPreview,
}: {
  onPreview: () => void
  set: ArticleSetSummary
  room: number
  /** Left out: the addresses of articles are picked. */
  place: Place | undefined
  onPick: (articles: PickedArticle[]) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const refusal = (article: ArticleSummary): string | undefined => {
    if (place === undefined && article.url === null) return t('articles.noUrl')
    const verdict = usableIn(articleMaterial(set, article.index), place ?? 'mass-send')
    return verdict.can ? undefined : t(`usable.reason.${verdict.reason}`)
  }
  const usable = set.articles.filter((article) => refusal(article) === undefined)
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
          {pickable.length > 1 && place === 'mass-send' && (
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
            <WhyNot article={article} refusal={refusal(article)} />
          </button>
        )
      })}
    </div>
  )
}

function WhyNot({ article, refusal }: { article: ArticleSummary; refusal: string | undefined }) {
  const { t } = useTranslation()
  if (refusal !== undefined) return <span className="w-faint w-small">{refusal}</span>
  if (article.problem === null) return null
  return (
    <span className="w-small" style={{ color: 'var(--w-warn)' }}>
      {t(`articles.problem.${article.problem}`)}
    </span>
  )
}
