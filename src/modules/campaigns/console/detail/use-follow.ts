import { useEffect } from 'react'
import { useInvalidate } from '../../../../console/hooks.ts'
import { listCampaignPeopleEndpoint, listCampaignRunsEndpoint, listWaitsEndpoint } from '../../schema.ts'

/** Lists agree with the totals: whenever these move, they are read again. */
export function useFollowedLists(sign: string) {
  const invalidate = useInvalidate()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sign is what moves
  useEffect(
    () => invalidate(listCampaignPeopleEndpoint, listCampaignRunsEndpoint, listWaitsEndpoint),
    [sign, invalidate],
  )
}
