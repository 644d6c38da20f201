import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SearchInput } from '../../../console/ui/filters.tsx'
import { FolderPicker } from './FolderPicker.tsx'

/** What a picker asks its list for; not in the address, which is the page's behind it. */
export function usePickerFilters() {
  const [q, setQ] = useState<string | undefined>()
  const [folder, setFolder] = useState<string | undefined>()
  return { query: { ...(q && { q }), ...(folder && { folder }) }, q, setQ, folder, setFolder }
}

export function PickerFilters({
  filters: { q, setQ, folder, setFolder },
  search,
}: {
  filters: ReturnType<typeof usePickerFilters>
  search: string
}) {
  const { t } = useTranslation()
  return (
    <>
      <SearchInput placeholder={search} value={q} onChange={setQ} />
      <FolderPicker
        value={folder}
        placeholder={t('materials.folder')}
        noneLabel={t('materials.noFolder')}
        onChange={setFolder}
      />
    </>
  )
}
