import { useEndpointMutation } from '../../../../../console/hooks.ts'
import {
  answerArmEndpoint,
  type Broadcast,
  chooseVariantEndpoint,
  experimentEndpoint,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
} from '../../../schema.ts'

const CHANGED = [getBroadcastEndpoint, experimentEndpoint, listBroadcastsEndpoint, listBatchesEndpoint]

/** An operator's word about the rest of a test. */
export function useChoice({ accountId, id }: Broadcast, rest: number) {
  const params = { accountId, broadcastId: id, number: rest }
  const chosen = useEndpointMutation(chooseVariantEndpoint, { invalidates: CHANGED })
  const answered = useEndpointMutation(answerArmEndpoint, { invalidates: CHANGED })
  return {
    choose: (variant: number | null) => chosen.mutate({ params, body: { variant } }),
    skip: () => answered.mutate({ params, body: { do: 'skip' } }),
    busy: chosen.isPending || answered.isPending,
  }
}
