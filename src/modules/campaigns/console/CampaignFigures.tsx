import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import type { CampaignListItem } from '../schema.ts'
import { leftOf, sentOf, totalOf } from './words.tsx'
import './campaigns.css'

/** How far a campaign is, in one line: sent, clicked, converted, and what is left or in doubt. */
export function CampaignFigures({ campaign }: { campaign: CampaignListItem }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { counts, funnel, waiting } = campaign
  const sent = sentOf(counts)
  const total = totalOf(counts)
  const width = (count: number) => ({ width: `${total === 0 ? 0 : (count / total) * 100}%` })
  const extras = [
    { key: 'waitingMore', number: leftOf(counts), colour: 'var(--w-text-soft)' },
    { key: 'waitsForB', number: waiting, colour: 'var(--w-text-soft)' },
    { key: 'failedMore', number: counts.failed, colour: 'var(--w-bad)' },
    { key: 'unknownMore', number: counts.unknown, colour: 'var(--w-odd)' },
  ] as const
  return (
    <div className="w-campaign-figures">
      <div className="w-campaign-bar" aria-hidden="true">
        <span style={{ ...width(sent), background: 'var(--w-good)' }} />
        <span style={{ ...width(counts.sending), background: 'var(--w-accent)' }} />
        <span style={{ ...width(counts.failed), background: 'var(--w-bad)' }} />
        <span style={{ ...width(counts.unknown), background: 'var(--w-odd)' }} />
      </div>
      <div className="w-small">
        {t('campaigns.sent')} <b>{format.number(funnel.sent)}</b> · {t('campaigns.clicked')}{' '}
        <b>{format.number(funnel.clicked)}</b> · {t('campaigns.converted')}{' '}
        <b>{format.number(funnel.converted)}</b>
      </div>
      <div className="w-small">
        {extras
          .filter(({ number }) => number > 0)
          .map(({ key, number, colour }) => (
            <span key={key} style={{ color: colour, marginRight: 8 }}>
              {t(`campaigns.${key}`, { number: format.number(number) })}
            </span>
          ))}
      </div>
    </div>
  )
}
