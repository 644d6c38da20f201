import { InputNumber, Select, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Duration } from '../../../segments/schema.ts'

/** A length of time in minutes, hours or days; empty while it is typed. */
export function LengthField({
  value,
  onChange,
  label,
}: {
  value: Duration
  onChange: (value: Duration) => void
  label?: string
}) {
  const { t } = useTranslation()
  return (
    <Space.Compact>
      <InputNumber<number>
        min={1}
        precision={0}
        style={{ width: 90 }}
        aria-label={label ?? t('segments.length')}
        value={Number.isFinite(value.amount) ? value.amount : null}
        onChange={(amount) => onChange({ ...value, amount: amount ?? Number.NaN })}
      />
      <Select
        style={{ width: 86 }}
        aria-label={t('segments.unit')}
        value={value.unit}
        onChange={(unit: Duration['unit']) => onChange({ ...value, unit })}
        options={(['minute', 'hour', 'day'] as const).map((unit) => ({
          value: unit,
          label: t(`campaigns.trigger.unit.${unit}`),
        }))}
      />
    </Space.Compact>
  )
}
