import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { PreviewPhone } from '../../../messages/console/index.ts'
import type { Campaign, CampaignKind, Plan } from '../../schema.ts'
import { useAudienceText } from '../audience-words.ts'
import { Field } from '../edit/Field.tsx'
import { useNextRuns } from '../edit/WhatHappens.tsx'
import { useTriggerText } from '../use-trigger-text.ts'

/** Everything it was told to do, as people enter it now. */
export const PlanTab = ({ campaign }: { campaign: Campaign }) => (
  <PlanView plan={campaign.plan} kind={campaign.kind} />
)

export function PlanView({ plan, kind }: { plan: Plan; kind: CampaignKind }) {
  const { t } = useTranslation()
  const format = useFormat()
  const audience = useAudienceText(plan.audience, kind)
  const sentence = useTriggerText(plan, kind)
  const runs = useNextRuns(plan) ?? []
  const { limits } = plan
  const quiet =
    typeof limits.quiet === 'string' ? t(`campaigns.limits.${limits.quiet}`) : t('campaigns.limits.quietOwn')
  return (
    <div className="w-campaign-split">
      <section className="w-panel">
        <Field label={t('campaigns.step.audience')}>{audience}</Field>
        <Field label={t('campaigns.step.trigger')}>{sentence}</Field>
        {runs.length > 0 && (
          <Field label={t('campaigns.review.runs')}>
            {runs.map((at) => format.instant(at)).join(t('campaigns.audience.comma'))}
          </Field>
        )}
        <Field label={t('campaigns.limits.purpose')}>
          {t(`campaigns.limits.purposeKind.${plan.purpose}`)}
        </Field>
        <Field label={t('campaigns.limits.caps')}>{t(`campaigns.limits.${limits.caps}`)}</Field>
        <Field label={t('campaigns.limits.quiet')}>{quiet}</Field>
        <Field label={t('campaigns.limits.rate')}>
          {limits.ratePerMinute === null
            ? t('campaigns.limits.rateAccountPlain')
            : `${format.number(limits.ratePerMinute)} ${t('campaigns.limits.perMinute')}`}
        </Field>
        <Field label={t('campaigns.limits.holdout')}>{`${limits.holdout / 100} %`}</Field>
        <Field label={t('campaigns.limits.notAfter')}>
          {limits.notAfter === null ? t('campaigns.limits.notAfterNone') : format.instant(limits.notAfter)}
        </Field>
        <Field label={t('campaigns.content.tracked')}>{t(plan.tracked ? 'common.yes' : 'common.no')}</Field>
      </section>
      <aside className="w-campaign-phone">
        {plan.content !== null && <PreviewPhone content={plan.content} />}
      </aside>
    </div>
  )
}
