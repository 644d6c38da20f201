import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, Radio, Select, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import { ClockField } from '../../../../console/ui/ClockField.tsx'
import type { Missed, OnceTrigger, RepeatTrigger, Schedule } from '../../schema.ts'
import { Field } from './Field.tsx'

const ZONES = [
  'Asia/Shanghai',
  'Asia/Hong_Kong',
  'Asia/Tokyo',
  'Asia/Singapore',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Australia/Sydney',
  'UTC',
]
const MOST_TIMES = 48
type Change = (trigger: RepeatTrigger) => void

/** 定时重复: several times in each day, week or month, or by an expression, between dates. */
export function RepeatFields({ value, onChange }: { value: RepeatTrigger; onChange: Change }) {
  const { t } = useTranslation()
  return (
    <>
      <ScheduleFields value={value.schedule} onChange={(schedule) => onChange({ ...value, schedule })} />
      <Field label={t('campaigns.trigger.zone')}>
        <ZoneField value={value.zone} onChange={(zone) => onChange({ ...value, zone })} />
      </Field>
      <PeriodField value={value} onChange={(part) => onChange({ ...value, ...part })} />
      <Field label={t('campaigns.trigger.holidays')}>
        <Select
          style={{ width: 220 }}
          aria-label={t('campaigns.trigger.holidays')}
          value={value.holidays}
          onChange={(holidays) => onChange({ ...value, holidays })}
          options={(['run', 'skip-holidays', 'skip-days-off'] as const).map((kind) => ({
            value: kind,
            label: t(`campaigns.trigger.holidaysKind.${kind}`),
          }))}
        />
      </Field>
      <RefreshFields value={value} onChange={(part) => onChange({ ...value, ...part })} />
      <MissedField value={value.missed} onChange={(missed) => onChange({ ...value, missed })} />
    </>
  )
}

export function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const { t } = useTranslation()
  const zones = ZONES.includes(value) ? ZONES : [...ZONES, value]
  return (
    <Select
      showSearch
      style={{ width: 220 }}
      aria-label={t('campaigns.trigger.zone')}
      value={value}
      onChange={onChange}
      options={zones.map((zone) => ({
        value: zone,
        label: zone === 'Asia/Shanghai' ? `${t('campaigns.say.zone')}（${zone}）` : zone,
      }))}
    />
  )
}

function ScheduleFields({ value, onChange }: { value: Schedule; onChange: (schedule: Schedule) => void }) {
  const { t } = useTranslation()
  const times = value.kind === 'cron' ? ['10:00'] : value.times
  const choose = (kind: Schedule['kind']) => {
    if (kind === 'cron') onChange({ kind, expression: '' })
    else if (kind === 'daily') onChange({ kind, times })
    else onChange({ kind, days: [1], times })
  }
  return (
    <>
      <Field label={t('campaigns.trigger.schedule')}>
        <Radio.Group
          value={value.kind}
          onChange={(event) => choose(event.target.value as Schedule['kind'])}
          options={(['daily', 'weekly', 'monthly', 'cron'] as const).map((kind) => ({
            value: kind,
            label: t(`campaigns.trigger.scheduleKind.${kind}`),
          }))}
        />
      </Field>
      {value.kind === 'weekly' && (
        <Field label={t('campaigns.trigger.weekdays')}>
          <Checkbox.Group
            value={value.days}
            onChange={(days) => onChange({ ...value, days: days.toSorted((a, b) => a - b) })}
            options={([1, 2, 3, 4, 5, 6, 7] as const).map((day) => ({
              value: day as number,
              label: t(`campaigns.trigger.weekday.d${day}`),
            }))}
          />
        </Field>
      )}
      {value.kind === 'monthly' && (
        <Field label={t('campaigns.trigger.monthDays')}>
          <Select<(number | 'last')[]>
            mode="multiple"
            style={{ width: '100%', maxWidth: 480 }}
            aria-label={t('campaigns.trigger.monthDays')}
            value={value.days}
            onChange={(days) => onChange({ ...value, days })}
            options={[
              ...Array.from({ length: 31 }, (_, day) => ({
                value: day + 1,
                label: t('campaigns.trigger.monthDay', { day: day + 1 }),
              })),
              { value: 'last' as const, label: t('campaigns.trigger.lastDay') },
            ]}
          />
        </Field>
      )}
      {value.kind === 'cron' ? (
        <Field label={t('campaigns.trigger.cron')} hint={t('campaigns.trigger.cronHint')}>
          <Input
            className="w-mono"
            style={{ maxWidth: 260 }}
            maxLength={120}
            aria-label={t('campaigns.trigger.cron')}
            value={value.expression}
            onChange={(event) => onChange({ ...value, expression: event.target.value })}
          />
        </Field>
      ) : (
        <Field label={t('campaigns.trigger.times')}>
          <TimesField value={value.times} onChange={(next) => onChange({ ...value, times: next })} />
        </Field>
      )}
    </>
  )
}

function TimesField({ value, onChange }: { value: string[]; onChange: (times: string[]) => void }) {
  const { t } = useTranslation()
  return (
    <div className="w-row">
      {value.map((time, index) => (
        <Space.Compact key={`${index}:${time}`}>
          <ClockField
            value={time}
            label={t('campaigns.trigger.times')}
            onChange={(next) => onChange(value.with(index, next))}
          />
          {value.length > 1 && (
            <Button
              icon={<CloseOutlined />}
              aria-label={t('common.delete')}
              onClick={() => onChange(value.toSpliced(index, 1))}
            />
          )}
        </Space.Compact>
      ))}
      {value.length < MOST_TIMES && (
        <Button icon={<PlusOutlined />} type="dashed" onClick={() => onChange([...value, nextTime(value)])}>
          {t('campaigns.trigger.addTime')}
        </Button>
      )}
    </div>
  )
}

/** An hour after the last one, so that two are never the same at first. */
function nextTime(times: readonly string[]): string {
  const hour = (Number((times.at(-1) ?? '09:00').slice(0, 2)) + 1) % 24
  return `${String(hour).padStart(2, '0')}:00`
}

export function PeriodField({
  value,
  onChange,
}: {
  value: { from: string | null; until: string | null }
  onChange: (part: { from?: string | null; until?: string | null }) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <Field label={t('campaigns.trigger.from')}>
        <BeijingTime
          clearable
          label={t('campaigns.trigger.from')}
          placeholder={t('campaigns.trigger.fromStart')}
          value={value.from}
          onChange={(from) => onChange({ from })}
        />
      </Field>
      <Field label={t('campaigns.trigger.until')}>
        <BeijingTime
          clearable
          label={t('campaigns.trigger.until')}
          placeholder={t('campaigns.trigger.untilEnded')}
          value={value.until}
          onChange={(until) => onChange({ until })}
        />
      </Field>
    </>
  )
}

type Refreshing = Pick<OnceTrigger, 'refresh' | 'onRefreshFailed'>

/** B7: whether on-demand crowds are computed anew before each run, and what happens where that fails. */
export function RefreshFields({
  value,
  onChange,
}: {
  value: Refreshing
  onChange: (part: Partial<Refreshing>) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      <Field label="" hint={t('campaigns.trigger.refreshHint')}>
        <Checkbox checked={value.refresh} onChange={(event) => onChange({ refresh: event.target.checked })}>
          {t('campaigns.trigger.refresh')}
        </Checkbox>
      </Field>
      {value.refresh && (
        <Field label={t('campaigns.trigger.onRefreshFailed')}>
          <Radio.Group
            value={value.onRefreshFailed}
            onChange={(event) =>
              onChange({ onRefreshFailed: event.target.value as Refreshing['onRefreshFailed'] })
            }
            options={(['last-good', 'dont-send'] as const).map((kind) => ({
              value: kind,
              label: t(`campaigns.trigger.onRefreshFailedKind.${kind}`),
            }))}
          />
        </Field>
      )}
    </>
  )
}

export function MissedField({ value, onChange }: { value: Missed; onChange: (missed: Missed) => void }) {
  const { t } = useTranslation()
  return (
    <Field label={t('campaigns.trigger.missed')}>
      <Radio.Group
        value={value}
        onChange={(event) => onChange(event.target.value as Missed)}
        options={(['send', 'skip', 'ask'] as const).map((kind) => ({
          value: kind,
          label: t(`campaigns.trigger.missedKind.${kind}`),
        }))}
      />
    </Field>
  )
}
