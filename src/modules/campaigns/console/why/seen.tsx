import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccounts } from '../../../../console/session.ts'
import { useCapSentence } from '../../../deliveries/console/index.ts'
import { type DeliveryWhy, listLimitsEndpoint } from '../../../deliveries/schema.ts'
import { useReason } from '../reasons.ts'

type Answer = NonNullable<DeliveryWhy['checks']>[number]
type Facts = NonNullable<DeliveryWhy['facts']>

/** What a check saw of the person: the reason of a no, else the value that made it a yes. */
export function useSeen(answer: Answer, facts: DeliveryWhy['facts'], at: string): ReactNode {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const { check, verdict, reason, detail } = answer
  if (facts === null) return null
  if (check === 'frequency_cap') return <CapsSeen caps={facts.caps} />
  if (verdict !== 'pass' && reason !== null)
    return check === 'send' && reason === 'ended_early' ? (
      t('campaigns.why.seen.sendEnded')
    ) : (
      <>
        {explain(reason, detail).text}
        {typeof detail['field'] === 'string' && `（${detail['field']}）`}
      </>
    )
  switch (check) {
    case 'following':
      return t(`campaigns.why.seen.${facts.following ? 'followingYes' : 'followingNo'}`)
    case 'consent':
      return facts.grant === null
        ? t('campaigns.why.notAsked')
        : t('campaigns.why.seen.consent', { left: format.number(facts.grant.left) })
    case 'window':
      return <WindowsSeen windows={facts.windows} at={at} />
    case 'platform_quota':
      return t('campaigns.why.seen.platform_quota', { left: format.number(facts.callsLeft) })
    default:
      return t(`campaigns.why.seen.${check}`)
  }
}

/** Each cap that applies, how far it is used, and when there is room again. */
function CapsSeen({ caps }: { caps: Facts['caps'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useCapSentence()
  const scope = useCapScope()
  if (caps.length === 0) return t('campaigns.why.noCaps')
  return caps.map((cap) => (
    <div key={cap.capId}>
      {sentence(cap)} · <b>{t('campaigns.why.used', { used: format.number(cap.used) })}</b>
      {cap.freesAt !== null && ` · ${t('campaigns.why.freesAt', { at: format.instant(cap.freesAt) })}`}
      <div className="w-faint">{scope(cap.capId)}</div>
    </div>
  ))
}

/** Which messages a cap counts, in which accounts. */
function useCapScope(): (capId: string) => string {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const { data } = useEndpoint(listLimitsEndpoint, {}, { staleMs: 60_000 })
  return (capId) => {
    const cap = data?.caps.find(({ id }) => id === capId)
    if (cap === undefined) return ''
    const account = accounts.data?.items.find(({ id }) => id === cap.accountId)?.name
    return [
      account ?? t('limits.everywhere'),
      t(cap.channel === null ? 'limits.everyKind' : `limits.kinds.${cap.channel}`),
      t(`limits.purposes.${cap.purpose}`),
    ].join(' · ')
  }
}

function WindowsSeen({ windows, at }: { windows: Facts['windows']; at: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const open = windows.filter(({ expiresAt }) => expiresAt > at)
  if (open.length === 0) return t('campaigns.why.notAsked')
  const kinds = t('campaigns.why.windowKind', { returnObjects: true })
  return open.map(({ kind, left, expiresAt }) => (
    <div key={kind}>
      {t('campaigns.why.seen.window', { kind: kinds[kind] ?? kind, left, at: format.instant(expiresAt) })}
    </div>
  ))
}
