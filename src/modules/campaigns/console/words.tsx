import { useTranslation } from 'react-i18next'
import { StateTag, type Tone } from '../../../console/ui/StateTag.tsx'
import type { CampaignListItem, CampaignState, Counts } from '../schema.ts'

const STATE_TONES: Record<CampaignState, Tone> = {
  draft: 'idle',
  scheduled: 'busy',
  preparing: 'busy',
  running: 'busy',
  paused: 'warn',
  ended: 'good',
  cancelled: 'idle',
  failed: 'bad',
}

/** Whether its numbers may change by themselves. */
export const isLive = (state: CampaignState): boolean =>
  state === 'scheduled' || state === 'preparing' || state === 'running' || state === 'paused'

export function CampaignTag({ state }: { state: CampaignState }) {
  const { t } = useTranslation()
  return (
    <StateTag tone={STATE_TONES[state]} pulse={state === 'preparing' || state === 'running'}>
      {t(`campaigns.state.${state}`)}
    </StateTag>
  )
}

/** The state in a list, and under it that somebody has to decide. */
export function CampaignStanding({ campaign: { state, asking } }: { campaign: CampaignListItem }) {
  const { t } = useTranslation()
  return (
    <span>
      <CampaignTag state={state} />
      {asking > 0 && (
        <div className="w-small" style={{ color: 'var(--w-warn)' }}>
          {t('campaigns.asking', { number: asking })}
        </div>
      )}
    </span>
  )
}

/** Handed to WeChat and taken by it. */
export const sentOf = (counts: Counts): number => counts.accepted + counts.delivered
/** Still to be handed over. */
export const leftOf = (counts: Counts): number => counts.planned + counts.held + counts.sending
export const totalOf = (counts: Counts): number => Object.values(counts).reduce((sum, one) => sum + one, 0)
