import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { folderEndpoints, type LabelKind, placementEndpoints } from '../schema.ts'

export const labelEndpoints = { folder: folderEndpoints, placement: placementEndpoints } as const

/** Folders or placements of the account. */
export function useLabels(kind: LabelKind) {
  const accountId = useAccountId()
  return useEndpoint(labelEndpoints[kind].list, { params: { accountId } }, { staleMs: 10_000 })
}

type Props = {
  kind: LabelKind
  value?: string | null
  onChange?: (value: string | null) => void
  id?: string
  /** In pixels; as wide as the form where left out. */
  width?: number
  /** What is asked, where not simply which. */
  placeholder?: string
  /** Offers those that are filed nowhere as well, for filters. */
  withNone?: boolean
}

export function LabelPicker({ kind, value, onChange, id, width, placeholder, withNone = false }: Props) {
  const { t } = useTranslation()
  const { data, isPending } = useLabels(kind)
  const options = (data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))
  return (
    <Select<string>
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: width ?? '100%' }}
      placeholder={placeholder ?? t(`qrCodes.${kind}`)}
      aria-label={placeholder ?? t(`qrCodes.${kind}`)}
      loading={isPending}
      value={value ?? (undefined as unknown as string)}
      onChange={(next?: string) => onChange?.(next ?? null)}
      options={withNone ? [{ value: 'none', label: t(`qrCodes.none.${kind}`) }, ...options] : options}
      notFoundContent={t('qrCodes.noLabels')}
      {...(id !== undefined && { id })}
    />
  )
}
