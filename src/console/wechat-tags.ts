import { useCallback } from 'react'
import { listTagsEndpoint } from '../modules/tags/schema.ts'
import { useEndpoint } from './hooks.ts'
import { useAccountId } from './session.ts'

/** The WeChat tags of the page's account, and the name of each: fans and audiences only carry ids. */
export function useWechatTags() {
  const query = useEndpoint(listTagsEndpoint, { params: { accountId: useAccountId() } }, { staleMs: 30_000 })
  const items = query.data?.items
  const nameOf = useCallback(
    (tagId: number) => items?.find((tag) => tag.tagId === tagId)?.name ?? `#${tagId}`,
    [items],
  )
  return { query, items: items ?? [], nameOf }
}
