import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { listMaterialFoldersEndpoint } from '../schema.ts'

/** Folders of the account. */
export function useFolders() {
  const accountId = useAccountId()
  return useEndpoint(listMaterialFoldersEndpoint, { params: { accountId } }, { staleMs: 10_000 })
}

type Props = {
  value?: string | undefined
  /** `none`: those that are in no folder. */
  onChange: (folder: string | undefined) => void
  placeholder: string
  noneLabel: string
}

export function FolderPicker({ value, onChange, placeholder, noneLabel }: Props) {
  const { t } = useTranslation()
  const { data, isPending } = useFolders()
  return (
    <Select<string>
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: 170 }}
      placeholder={placeholder}
      aria-label={placeholder}
      loading={isPending}
      value={value ?? (undefined as unknown as string)}
      onChange={(next?: string) => onChange(next)}
      options={[
        { value: 'none', label: noneLabel },
        ...(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
      notFoundContent={t('materials.noFolders')}
    />
  )
}
