import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Broadcast } from '../../schema.ts'
import { armName } from '../words.tsx'

type Filters = { values: { arm?: string | undefined }; set: (name: 'arm', value: string | undefined) => void }

/** Of which record; nothing to choose where there is one. */
export function ArmSelect({ broadcast, filters }: { broadcast: Broadcast; filters: Filters }) {
  const { t } = useTranslation()
  const options = broadcast.groups.flatMap((group) =>
    group.arms.map((arm) => ({
      value: String(arm.number),
      label: `${group.place + 1}. ${armName(t, group, arm)}`,
    })),
  )
  if (options.length < 2) return null
  return (
    <Select
      allowClear
      style={{ minWidth: 200 }}
      placeholder={t('massGroups.allGroups')}
      aria-label={t('massGroups.group')}
      value={filters.values.arm ?? null}
      onChange={(value?: string | null) => filters.set('arm', value ?? undefined)}
      options={options}
    />
  )
}
