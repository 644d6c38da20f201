import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { beijingMinute } from '../../kernel/beijing.ts'

/** An instant chosen as Beijing time, to the minute, wherever the browser is. */
export function BeijingTime({
  value,
  onChange,
  label,
  placeholder,
  clearable = false,
  disabled = false,
}: {
  value: string | null
  onChange: (at: string | null) => void
  label: string
  placeholder?: string
  clearable?: boolean
  disabled?: boolean
}) {
  return (
    <DatePicker
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowClear={clearable}
      disabled={disabled}
      aria-label={label}
      placeholder={placeholder ?? label}
      value={value === null ? null : dayjs(beijingMinute(new Date(value)))}
      onChange={(day) =>
        onChange(day === null ? null : new Date(`${day.format('YYYY-MM-DDTHH:mm')}:00+08:00`).toISOString())
      }
    />
  )
}
