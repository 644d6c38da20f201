import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../../../console/api.ts'
import { useAccountId } from '../../../console/session.ts'
import { type MessageContent, previewMessageEndpoint } from '../schema.ts'

const PAUSE_MS = 350

/** Something as it was a moment ago, so that not every letter is asked about. */
export function useSettled<T>(value: T, ms = PAUSE_MS): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** What the message is for one fan; undefined while nobody is named or the answer isn't there. */
export function usePreview(content: MessageContent | null, fanId: string | null) {
  const accountId = useAccountId()
  const settled = useSettled(content)
  const { data } = useQuery({
    queryKey: ['message-preview', accountId, fanId, settled],
    queryFn: ({ signal }) =>
      call(
        previewMessageEndpoint,
        { params: { accountId }, body: { content: settled as MessageContent, fanId, context: null } },
        signal,
      ),
    enabled: fanId !== null && settled !== null,
    placeholderData: keepPreviousData,
  })
  return fanId === null ? undefined : data
}
