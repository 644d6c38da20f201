import { useEffect, useRef } from 'react'
import { useEndpoint, useInvalidate } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  type ArticlePublication,
  getArticleSetEndpoint,
  listArticlePublicationsEndpoint,
  listArticleSetsEndpoint,
} from '../schema.ts'

export const isUnderWay = ({ state }: ArticlePublication): boolean =>
  state === 'submitting' || state === 'publishing'

export type Publications = { lastOf(articleSetId: string): ArticlePublication | undefined }

/** The newest publications, followed while one is under way; the articles are read again when one ends. */
export function usePublications(): Publications {
  const accountId = useAccountId()
  const invalidate = useInvalidate()
  const { data } = useEndpoint(
    listArticlePublicationsEndpoint,
    { params: { accountId }, query: { limit: 50 } },
    { every: (seen) => (seen?.items.some(isUnderWay) ? 1_500 : 15_000) },
  )
  const items = data?.items
  const open = items?.filter(isUnderWay).length ?? 0
  const before = useRef(0)
  useEffect(() => {
    if (open < before.current) invalidate(listArticleSetsEndpoint, getArticleSetEndpoint)
    before.current = open
  }, [open, invalidate])
  return { lastOf: (articleSetId) => items?.find((one) => one.articleSetId === articleSetId) }
}
