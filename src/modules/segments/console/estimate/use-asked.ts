import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { call } from '../../../../console/api.ts'
import { explainEndpoint, sampleEndpoint } from '../../schema/ask.ts'
import type { Rule } from '../../schema/rule.ts'

type Asked = { rule: Rule; accountId?: string | undefined; at?: string | undefined }

/** Some of the people a rule finds. */
export function useSample({ rule, accountId, at }: Asked, enabled: boolean) {
  return useQuery({
    queryKey: ['segments', 'sample', rule, accountId ?? null, at ?? null],
    queryFn: ({ signal }) =>
      call(
        sampleEndpoint,
        { body: { rule, ...(accountId !== undefined && { accountId }), ...(at !== undefined && { at }) } },
        signal,
      ),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}

/** Why one person is in or out of a rule. */
export function useExplanation({ rule, at }: Asked, contactId: string | undefined, enabled: boolean) {
  return useQuery({
    queryKey: ['segments', 'explain', rule, contactId ?? null, at ?? null],
    queryFn: ({ signal }) =>
      call(
        explainEndpoint,
        { body: { rule, contactId: contactId ?? '', ...(at !== undefined && { at }) } },
        signal,
      ),
    enabled: enabled && contactId !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}
