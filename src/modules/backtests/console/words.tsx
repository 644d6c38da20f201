import { useTranslation } from 'react-i18next'
import { lookUp } from '../../../console/ui/error-text.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { type ReasonWords, useReason, useTriggerText } from '../../campaigns/console/index.ts'
import { REASONS } from '../../deliveries/schema.ts'
import { useScopeText, useTimeText } from '../../recalls/console/index.ts'
import { recallPass } from '../../recalls/schema.ts'
import type { Backtest, BacktestVariant } from '../schema.ts'

type Recall = Extract<BacktestVariant, { kind: 'recall' }>
type Campaign = Extract<BacktestVariant, { kind: 'campaign' }>

/** What was played, as a sentence. */
export const VariantWords = ({ variant }: { variant: BacktestVariant }) =>
  variant.kind === 'recall' ? <RecallWords variant={variant} /> : <CampaignWords variant={variant} />

function RecallWords({ variant: { rule } }: { variant: Recall }) {
  const time = useTimeText()
  const scope = useScopeText()
  return <>{[time(rule), scope(rule), ...useLimits(rule.limits)].join(' · ')}</>
}

function CampaignWords({ variant: { plan, campaignKind } }: { variant: Campaign }) {
  const sentence = useTriggerText(plan, campaignKind)
  return <>{[sentence, ...useLimits(plan.limits)].join(' · ')}</>
}

/** Only what differs from the usual. */
function useLimits({ caps, quiet }: { caps: string; quiet: unknown }): string[] {
  const { t } = useTranslation()
  return [
    ...(caps === 'none' ? [t('backtests.limits.capsNone')] : []),
    ...(quiet === 'none' ? [t('backtests.limits.quietNone')] : []),
  ]
}

/** Why somebody would not have been reached, and what to do about it. */
export function useWhy(): (reason: string) => ReasonWords {
  const { t } = useTranslation()
  const explain = useReason()
  return (reason) => {
    const pass = recallPass.safeParse(reason)
    if (Object.hasOwn(REASONS, reason) || !pass.success) return explain(reason)
    return { text: t(`recalls.pass.${pass.data}`), advice: lookUp('backtests.advice', reason) }
  }
}

const TONES = {
  queued: 'idle',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'idle',
} as const

export function BacktestTag({ state }: { state: Backtest['state'] }) {
  const { t } = useTranslation()
  return <StateTag tone={TONES[state]}>{t(`backtests.state.${state}`)}</StateTag>
}

/** Beside every number of a sample: what it is of, and what it would be of everybody. */
export function useSampled(sample: number): (n: number) => string | undefined {
  const { t, i18n } = useTranslation()
  return (n) =>
    sample === 1
      ? undefined
      : t('backtests.sampledAll', {
          number: sample,
          estimate: new Intl.NumberFormat(i18n.language).format(n * sample),
        })
}

/** Beside a heading whose numbers are of a sample. */
export function SampleTag({ sample }: { sample: number }) {
  const { t } = useTranslation()
  if (sample === 1) return null
  return <StateTag tone="warn">{t('backtests.sampled', { number: sample })}</StateTag>
}
