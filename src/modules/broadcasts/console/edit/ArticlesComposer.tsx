import {
  DeleteOutlined,
  HistoryOutlined,
  PictureOutlined,
  PlusOutlined,
  SwapOutlined,
} from '@ant-design/icons'
import { arrayMove } from '@dnd-kit/sortable'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { Cover } from '../../../../console/ui/Cover.tsx'
import { Sorting, useSorted } from '../../../../console/ui/Sorting.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import { ArticlePicker, CoverDialog, mediaUrl, type PickedArticle } from '../../../contents/console/index.ts'
import { MAX_ARTICLES } from '../../schema.ts'
import type { ComposedArticle } from './draft.ts'
import { SentArticles } from './SentArticles.tsx'

type Open = { what: 'add' | 'sent' } | { what: 'replace' | 'cover'; place: number } | undefined

/** 图文: put together from synced articles; order, replace, remove, add, new cover. The originals stay as they are. */
export function ArticlesComposer({
  articles,
  onChange,
}: {
  articles: ComposedArticle[]
  onChange: (articles: ComposedArticle[]) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [open, setOpen] = useState<Open>()
  const pick = (picked: PickedArticle[]) => {
    const composed = picked.map(compose)
    onChange(
      open?.what === 'replace'
        ? articles.with(open.place, composed[0]!)
        : [...articles, ...composed].slice(0, MAX_ARTICLES),
    )
    setOpen(undefined)
  }
  const room = MAX_ARTICLES - articles.length
  const add = (
    <div className="w-row" style={{ justifyContent: articles.length === 0 ? 'center' : undefined }}>
      <Button icon={<PlusOutlined />} disabled={room < 1} onClick={() => setOpen({ what: 'add' })}>
        {t('composer.addArticle', { count: articles.length, max: MAX_ARTICLES })}
      </Button>
      <Button icon={<HistoryOutlined />} disabled={room < 1} onClick={() => setOpen({ what: 'sent' })}>
        {t('composer.sent.open')}
      </Button>
    </div>
  )
  return (
    <>
      {articles.length === 0 ? (
        <EmptyState
          compact
          title={t('composer.noArticles')}
          hint={t('composer.noArticlesHint')}
          action={add}
        />
      ) : (
        <>
          <Sorting
            ids={articles.map(({ key }) => key)}
            onMove={(from, to) => onChange(arrayMove(articles, from, to))}
          >
            {articles.map((article, place) => (
              <Row
                key={article.key}
                article={article}
                onReplace={() => setOpen({ what: 'replace', place })}
                onCover={() => setOpen({ what: 'cover', place })}
                onRemove={() => onChange(articles.filter(({ key }) => key !== article.key))}
              />
            ))}
          </Sorting>
          <div style={{ marginTop: 12 }}>{add}</div>
          <p className="w-faint w-small">{t('composer.copyHint')}</p>
        </>
      )}
      <p className="w-faint w-small">{t('composer.refusedHint')}</p>
      <SentArticles
        open={open?.what === 'sent'}
        room={room}
        onClose={() => setOpen(undefined)}
        onPick={(sent) => {
          onChange([...articles, ...sent].slice(0, MAX_ARTICLES))
          setOpen(undefined)
        }}
      />
      <ArticlePicker
        open={open?.what === 'add' || open?.what === 'replace'}
        room={open?.what === 'replace' ? 1 : room}
        onClose={() => setOpen(undefined)}
        onPick={pick}
      />
      <CoverDialog
        open={open?.what === 'cover'}
        first={open?.what === 'cover' && open.place === 0}
        onClose={() => setOpen(undefined)}
        onDone={(asset) => {
          if (open?.what !== 'cover') return
          const before = articles[open.place]
          if (before)
            onChange(
              articles.with(open.place, {
                ...before,
                cover: { mediaAssetId: asset.id },
                coverUrl: mediaUrl(accountId, asset.id),
              }),
            )
          setOpen(undefined)
        }}
      />
    </>
  )
}

let lastKey = 0
const compose = ({ articleSetId, index, title, digest, thumbUrl }: PickedArticle): ComposedArticle => {
  lastKey += 1
  return { key: `new-${lastKey}`, articleSetId, index, title, digest, coverUrl: thumbUrl }
}

function Row({
  article,
  onReplace,
  onCover,
  onRemove,
}: {
  article: ComposedArticle
  onReplace: () => void
  onCover: () => void
  onRemove: () => void
}) {
  const { t } = useTranslation()
  const sorted = useSorted(article.key, 'w-sort-row')
  const action = (icon: React.ReactNode, label: string, run: () => void) => (
    <Tooltip title={label}>
      <Button type="text" icon={icon} aria-label={label} onClick={run} />
    </Tooltip>
  )
  return (
    <div {...sorted.place}>
      {sorted.handle(t('composer.drag'))}
      <Cover url={article.coverUrl} shape="wide" />
      <div className="w-sort-title">
        {article.title}
        {article.cover && <div className="w-faint w-small">{t('composer.ownCover')}</div>}
      </div>
      {action(<PictureOutlined />, t('composer.changeCover'), onCover)}
      {action(<SwapOutlined />, t('composer.replace'), onReplace)}
      {action(<DeleteOutlined />, t('composer.remove'), onRemove)}
    </div>
  )
}
