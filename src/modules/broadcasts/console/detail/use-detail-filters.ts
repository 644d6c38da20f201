import { useSearchParams } from 'react-router'
import { useFilters } from '../../../../console/ui/filters.tsx'

const NAMES = ['tab', 'arm', 'reason', 'batch', 'openid', 'batchState'] as const
type Name = (typeof NAMES)[number]

/** What of a send is looked at, in the address. */
export function useDetailFilters() {
  const filters = useFilters(NAMES)
  const [, setSearch] = useSearchParams()
  /** These and no other filters. */
  const show = (part: Partial<Record<Name, string>>) => setSearch(part, { replace: true })
  return { ...filters, show }
}
export type DetailFilters = ReturnType<typeof useDetailFilters>
