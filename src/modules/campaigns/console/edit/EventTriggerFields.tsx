import { InputNumber, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { ClockField } from '../../../../console/ui/ClockField.tsx'
import { EVENTS } from '../../../ingest/schema.ts'
import { EventPicker } from '../../../segments/console/index.ts'
import type { EventTrigger, Reach } from '../../schema.ts'
import { Field } from './Field.tsx'
import { LengthField } from './LengthField.tsx'
import { PeriodField, ZoneField } from './RepeatFields.tsx'

/** An auto-reply, a code or a menu may start it. */
const CALLED = [EVENTS.called]

type Props = { value: EventTrigger; onChange: (trigger: EventTrigger) => void }

/** 完成 A, 完成 A 未完成 B: which event, how often, when it is answered, how many times a person. */
export function EventTriggerFields({ value, onChange }: Props) {
  const { t } = useTranslation()
  const { count } = value
  return (
    <>
      <Field label={t('campaigns.trigger.event')}>
        <EventPicker value={value.event} also={CALLED} onChange={(event) => onChange({ ...value, event })} />
      </Field>
      {value.kind === 'event-not' && (
        <>
          <Field label={t('campaigns.trigger.without')}>
            <EventPicker value={value.without} onChange={(without) => onChange({ ...value, without })} />
          </Field>
          <Field label={t('campaigns.trigger.within')} hint={t('campaigns.trigger.withinHint')}>
            <LengthField
              label={t('campaigns.trigger.within')}
              value={value.within}
              onChange={(within) => onChange({ ...value, within })}
            />
          </Field>
        </>
      )}
      <Field label={t('campaigns.trigger.count')}>
        <div className="w-row">
          <Select
            style={{ width: 190 }}
            aria-label={t('campaigns.trigger.count')}
            value={count.mode}
            onChange={(mode: typeof count.mode) => onChange({ ...value, count: { ...count, mode } })}
            options={(['every', 'after'] as const).map((mode) => ({
              value: mode,
              label: t(`campaigns.trigger.countMode.${mode}`),
            }))}
          />
          <span className="w-soft">n =</span>
          <InputNumber<number>
            min={1}
            max={10_000}
            precision={0}
            style={{ width: 90 }}
            aria-label={t('campaigns.trigger.n')}
            value={Number.isFinite(count.n) ? count.n : null}
            onChange={(n) => onChange({ ...value, count: { ...count, n: n ?? Number.NaN } })}
          />
          <span className="w-faint w-small">
            {count.mode === 'every'
              ? count.n === 1
                ? t('campaigns.trigger.countOnce')
                : t('campaigns.trigger.countEvery', { n: count.n })
              : t('campaigns.trigger.countAfter', { n: count.n })}
          </span>
        </div>
      </Field>
      <ReachField value={value.reach} onChange={(reach) => onChange({ ...value, reach })} />
      <PeriodField value={value} onChange={(part) => onChange({ ...value, ...part })} />
      <PerPersonField value={value.perPerson} onChange={(perPerson) => onChange({ ...value, perPerson })} />
      <Field label={t('campaigns.trigger.check')} hint={t(`campaigns.trigger.checkHint.${value.check}`)}>
        <Radio.Group
          value={value.check}
          onChange={(event) => onChange({ ...value, check: event.target.value as EventTrigger['check'] })}
          options={(['live', 'stored'] as const).map((check) => ({
            value: check,
            label: t(`campaigns.trigger.checkKind.${check}`),
          }))}
        />
      </Field>
    </>
  )
}

function ReachField({ value, onChange }: { value: Reach; onChange: (reach: Reach) => void }) {
  const { t } = useTranslation()
  const choose = (kind: Reach['kind']) => {
    if (kind === 'now') onChange({ kind })
    else if (kind === 'delay') onChange({ kind, length: { amount: 30, unit: 'minute' } })
    else onChange({ kind, time: '10:00', daysLater: 0, zone: 'Asia/Shanghai' })
  }
  return (
    <Field label={t('campaigns.trigger.reach')}>
      <div className="w-row">
        <Radio.Group
          value={value.kind}
          onChange={(event) => choose(event.target.value as Reach['kind'])}
          options={(['now', 'delay', 'clock'] as const).map((kind) => ({
            value: kind,
            label: t(`campaigns.trigger.reachKind.${kind}`),
          }))}
        />
        {value.kind === 'delay' && (
          <LengthField value={value.length} onChange={(length) => onChange({ ...value, length })} />
        )}
        {value.kind === 'clock' && (
          <>
            <Select
              style={{ width: 170 }}
              aria-label={t('campaigns.trigger.daysLater')}
              value={value.daysLater}
              onChange={(daysLater) => onChange({ ...value, daysLater })}
              options={Array.from({ length: 31 }, (_, days) => ({
                value: days,
                label:
                  days === 0
                    ? t('campaigns.trigger.today')
                    : t('campaigns.trigger.daysLaterOption', { days }),
              }))}
            />
            <ClockField
              label={t('campaigns.trigger.reach')}
              value={value.time}
              onChange={(time) => onChange({ ...value, time })}
            />
            <ZoneField value={value.zone} onChange={(zone) => onChange({ ...value, zone })} />
          </>
        )}
      </div>
    </Field>
  )
}

function PerPersonField({
  value,
  onChange,
}: {
  value: number | null
  onChange: (perPerson: number | null) => void
}) {
  const { t } = useTranslation()
  return (
    <Field label={t('campaigns.trigger.perPerson')}>
      <div className="w-row">
        <InputNumber<number>
          min={1}
          max={10_000}
          precision={0}
          style={{ width: 140 }}
          placeholder={t('campaigns.trigger.perPersonNone')}
          aria-label={t('campaigns.trigger.perPerson')}
          value={value}
          onChange={(times) => onChange(times ?? null)}
        />
        {value !== null && <span className="w-soft">{t('campaigns.trigger.perPersonTimes')}</span>}
      </div>
    </Field>
  )
}
