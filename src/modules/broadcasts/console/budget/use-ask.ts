import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { call } from '../../../../console/api.ts'
import { useAccountId } from '../../../../console/session.ts'
import type { BodyInputOf } from '../../../../kernel/endpoint.ts'
import { askBudgetEndpoint } from '../../schema/budget.ts'

type Question = BodyInputOf<typeof askBudgetEndpoint>

/** The answer of a question, asked anew when `stamp` changes; none while there is no question. */
export function useAsk(body: Question | undefined, stamp = '') {
  const accountId = useAccountId()
  return useQuery({
    queryKey: ['api', askBudgetEndpoint.path, accountId, body ?? null, stamp],
    queryFn: ({ signal }) =>
      call(askBudgetEndpoint, { params: { accountId }, body: body as Question }, signal),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
  })
}
