import { useEndpoint } from '../../../console/hooks.ts'
import { listLinkedEndpoint } from '../schema.ts'

/** The mini programs that messages of an account may open. */
export const useLinkedMiniPrograms = (accountId: string) =>
  useEndpoint(listLinkedEndpoint, { params: { accountId } }, { staleMs: 15_000 })
