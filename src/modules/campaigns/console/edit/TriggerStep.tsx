import { Checkbox, Radio } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../../console/clock.ts'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import { Choices } from '../../../../console/ui/Choices.tsx'
import type { CampaignKind, OnceTrigger, Trigger, TriggerKind } from '../../schema.ts'
import type { StepProps } from './BasicsStep.tsx'
import { EventTriggerFields } from './EventTriggerFields.tsx'
import { Field } from './Field.tsx'
import { LengthField } from './LengthField.tsx'
import { MissedField, RefreshFields, RepeatFields } from './RepeatFields.tsx'
import { blankTrigger, type Scenario, scenarioOf } from './trigger-blank.ts'
import { WhatHappens } from './WhatHappens.tsx'

const KINDS: readonly TriggerKind[] = ['once', 'repeat', 'event', 'event-not']

/** Step 3: when it is sent, in plain words, and what that comes to. */
export function TriggerStep({ draft, changePlan, below }: StepProps & { below?: ReactNode }) {
  return (
    <div className="w-stack w-campaign-form">
      <TriggerFields
        kind={draft.kind}
        trigger={draft.plan.trigger}
        onChange={(trigger) => changePlan({ trigger })}
      />
      <WhatHappens plan={draft.plan} kind={draft.kind} />
      {below}
    </div>
  )
}

export function TriggerFields({
  kind,
  trigger,
  onChange,
}: {
  kind: CampaignKind
  trigger: Trigger
  onChange: (trigger: Trigger) => void
}) {
  const { t } = useTranslation()
  const scenario = kind === 'customer-service' ? scenarioOf(trigger) : 'other'
  return (
    <>
      {kind === 'customer-service' && (
        <section className="w-panel">
          <h2>{t('campaigns.trigger.scenario')}</h2>
          <Choices<Scenario>
            label={t('campaigns.trigger.scenario')}
            value={scenario}
            onChange={(next) => next !== scenario && onChange(blankTrigger(next))}
            choices={(['window', 'everyTime', 'other'] as const).map((value) => ({
              value,
              title: t(`campaigns.trigger.${value}`),
              hint: t(`campaigns.trigger.${value}Hint`),
            }))}
          />
        </section>
      )}
      <section className="w-panel">
        <h2>{t('campaigns.trigger.title')}</h2>
        {scenario === 'other' && (
          <Choices
            label={t('campaigns.trigger.kind')}
            value={trigger.kind}
            onChange={(next) => next !== trigger.kind && onChange(blankTrigger(next))}
            choices={KINDS.map((value) => ({
              value,
              title: t(`campaigns.triggerKind.${value}`),
              hint: t(`campaigns.trigger.kindHint.${value}`),
            }))}
          />
        )}
        <div style={{ marginTop: scenario === 'other' ? 14 : 0 }}>
          {trigger.kind === 'once' && (
            <OnceFields value={trigger} onChange={onChange} withWindow={kind === 'customer-service'} />
          )}
          {trigger.kind === 'repeat' && <RepeatFields value={trigger} onChange={onChange} />}
          {(trigger.kind === 'event' || trigger.kind === 'event-not') && (
            <EventTriggerFields value={trigger} onChange={onChange} />
          )}
        </div>
      </section>
    </>
  )
}

function OnceFields({
  value,
  onChange,
  withWindow,
}: {
  value: OnceTrigger
  onChange: (trigger: OnceTrigger) => void
  withWindow: boolean
}) {
  const { t } = useTranslation()
  const { at } = value
  const now = useBusinessNow()
  const choice = at === 'now' ? 'now' : typeof at === 'string' ? 'instant' : 'after'
  const choose = (next: 'now' | 'instant' | 'after') =>
    onChange({
      ...value,
      at:
        next === 'now'
          ? 'now'
          : next === 'instant'
            ? new Date(Math.ceil((now + 3_600_000) / 3_600_000) * 3_600_000).toISOString()
            : { after: { amount: 1, unit: 'hour' } },
    })
  return (
    <>
      <Field label={t('campaigns.trigger.at')}>
        <div className="w-row">
          <Radio.Group
            value={choice}
            onChange={(event) => choose(event.target.value as typeof choice)}
            options={[
              { value: 'now', label: t('campaigns.trigger.atNow') },
              { value: 'instant', label: t('campaigns.trigger.atInstant') },
              { value: 'after', label: t('campaigns.trigger.atAfter') },
            ]}
          />
          {typeof at === 'string' && at !== 'now' && (
            <BeijingTime
              label={t('campaigns.trigger.atInstant')}
              value={at}
              onChange={(next) => next !== null && onChange({ ...value, at: next })}
            />
          )}
          {typeof at === 'object' && (
            <LengthField value={at.after} onChange={(after) => onChange({ ...value, at: { after } })} />
          )}
        </div>
      </Field>
      {withWindow && (
        <Field label="">
          <Checkbox
            checked={value.audienceWindow !== null}
            onChange={(event) =>
              onChange({ ...value, audienceWindow: event.target.checked ? 'interacted-48h' : null })
            }
          >
            {t('campaigns.trigger.onlyWindow')}
          </Checkbox>
        </Field>
      )}
      {at !== 'now' && (
        <>
          <RefreshFields value={value} onChange={(part) => onChange({ ...value, ...part })} />
          <MissedField value={value.missed} onChange={(missed) => onChange({ ...value, missed })} />
        </>
      )}
    </>
  )
}
