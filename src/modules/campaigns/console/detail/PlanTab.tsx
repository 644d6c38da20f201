import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useSpan } from '../../../deliveries/console/index.ts'
import { useGoalText } from '../../../goals/console/index.ts'
import { PreviewPhone } from '../../../messages/console/index.ts'
import type { Campaign, CampaignKind, Plan } from '../../schema.ts'
import { useAudienceText } from '../audience-words.ts'
import { Field } from '../edit/Field.tsx'
import { GlobalLimits } from '../edit/GlobalLimits.tsx'
import { useNextRuns } from '../edit/WhatHappens.tsx'
import { useTriggerText } from '../use-trigger-text.ts'

/** Everything it was told to do, as people enter it now, and the speed at which it goes. */
export const PlanTab = ({ campaign }: { campaign: Campaign }) => (
  <PlanView plan={campaign.plan} kind={campaign.kind} ratePerMinute={campaign.ratePerMinute} />
)

type Props = {
  plan: Plan
  kind: CampaignKind
  /** The rate in force, where it may differ from the plan's: it is changed without a new version. */
  ratePerMinute?: number | null
}

export function PlanView({ plan, kind, ratePerMinute }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const audience = useAudienceText(plan.audience, kind)
  const sentence = useTriggerText(plan, kind)
  const goal = useGoalText(plan.goal)
  const runs = useNextRuns(plan) ?? []
  const { limits } = plan
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
        <Field label={t('campaigns.limits.caps')}>
          {t(`campaigns.limits.${limits.caps}`)}
          {limits.caps === 'inherit' && <GlobalLimits part="caps" purpose={plan.purpose} />}
        </Field>
        <Field label={t('campaigns.limits.quiet')}>
          <Quiet plan={plan} />
        </Field>
        <Field label={t('campaigns.limits.rate')}>
          <Rate planned={limits.ratePerMinute} inForce={ratePerMinute} />
        </Field>
        <Field label={t('campaigns.limits.holdout')}>{`${limits.holdout / 100} %`}</Field>
        <Field label={t('campaigns.limits.notAfter')}>
          {limits.notAfter === null ? t('campaigns.limits.notAfterNone') : format.instant(limits.notAfter)}
        </Field>
        <Field label={t('campaigns.content.tracked')}>{t(plan.tracked ? 'common.yes' : 'common.no')}</Field>
        <Field label={t('goals.goal')}>{goal ?? t('goals.notSet')}</Field>
      </section>
      <aside className="w-campaign-phone">
        {plan.content !== null && <PreviewPhone content={plan.content} />}
      </aside>
    </div>
  )
}

function Quiet({ plan: { limits, purpose } }: { plan: Plan }) {
  const { t } = useTranslation()
  const span = useSpan()
  const { quiet } = limits
  if (typeof quiet !== 'string')
    return (
      <>
        {t('campaigns.limits.quietOwn')} {span(quiet)} ·{' '}
        {t(`campaigns.limits.quietActionKind.${quiet.action}`)}
      </>
    )
  return (
    <>
      {t(`campaigns.limits.${quiet}`)}
      {quiet === 'inherit' && <GlobalLimits part="quiet" purpose={purpose} />}
    </>
  )
}

function Rate({ planned, inForce }: { planned: number | null; inForce: number | null | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = (rate: number | null) =>
    rate === null
      ? t('campaigns.limits.rateAccountPlain')
      : `${format.number(rate)} ${t('campaigns.limits.perMinute')}`
  if (inForce === undefined || inForce === planned) return <>{say(planned)}</>
  return (
    <>
      {say(inForce)}
      <div className="w-field-hint">{t('campaigns.limits.rateChanged', { before: say(planned) })}</div>
    </>
  )
}
