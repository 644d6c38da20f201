import { useSearchParams } from 'react-router'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { getArticleSetEndpoint } from '../../../contents/schema.ts'
import type { ComposedArticle } from './composed.ts'

/** The articles that the link to a new draft names, all of one set; undefined while they are read. */
export function useFirstArticles(): ComposedArticle[] | undefined {
  const accountId = useAccountId()
  const [search] = useSearchParams()
  const named = search.get('articles') ?? ''
  const articleSetId = /^\d{1,19}$/.test(named) ? named : undefined
  const { data, isError } = useEndpoint(
    getArticleSetEndpoint,
    { params: { accountId, articleSetId: articleSetId ?? '' } },
    { enabled: articleSetId !== undefined },
  )
  if (articleSetId === undefined || isError) return []
  return data?.articles
    .filter(({ problem }) => problem !== 'deleted' && problem !== 'type_not_supported')
    .map(({ index, title, digest, thumbUrl }) => ({
      key: `first:${index}`,
      articleSetId,
      index,
      title,
      digest,
      coverUrl: thumbUrl,
    }))
}
