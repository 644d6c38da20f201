import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { call } from '../../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import {
  type Broadcast,
  createBroadcastEndpoint,
  getBroadcastEndpoint,
  listBroadcastsEndpoint,
  preflightEndpoint,
  updateBroadcastEndpoint,
} from '../../schema.ts'
import type { DraftFields } from './draft.ts'

/** Saves a draft, new or known. The version goes along, so that nobody overwrites what another changed meanwhile. */
export function useSaveDraft(stored: Broadcast | undefined) {
  const accountId = useAccountId()
  const client = useQueryClient()
  const invalidate = useInvalidate()
  const tell = useTellError()
  const [saving, setSaving] = useState(false)
  const version = useRef(stored?.version ?? 0)
  const save = async (fields: DraftFields): Promise<Broadcast | undefined> => {
    setSaving(true)
    try {
      const result =
        stored === undefined
          ? await call(createBroadcastEndpoint, { params: { accountId }, body: fields })
          : await call(updateBroadcastEndpoint, {
              params: { accountId, broadcastId: stored.id },
              body: { ...fields, version: version.current },
            })
      version.current = result.version
      client.setQueryData(
        ['api', getBroadcastEndpoint.path, { accountId, broadcastId: result.id }, null],
        result,
      )
      invalidate(listBroadcastsEndpoint, preflightEndpoint)
      return result
    } catch (error) {
      tell(error)
      return undefined
    } finally {
      setSaving(false)
    }
  }
  return { save, saving, version }
}
