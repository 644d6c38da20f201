import { TimePicker } from 'antd'
import dayjs from 'dayjs'

/** A time of the day to the minute, as `HH:mm`. */
export function ClockField({
  value,
  onChange,
  label,
  minuteStep = 1,
}: {
  value: string
  onChange: (time: string) => void
  label: string
  minuteStep?: number
}) {
  return (
    <TimePicker
      format="HH:mm"
      minuteStep={minuteStep as 1}
      style={{ width: 100 }}
      allowClear={false}
      needConfirm={false}
      aria-label={label}
      value={dayjs(`2026-01-01T${value}`)}
      onChange={(time) => time && onChange(time.format('HH:mm'))}
    />
  )
}

/** The same as the minute of the day. */
export function MinuteField({
  value,
  onChange,
  ...rest
}: {
  value: number
  onChange: (minute: number) => void
  label: string
  minuteStep?: number
}) {
  const two = (number: number) => String(number).padStart(2, '0')
  return (
    <ClockField
      {...rest}
      value={`${two(Math.floor(value / 60))}:${two(value % 60)}`}
      onChange={(time) => {
        const [hours = 0, minutes = 0] = time.split(':').map(Number)
        onChange(hours * 60 + minutes)
      }}
    />
  )
}
