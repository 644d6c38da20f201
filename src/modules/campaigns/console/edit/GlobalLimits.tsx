import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { type FrequencyCap, listLimitsEndpoint, type QuietHours } from '../../../deliveries/schema.ts'
import type { Plan } from '../../schema.ts'

/** The installation's rules that count for this campaign, with their numbers. */
export function GlobalLimits({ part, purpose }: { part: 'caps' | 'quiet'; purpose: Plan['purpose'] }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const capText = useCapText()
  const quietText = useQuietText()
  const { data } = useEndpoint(listLimitsEndpoint, {}, { staleMs: 60_000 })
  if (data === undefined) return null
  const counts = (one: FrequencyCap | QuietHours) =>
    one.enabled &&
    (one.accountId === null || one.accountId === accountId) &&
    (one.purpose === 'any' || one.purpose === purpose)
  const lines =
    part === 'caps' ? data.caps.filter(counts).map(capText) : data.quietHours.filter(counts).map(quietText)
  return (
    <div className="w-field-hint">
      {t('campaigns.limits.current', {
        limits: lines.length === 0 ? t('campaigns.limits.noneSet') : lines.join(t('campaigns.limits.and')),
      })}
    </div>
  )
}

function useCapText(): (cap: FrequencyCap) => string {
  const { t } = useTranslation()
  return ({ most, amount, unit, calendar, channel, action }) =>
    t(calendar ? 'campaigns.limits.capCalendar' : 'campaigns.limits.capRolling', {
      what: channel === null ? t('campaigns.limits.anyMessage') : t(`campaigns.limits.channel.${channel}`),
      most,
      amount,
      unit: t(`campaigns.limits.unit.${unit}`),
      action: t(`campaigns.limits.quietActionKind.${action}`),
    })
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

function useQuietText(): (quiet: QuietHours) => string {
  const { t } = useTranslation()
  return ({ fromMinute, untilMinute, action }) =>
    `${clock(fromMinute)}–${clock(untilMinute)} ${t(`campaigns.limits.quietActionKind.${action}`)}`
}
