import { useTranslation } from 'react-i18next'

/** Which part of a tested group a note is about: a variant's letter, or `rest`. */
export function PartNamed({ part }: { part: unknown }) {
  const { t } = useTranslation()
  if (typeof part !== 'string') return null
  return `${part === 'rest' ? t('massTests.rest') : t('massTests.variantNamed', { label: part })} · `
}
