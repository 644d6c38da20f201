import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { letterOf } from '../../../rules/tests.ts'
import type { TestForm } from './test-form.ts'

/** Which variant of a tested group is shown; nothing where the group has one content. */
export function VariantTabs({
  test,
  chosen,
  onChoose,
}: {
  test: TestForm | null
  chosen: number
  onChoose: (variant: number) => void
}) {
  const { t } = useTranslation()
  if (test === null) return null
  return (
    <Segmented<number>
      value={chosen}
      onChange={onChoose}
      aria-label={t('massTests.variants')}
      style={{ marginBottom: 12 }}
      options={test.variants.map(({ key, articles }, place) => ({
        value: place,
        key,
        label: `${letterOf(place)}${articles.length === 0 ? ` · ${t('massTests.noArticles')}` : ''}`,
      }))}
    />
  )
}
