import { Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { FilterBar, SearchInput, type useFilters } from '../../../console/ui/filters.tsx'
import { FolderPicker } from './FolderPicker.tsx'

type Filters = ReturnType<typeof useFilters<'q' | 'folder' | 'gone'>>

/** Search, folder, and what WeChat has no more. */
export function MaterialFilters({
  filters,
  search,
  mayBeGone,
}: {
  filters: Filters
  search: string
  mayBeGone: boolean
}) {
  const { t } = useTranslation()
  const { q, folder, gone } = filters.values
  return (
    <FilterBar filters={filters}>
      <SearchInput placeholder={search} value={q} onChange={(value) => filters.set('q', value)} />
      <FolderPicker
        value={folder}
        placeholder={t('materials.folder')}
        noneLabel={t('materials.noFolder')}
        onChange={(value) => filters.set('folder', value)}
      />
      {mayBeGone && (
        <span className="w-row w-soft">
          <Switch
            size="small"
            aria-label={t('articles.showGone')}
            checked={gone === 'true'}
            onChange={(on) => filters.set('gone', on ? 'true' : undefined)}
          />
          {t('articles.showGone')}
        </span>
      )}
    </FilterBar>
  )
}
