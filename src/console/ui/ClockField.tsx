import { TimePicker } from 'antd'
import dayjs from 'dayjs'

/** A time of the day to the minute, as `HH:mm`. */
export function ClockField({
  value,
  onChange,
  label,
}: {
  value: string
  onChange: (time: string) => void
  label: string
}) {
  return (
    <TimePicker
      format="HH:mm"
      style={{ width: 100 }}
      allowClear={false}
      needConfirm={false}
      aria-label={label}
      value={dayjs(`2026-01-01T${value}`)}
      onChange={(time) => time && onChange(time.format('HH:mm'))}
    />
  )
}
