import { useState } from 'react'
import { useLocation } from 'react-router'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { type Source, type SourceKeys, showSourceKeysEndpoint } from '../schema.ts'

/** What may be shown of the keys: none until someone asks, which is noted in the audit. */
export type ShownKeys = {
  keys: SourceKeys | undefined
  show: (() => void) | undefined
  isLoading: boolean
  set: (keys: SourceKeys) => void
}

export function useKeys(source: Source): ShownKeys {
  const mayManage = useCan('sources:manage')
  const justMade = (useLocation().state as { keys?: SourceKeys } | null)?.keys
  const [keys, set] = useState<SourceKeys | undefined>(justMade)
  const show = useEndpointMutation(showSourceKeysEndpoint, { onSuccess: set })
  return {
    keys,
    show: mayManage ? () => show.mutate({ params: { sourceId: source.id } }) : undefined,
    isLoading: show.isPending,
    set,
  }
}
