import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '../../../../console/api.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { mediaUrl } from '../../../contents/console/index.ts'
import { type ArticleSetPreview, getArticleSetEndpoint } from '../../../contents/schema.ts'
import { type Broadcast, getBroadcastEndpoint } from '../../schema.ts'
import { type Form, formOf } from './draft.ts'

/** A stored draft as the form holds it, with the titles and covers that the stored content only names. */
export function useStoredDraft(broadcastId: string | undefined) {
  const accountId = useAccountId()
  const query = useEndpoint(
    getBroadcastEndpoint,
    { params: { accountId, broadcastId: broadcastId ?? '' } },
    { enabled: broadcastId !== undefined, staleMs: 60_000 },
  )
  const form = useFormOf(query.data)
  return { query, form }
}

/** Undefined until everything it names is read; materials that are gone get an empty face. */
export function useFormOf(broadcast: Broadcast | undefined): Form | undefined {
  const accountId = useAccountId()
  const contents = broadcast?.groups.flatMap(({ arms }) => arms.map(({ content }) => content)) ?? []
  const setIds = [
    ...new Set(
      contents.flatMap((content) =>
        content?.kind === 'articles' ? content.articles.map(({ articleSetId }) => articleSetId) : [],
      ),
    ),
  ]
  const sets = useQueries({
    queries: setIds.map((articleSetId) => ({
      queryKey: ['api', getArticleSetEndpoint.path, { accountId, articleSetId }, null],
      queryFn: () => call(getArticleSetEndpoint, { params: { accountId, articleSetId } }),
      retry: false,
    })),
    combine: (results) => ({
      pending: results.some(({ isPending }) => isPending),
      data: results.flatMap(({ data }) => (data ? [data] : [])),
    }),
  })
  return useMemo(() => {
    if (broadcast === undefined || sets.pending) return undefined
    return formOf(broadcast, { describe: faceOf(sets.data), coverUrl: (id) => mediaUrl(accountId, id) })
  }, [broadcast, sets, accountId])
}

const faceOf = (sets: readonly ArticleSetPreview[]) => (articleSetId: string, index: number) => {
  const article = sets.find(({ id }) => id === articleSetId)?.articles.find((one) => one.index === index)
  return { title: article?.title ?? '—', digest: article?.digest ?? '', coverUrl: article?.thumbUrl ?? null }
}
