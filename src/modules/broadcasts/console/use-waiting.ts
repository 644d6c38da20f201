import { useState } from 'react'
import { call } from '../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import {
  cancelGroupEndpoint,
  getBroadcastEndpoint,
  listBatchesEndpoint,
  listBroadcastsEndpoint,
  retimeGroupEndpoint,
} from '../schema.ts'

/**
 * What can be done to groups that wait for their time, one after the other. When one is refused the others before it are done:
 * what then stands is shown anew.
 */
export function useWaiting(broadcastId: string) {
  const accountId = useAccountId()
  const invalidate = useInvalidate()
  const tell = useTellError()
  const [busy, setBusy] = useState(false)
  const each = async (places: readonly number[], act: (place: number) => Promise<unknown>) => {
    setBusy(true)
    try {
      for (const place of places) await act(place)
      return true
    } catch (error) {
      tell(error)
      return false
    } finally {
      setBusy(false)
      invalidate(getBroadcastEndpoint, listBroadcastsEndpoint, listBatchesEndpoint)
    }
  }
  const of = (place: number) => ({ params: { accountId, broadcastId, place } })
  return {
    busy,
    /** Null: at once. */
    retime: (places: readonly number[], sendAt: string | null) =>
      each(places, (place) => call(retimeGroupEndpoint, { ...of(place), body: { sendAt } })),
    remove: (places: readonly number[]) => each(places, (place) => call(cancelGroupEndpoint, of(place))),
  }
}
