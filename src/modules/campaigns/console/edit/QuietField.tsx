import { Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { ClockField } from '../../../../console/ui/ClockField.tsx'
import type { CampaignLimits } from '../../schema.ts'

type Quiet = CampaignLimits['quiet']
type Hours = Exclude<Quiet, string>
const NIGHT: Hours = { fromMinute: 22 * 60, untilMinute: 8 * 60, zone: 'Asia/Shanghai', action: 'postpone' }

const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** 免打扰时段: the installation's, hours of its own, or none. */
export function QuietField({ value, onChange }: { value: Quiet; onChange: (quiet: Quiet) => void }) {
  const { t } = useTranslation()
  const choice = typeof value === 'string' ? value : 'own'
  return (
    <div className="w-row">
      <Radio.Group
        value={choice}
        onChange={(event) => {
          const next = event.target.value as typeof choice
          onChange(next === 'own' ? NIGHT : next)
        }}
        options={[
          { value: 'inherit', label: t('campaigns.limits.inherit') },
          { value: 'own', label: t('campaigns.limits.quietOwn') },
          { value: 'none', label: t('campaigns.limits.none') },
        ]}
      />
      {typeof value !== 'string' && (
        <div className="w-row">
          <ClockField
            label={t('campaigns.limits.quietFrom')}
            value={clockOf(value.fromMinute)}
            onChange={(time) => onChange({ ...value, fromMinute: minutesOf(time) })}
          />
          –
          <ClockField
            label={t('campaigns.limits.quietUntil')}
            value={clockOf(value.untilMinute)}
            onChange={(time) => onChange({ ...value, untilMinute: minutesOf(time) })}
          />
          <Select
            style={{ width: 150 }}
            aria-label={t('campaigns.limits.quietAction')}
            value={value.action}
            onChange={(action: Hours['action']) => onChange({ ...value, action })}
            options={(['postpone', 'drop'] as const).map((action) => ({
              value: action,
              label: t(`campaigns.limits.quietActionKind.${action}`),
            }))}
          />
        </div>
      )}
    </div>
  )
}
