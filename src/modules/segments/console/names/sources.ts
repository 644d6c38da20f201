import { useMemo } from 'react'
import { useEndpoint } from '../../../../console/hooks.ts'
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
