import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useMemo } from 'react'
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
  // a new object would be a new value: what is being typed would be forgotten whenever the page is drawn again
  const day = useMemo(() => (value === null ? null : dayjs(beijingMinute(new Date(value)))), [value])
  return (
    <DatePicker
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowClear={clearable}
      disabled={disabled}
      aria-label={label}
      placeholder={placeholder ?? label}
      value={day}
      onChange={(day) =>
        onChange(day === null ? null : new Date(`${day.format('YYYY-MM-DDTHH:mm')}:00+08:00`).toISOString())
      }
    />
  )
}
