import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { type Counts, ERASED_KINDS } from '../schema.ts'

/** What is there, by kind, in one order everywhere; kinds without any are left out. */
export function useCounts() {
  const { t } = useTranslation()
  const format = useFormat()
  return (counts: Counts): { label: string; value: string }[] =>
    ERASED_KINDS.filter((kind) => (counts[kind] ?? 0) > 0).map((kind) => ({
      label: t(`privacy.numbers.${kind}`),
      value: format.number(counts[kind]),
    }))
}
