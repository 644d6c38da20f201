import { InputNumber, Radio, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import { GoalEditor } from '../../../goals/console/index.ts'
import type { CampaignLimits, Plan } from '../../schema.ts'
import type { StepProps } from './BasicsStep.tsx'
import { Field } from './Field.tsx'
import { GlobalLimits } from './GlobalLimits.tsx'
import { QuietField } from './QuietField.tsx'

/** Step 5: how fast, how often, when not, for whom not, and what counts as success. */
export function LimitsStep({ draft, changePlan }: StepProps) {
  const { t } = useTranslation()
  const { plan } = draft
  const tracks = draft.kind !== 'customer-service' || plan.content?.kind !== 'article'
  return (
    <div className="w-stack w-campaign-form">
      <LimitFields plan={plan} onChange={changePlan} />
      <section className="w-panel">
        <h2>{t('campaigns.limits.trackingAndGoal')}</h2>
        {tracks && (
          <Field label={t('campaigns.content.tracked')} hint={t('campaigns.content.trackedHint')}>
            <Switch
              aria-label={t('campaigns.content.tracked')}
              checked={plan.tracked}
              onChange={(tracked) => changePlan({ tracked })}
            />
          </Field>
        )}
        <GoalEditor value={plan.goal} onChange={(goal) => changePlan({ goal })} />
      </section>
    </div>
  )
}

export function LimitFields({ plan, onChange }: { plan: Plan; onChange: (part: Partial<Plan>) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { limits, trigger, purpose } = plan
  const change = (part: Partial<CampaignLimits>) => onChange({ limits: { ...limits, ...part } })
  const until = 'until' in trigger ? trigger.until : null
  return (
    <section className="w-panel">
      <Field label={t('campaigns.limits.purpose')} hint={t(`campaigns.limits.purposeHint.${purpose}`)}>
        <Radio.Group
          value={purpose}
          onChange={(event) => onChange({ purpose: event.target.value as Plan['purpose'] })}
          options={(['marketing', 'service'] as const).map((kind) => ({
            value: kind,
            label: t(`campaigns.limits.purposeKind.${kind}`),
          }))}
        />
      </Field>
      <Field label={t('campaigns.limits.caps')}>
        <Radio.Group
          value={limits.caps}
          onChange={(event) => change({ caps: event.target.value as CampaignLimits['caps'] })}
          options={(['inherit', 'none'] as const).map((how) => ({
            value: how,
            label: t(`campaigns.limits.${how}`),
          }))}
        />
        {limits.caps === 'inherit' && <GlobalLimits part="caps" purpose={purpose} />}
      </Field>
      <Field label={t('campaigns.limits.quiet')}>
        <QuietField value={limits.quiet} onChange={(quiet) => change({ quiet })} />
        {limits.quiet === 'inherit' && <GlobalLimits part="quiet" purpose={purpose} />}
      </Field>
      <Field label={t('campaigns.limits.rate')}>
        <InputNumber<number>
          min={1}
          max={1_000_000}
          precision={0}
          style={{ width: 240 }}
          aria-label={t('campaigns.limits.rateOwn')}
          placeholder={t('campaigns.limits.rateAccountPlain')}
          value={limits.ratePerMinute}
          onChange={(rate) => change({ ratePerMinute: rate ?? null })}
        />{' '}
        <span className="w-faint w-small">{t('campaigns.limits.perMinute')}</span>
      </Field>
      <Field label={t('campaigns.limits.holdout')} hint={t('campaigns.limits.holdoutHint')}>
        <InputNumber<number>
          min={0}
          max={50}
          style={{ width: 110 }}
          suffix="%"
          aria-label={t('campaigns.limits.holdout')}
          value={limits.holdout / 100}
          onChange={(percent) => change({ holdout: Math.round((percent ?? 0) * 100) })}
        />
      </Field>
      <Field label={t('campaigns.limits.notAfter')} hint={t('campaigns.limits.notAfterHint')}>
        <BeijingTime
          clearable
          label={t('campaigns.limits.notAfter')}
          placeholder={t('campaigns.limits.notAfterNone')}
          value={limits.notAfter}
          onChange={(notAfter) => change({ notAfter })}
        />
      </Field>
      {trigger.kind !== 'once' && (
        <Field label={t('campaigns.limits.end')}>
          <span className="w-soft">
            {until === null
              ? t('campaigns.limits.endNone')
              : t('campaigns.limits.endOfTrigger', { at: format.instant(until) })}
          </span>
        </Field>
      )}
    </section>
  )
}
