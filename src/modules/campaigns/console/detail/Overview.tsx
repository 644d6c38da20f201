import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { useEndpoint } from '../../../../console/hooks.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { EmptyState, Loaded, LoadingState } from '../../../../console/ui/states.tsx'
import { DeliveryTag } from '../../../deliveries/console/index.ts'
import type { DeliveryState } from '../../../deliveries/schema.ts'
import type { Campaign, campaignFiguresEndpoint, Figures } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import type { ShowPeople } from './changed.ts'
import { ReachFunnel } from './ReachFunnel.tsx'

const PaceChart = lazy(() => import('./PaceChart.tsx'))
const WaitingChart = lazy(() => import('./WaitingChart.tsx'))

/** Numbers of the campaign with the people behind each, live. */
export function Overview({
  campaign,
  figures: query,
  onPeople,
}: {
  campaign: Campaign
  figures: ReturnType<typeof useEndpoint<typeof campaignFiguresEndpoint>>
  onPeople: ShowPeople
}) {
  const { t } = useTranslation()
  if (campaign.state === 'draft')
    return <EmptyState title={t('campaigns.detail.now.draft')} hint={t('campaigns.detail.draftHint')} />
  return (
    <Loaded query={query}>
      {(figures) => (
        <div className="w-stack">
          <ReachFunnel campaign={campaign} figures={figures} onPeople={onPeople} />
          {figures.triggered !== null && <Triggered triggered={figures.triggered} />}
          <div className="w-detail-grid">
            <States figures={figures} onPeople={onPeople} />
            <Reasons figures={figures} onPeople={onPeople} />
          </div>
          <div className="w-detail-grid">
            <section className="w-panel">
              <h2>{t('campaigns.detail.waiting')}</h2>
              {figures.waiting.length === 0 ? (
                <p className="w-soft">{t('campaigns.detail.waitingEmpty')}</p>
              ) : (
                <Suspense fallback={<LoadingState rows={3} />}>
                  <WaitingChart waiting={figures.waiting} />
                </Suspense>
              )}
            </section>
            <section className="w-panel">
              <h2>{t('campaigns.detail.pace')}</h2>
              {figures.pace.length === 0 ? (
                <p className="w-soft">{t('campaigns.detail.paceEmpty')}</p>
              ) : (
                <Suspense fallback={<LoadingState rows={3} />}>
                  <PaceChart pace={figures.pace} />
                </Suspense>
              )}
            </section>
          </div>
        </div>
      )}
    </Loaded>
  )
}

function Triggered({ triggered }: { triggered: NonNullable<Figures['triggered']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <StatRow>
      <NumberStat label={t('campaigns.detail.triggeredEvents')} value={format.number(triggered.events)} />
      <NumberStat label={t('campaigns.detail.triggeredPeople')} value={format.number(triggered.people)} />
      <NumberStat label={t('campaigns.detail.firings')} value={format.number(triggered.firings)} />
    </StatRow>
  )
}

const ORDER: readonly DeliveryState[] = [
  'planned',
  'held',
  'sending',
  'accepted',
  'delivered',
  'failed',
  'unknown',
  'skipped',
]

function States({ figures, onPeople }: { figures: Figures; onPeople: ShowPeople }) {
  const { t } = useTranslation()
  const format = useFormat()
  const shown = ORDER.filter((state) => figures.counts[state] > 0)
  return (
    <section className="w-panel">
      <h2>{t('campaigns.detail.states')}</h2>
      {shown.length === 0 && <p className="w-soft">{t('campaigns.people.empty')}</p>}
      {shown.map((state) => (
        <button key={state} type="button" className="w-reason-row" onClick={() => onPeople({ state })}>
          <DeliveryTag state={state} />
          <b>{format.number(figures.counts[state])}</b>
          <span className="w-faint w-small">{t('campaigns.detail.seePeople')}</span>
        </button>
      ))}
    </section>
  )
}

function Reasons({ figures, onPeople }: { figures: Figures; onPeople: ShowPeople }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  // one sent and marked so by hand has a reason too, and was not kept from anybody
  const reasons = figures.reasons.filter(({ state }) => state !== 'accepted' && state !== 'delivered')
  return (
    <section className="w-panel">
      <h2>{t('campaigns.detail.reasons')}</h2>
      {reasons.length === 0 && <p className="w-soft">{t('campaigns.detail.reasonsEmpty')}</p>}
      {reasons.map(({ state, reason, count }) => {
        const { text, advice } = explain(reason)
        return (
          <button
            key={`${state}:${reason}`}
            type="button"
            className="w-reason-row"
            onClick={() => onPeople({ state, reason })}
          >
            <span>
              <DeliveryTag state={state} /> {text}
              {advice !== undefined && <div className="w-faint w-small">{advice}</div>}
            </span>
            <b>{format.number(count)}</b>
            <span className="w-faint w-small">{t('campaigns.detail.seePeople')}</span>
          </button>
        )
      })}
    </section>
  )
}
