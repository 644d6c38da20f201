import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { ClockField } from '../../../../console/ui/ClockField.tsx'
import type { ActiveHours } from '../../schema.ts'
import { clockOf, useWeekday } from '../words.tsx'

type Span = ActiveHours[number]
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const MOST = 20
const WORKDAYS: Span = { days: [1, 2, 3, 4, 5], fromMinute: 540, untilMinute: 1_080, zone: 'Asia/Shanghai' }

/** 生效时段: none is always. */
export function HoursField({
  value,
  onChange,
}: {
  value: ActiveHours
  onChange: (hours: ActiveHours) => void
}) {
  const { t } = useTranslation()
  return (
    <Form.Item label={t('replies.form.hours')} extra={t('replies.form.hoursHint')}>
      {value.length === 0 && <p className="w-soft">{t('replies.hours.always')}</p>}
      {value.map((span, index) => (
        <SpanRow
          key={index}
          number={index + 1}
          span={span}
          onChange={(next) => onChange(value.with(index, next))}
          onDrop={() => onChange(value.toSpliced(index, 1))}
        />
      ))}
      {value.length < MOST && (
        <Button
          type="dashed"
          icon={<PlusOutlined />}
          onClick={() => onChange([...value, value.at(-1) ?? WORKDAYS])}
        >
          {t('replies.hours.add')}
        </Button>
      )}
    </Form.Item>
  )
}

function SpanRow({
  number,
  span,
  onChange,
  onDrop,
}: {
  number: number
  span: Span
  onChange: (span: Span) => void
  onDrop: () => void
}) {
  const { t } = useTranslation()
  const weekday = useWeekday()
  const { days, fromMinute, untilMinute } = span
  return (
    <div className="w-row" style={{ marginBottom: 8 }}>
      <Select
        mode="multiple"
        style={{ width: 380 }}
        aria-label={t('replies.hours.days', { number })}
        value={days}
        onChange={(next: number[]) => next.length > 0 && onChange({ ...span, days: next })}
        options={DAYS.map((day) => ({ value: day, label: weekday(day) }))}
      />
      <Clock
        label={t('replies.hours.from', { number })}
        minute={fromMinute}
        onChange={(minute) => onChange({ ...span, fromMinute: minute })}
      />
      –
      <Clock
        label={t('replies.hours.until', { number })}
        minute={untilMinute}
        onChange={(minute) => onChange({ ...span, untilMinute: minute === 0 ? 1_440 : minute })}
      />
      {untilMinute <= fromMinute && <span className="w-faint w-small">{t('replies.hours.nextDay')}</span>}
      <Button
        type="text"
        icon={<CloseOutlined />}
        aria-label={t('replies.hours.drop', { number })}
        onClick={onDrop}
      />
    </div>
  )
}

/** The end of a day is its minute 1,440, shown as 00:00. */
function Clock({
  label,
  minute,
  onChange,
}: {
  label: string
  minute: number
  onChange: (minute: number) => void
}) {
  return (
    <ClockField
      label={label}
      value={clockOf(minute % 1_440)}
      onChange={(time) => onChange(Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))}
    />
  )
}
