import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useEndpoint } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { listActivitiesEndpoint, listCampaignGroupsEndpoint } from '../schema.ts'

type PickerProps = {
  value?: string | null
  onChange?: (value: string | null) => void
  disabled?: boolean
  id?: string
  /** In pixels; as wide as the form allows where left out. */
  width?: number
}
const STALE = { staleMs: 30_000 }

/** 关联营销活动: an activity that is not archived, or none. One that was chosen before stays shown. */
export function ActivityPicker({ value, onChange, disabled, id, width }: PickerProps) {
  const { t } = useTranslation()
  const query = useEndpoint(listActivitiesEndpoint, { query: { archived: 'true' } }, STALE)
  const options = (query.data?.items ?? [])
    .filter((one) => !one.archived || one.id === value)
    .map((one) => ({
      value: one.id,
      label: one.archived ? t('activities.archivedName', { name: one.name }) : one.name,
    }))
  return (
    <Picker
      {...{ value, onChange, disabled, id, width, options }}
      loading={query.isPending}
      label={t('activities.pick')}
      page="/settings/activities"
    />
  )
}

/** 分组: a group to file a campaign under, or none. */
export function GroupPicker({ value, onChange, disabled, id, width }: PickerProps) {
  const { t } = useTranslation()
  const query = useEndpoint(listCampaignGroupsEndpoint, {}, STALE)
  const options = (query.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))
  return (
    <Picker
      {...{ value, onChange, disabled, id, width, options }}
      loading={query.isPending}
      label={t('activities.pickGroup')}
      page="/settings/activities?tab=groups"
    />
  )
}

type Shown = {
  [K in keyof PickerProps]: PickerProps[K] | undefined
} & { options: { value: string; label: string }[]; loading: boolean; label: string; page: string }

function Picker({ value, onChange, disabled, id, width, options, loading, label, page }: Shown) {
  const { t } = useTranslation()
  const canManage = useCan('activities:manage')
  return (
    <Select<string>
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      style={width === undefined ? { width: '100%', maxWidth: 320 } : { width }}
      placeholder={label}
      aria-label={label}
      value={value ?? (undefined as unknown as string)}
      onChange={(next?: string) => onChange?.(next ?? null)}
      disabled={disabled ?? false}
      loading={loading}
      options={options}
      {...(id !== undefined && { id })}
      notFoundContent={
        <>
          {t('activities.noneYet')}
          {canManage && (
            <>
              {' '}
              <Link to={page}>{t('activities.goMake')}</Link>
            </>
          )}
        </>
      }
    />
  )
}
