import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { saysWhomAndWhen, TriggerFields } from '../../campaigns/console/index.ts'
import {
  type Campaign,
  type CampaignKind,
  listCampaignVersionsEndpoint,
  type Plan,
} from '../../campaigns/schema.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { BacktestVariant } from '../schema.ts'
import { BacktestPanel } from './BacktestPanel.tsx'
import type { Other, Version } from './form/versions.ts'
import { isSame } from './same.ts'

type CampaignVariant = Extract<BacktestVariant, { kind: 'campaign' }>
type Played = Pick<Plan, 'audience' | 'trigger' | 'limits' | 'purpose'>

const variantOf = (
  campaignKind: CampaignKind,
  { audience, trigger, limits, purpose }: Played,
): CampaignVariant => ({ kind: 'campaign', campaignKind, plan: { audience, trigger, limits, purpose } })

/** What is sent once, or called by an answer, has nothing to be played over. */
export const hasPast = ({ trigger }: Pick<Plan, 'trigger'>): boolean =>
  trigger.kind === 'repeat' || (trigger.kind !== 'once' && trigger.event?.event !== EVENTS.called)

const canBePlayed = (kind: CampaignKind, plan: Played): boolean =>
  hasPast(plan) && saysWhomAndWhen(kind, plan)

type Props = {
  /** As it stands in the form, or as it runs. */
  plan: Plan
  campaign: Campaign
  editing: boolean
}

/** 回测 of a campaign; nothing for one that has no past. */
export function CampaignBacktest({ plan, campaign, editing }: Props) {
  const { t } = useTranslation()
  const { id, kind, name } = campaign
  const variant = canBePlayed(kind, plan) ? variantOf(kind, plan) : null
  const versions = useVersions(variant, campaign)
  const other = useOtherTrigger()
  if (!hasPast(plan)) return null
  return (
    <BacktestPanel
      kind="campaign"
      subjectId={id}
      name={name}
      variant={variant}
      about={t(editing ? 'backtests.form.asInForm' : 'backtests.form.asRunning')}
      versions={versions}
      other={other}
    />
  )
}

function useVersions(variant: CampaignVariant | null, stored: Campaign): Version[] {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { data } = useEndpoint(
    listCampaignVersionsEndpoint,
    { params: { accountId, campaignId: stored.id } },
    { enabled: stored.state !== 'draft', staleMs: 10_000 },
  )
  const all = (data?.items ?? [])
    .filter(({ plan }) => hasPast(plan))
    .map(({ version, plan }) => ({
      key: String(version),
      label:
        version === stored.version
          ? t('backtests.form.running')
          : t('backtests.form.version', { number: version }),
      variant: variantOf(stored.kind, plan),
    }))
  return variant === null ? all : all.filter((one) => !isSame(one.variant, variant))
}

function useOtherTrigger(): Other {
  const { t } = useTranslation()
  return {
    label: t('backtests.form.otherTrigger'),
    isWhole: (value) => value.kind === 'campaign' && canBePlayed(value.campaignKind, value.plan),
    fields: (value, onChange) =>
      value.kind === 'campaign' && (
        <TriggerFields
          kind={value.campaignKind}
          trigger={value.plan.trigger}
          onChange={(trigger) => onChange({ ...value, plan: { ...value.plan, trigger } })}
        />
      ),
  }
}
