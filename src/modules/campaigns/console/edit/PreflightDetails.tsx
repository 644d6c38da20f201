import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { CampaignKind, PreflightResult } from '../../schema.ts'
import { useFieldNames } from '../field-names.ts'
import { useReason } from '../reasons.ts'
import type { Asked } from './PreflightPeople.tsx'

/** People of the audience for whom the account has no address: they stand in no other number. */
export function Unreachable({ number, kind }: { number: number | null; kind: CampaignKind }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (number === null || number === 0) return null
  return (
    <p className="w-soft" style={{ margin: 0 }} data-testid="unreachable">
      {t(
        kind === 'subscription' ? 'campaigns.review.unreachableSubscribers' : 'campaigns.review.unreachable',
        {
          number: format.number(number),
        },
      )}
    </p>
  )
}

/** Which fields of the content break which rule with people's own values, the most frequent first. */
export function FieldsThatFail({
  examples,
  templateId,
}: {
  examples: PreflightResult['fieldExamples']
  templateId: string | null
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const nameOf = useFieldNames(templateId)
  if (examples.length === 0) return null
  return (
    <div data-testid="fields-that-fail">
      <b>{t('campaigns.review.fields')}</b>
      <ul className="w-findings">
        {examples.map(({ reason, field, count }, index) => (
          <li key={index}>
            {nameOf(field)} · {explain(reason).text} ·{' '}
            {t('campaigns.detail.people', { number: format.number(count) })}
          </li>
        ))}
      </ul>
      <span className="w-soft w-small">{t('campaigns.review.fieldsHint')}</span>
    </div>
  )
}

/** Who is reached, but later: why, and between which instants they go. */
export function HeldPeople({
  held,
  onAsk,
}: {
  held: PreflightResult['held']
  onAsk: (asked: Asked) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  if (held.length === 0) return null
  return (
    <div data-testid="held">
      <b>{t('campaigns.review.held')}</b>
      <ul className="w-findings">
        {[...Map.groupBy(held, ({ reason }) => reason)].map(([reason, some]) => {
          const { text } = explain(reason)
          const count = some.reduce((sum, one) => sum + one.count, 0)
          const times = some.map(({ until }) => until).sort()
          const [from = '', until = from] = [times[0], times.at(-1)]
          return (
            <li key={reason}>
              {text} · {t('campaigns.detail.people', { number: format.number(count) })} ·{' '}
              {from === until
                ? t('campaigns.review.heldUntil', { at: format.instant(from) })
                : t('campaigns.review.heldBetween', {
                    from: format.instant(from),
                    until: format.instant(until),
                  })}
              {/* the day's calls put off whoever comes last: nobody can be named yet */}
              {reason !== 'calls_used_up' && (
                <Button type="link" size="small" onClick={() => onAsk({ reason, label: text, count })}>
                  {t('campaigns.detail.seePeople')}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
