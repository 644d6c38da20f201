import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useTellError } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { Cover } from '../../../../console/ui/Cover.tsx'
import { EmptyState, ErrorState, LoadingState } from '../../../../console/ui/states.tsx'
import { mediaUrl } from '../../../contents/console/index.ts'
import { type ArticleSetPreview, getArticleSetEndpoint } from '../../../contents/schema.ts'
import {
  type Broadcast,
  type BroadcastListItem,
  type Content,
  getBroadcastEndpoint,
  listBroadcastsEndpoint,
} from '../../schema.ts'
import type { ComposedArticle } from './draft.ts'

type Choices = Extract<Content, { kind: 'articles' }>['articles']

/** 发过的群发: takes the articles of an earlier send, in its order and with its covers. */
export function SentArticles({
  open,
  room,
  onClose,
  onPick,
}: {
  open: boolean
  /** How many more the message takes. */
  room: number
  onClose: () => void
  onPick: (articles: ComposedArticle[]) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const tell = useTellError()
  const [reading, setReading] = useState<string>()
  const list = useCursorList(
    listBroadcastsEndpoint,
    { params: { accountId }, query: { view: 'records', limit: 40 } },
    { enabled: open },
  )
  const sent = list.items.filter(({ contentKind }) => contentKind === 'articles')
  const take = async (broadcastId: string) => {
    setReading(broadcastId)
    try {
      onPick(await articlesOf(accountId, broadcastId))
    } catch (error) {
      tell(error)
    } finally {
      setReading(undefined)
    }
  }
  return (
    <Drawer open={open} onClose={onClose} size={560} title={t('composer.sent.title')}>
      <p className="w-faint w-small">{t('composer.sent.hint', { room })}</p>
      {list.error && list.items.length === 0 && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isLoading && <LoadingState rows={3} />}
      {!list.isLoading && !list.error && sent.length === 0 && (
        <EmptyState compact title={t('composer.sent.empty')} />
      )}
      {sent.map((item) => (
        <Row
          key={item.id}
          item={item}
          busy={reading === item.id}
          disabled={room < 1 || reading !== undefined}
          onTake={() => void take(item.id)}
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

function Row({
  item,
  busy,
  disabled,
  onTake,
}: {
  item: BroadcastListItem
  busy: boolean
  disabled: boolean
  onTake: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="w-sort-row">
      <Cover url={item.coverUrl} shape="wide" />
      <div className="w-sort-title">
        {item.title}
        <div className="w-faint w-small">
          {item.name} · {format.instant(item.startedAt ?? item.confirmedAt ?? item.createdAt)}
        </div>
      </div>
      <Button loading={busy} disabled={disabled} onClick={onTake}>
        {t('composer.sent.use')}
      </Button>
    </div>
  )
}

/** Of the first group that had articles. */
const choicesOf = ({ groups }: Broadcast): Choices =>
  groups
    .flatMap(({ arms }) => arms)
    .flatMap(({ content }) => (content?.kind === 'articles' ? [content.articles] : []))[0] ?? []

let taken = 0
async function articlesOf(accountId: string, broadcastId: string): Promise<ComposedArticle[]> {
  const choices = choicesOf(await call(getBroadcastEndpoint, { params: { accountId, broadcastId } }))
  const ids = [...new Set(choices.map((choice) => choice.articleSetId))]
  const sets = new Map<string, ArticleSetPreview>()
  for (const articleSetId of ids)
    sets.set(articleSetId, await call(getArticleSetEndpoint, { params: { accountId, articleSetId } }))
  // whether the operator stayed with an old state of it is asked anew
  return choices.map(({ articleSetId, index, cover }) => {
    const article = sets.get(articleSetId)?.articles.find((one) => one.index === index)
    taken += 1
    return {
      key: `sent-${taken}`,
      articleSetId,
      index,
      title: article?.title ?? '—',
      digest: article?.digest ?? '',
      coverUrl: cover ? mediaUrl(accountId, cover.mediaAssetId) : (article?.thumbUrl ?? null),
      ...(cover && { cover }),
    }
  })
}
