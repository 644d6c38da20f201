import { useMemo } from 'react'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { listActivitiesEndpoint } from '../../../activities/schema.ts'
import { listFacetsEndpoint } from '../../../contacts/schema.ts'
import { listOwnTagsEndpoint } from '../../../tags/schema.ts'
import { valueType } from '../../schema/rule.ts'
import type { KnownAttribute } from './catalogue.ts'

const NONE: readonly never[] = []
const KEEP = { staleMs: 60_000 }

/** Attributes as declared or discovered; one of a type that no test knows is left out. */
export function useAttributes(): readonly KnownAttribute[] {
  const { data } = useEndpoint(listFacetsEndpoint, {}, KEEP)
  return useMemo(
    () =>
      (data?.attributes ?? NONE).flatMap(({ key, displayName, type }) => {
        const known = valueType.safeParse(type)
        return known.success ? [{ key, label: displayName ?? key, type: known.data }] : []
      }),
    [data],
  )
}

export const useOwnTags = () => useEndpoint(listOwnTagsEndpoint, {}, KEEP).data?.items ?? NONE

/** 营销活动, archived ones too: a rule may name one. */
export function useActivities() {
  const enabled = useCan('activities:read')
  const { data } = useEndpoint(listActivitiesEndpoint, { query: { archived: 'true' } }, { ...KEEP, enabled })
  return data?.items ?? NONE
}
