import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Locale } from '../../../console/i18n.ts'
import { asRule, eventInWords, useCatalogue } from '../../segments/console/index.ts'
import type { EventMatch } from '../../segments/schema.ts'
import type { CampaignKind, Plan } from '../schema.ts'
import { useAudienceText } from './audience-words.ts'
import { triggerInWords } from './trigger-in-words.ts'

const NO_EVENT: EventMatch = { event: '', where: [] }

/** The plan's trigger as a sentence with the names of this installation. */
export function useTriggerText(plan: Pick<Plan, 'audience' | 'trigger'>, kind: CampaignKind): string {
  const { t, i18n } = useTranslation()
  const audience = useAudienceText(plan.audience, kind)
  const { trigger } = plan
  const first = 'event' in trigger ? trigger.event : null
  const second = trigger.kind === 'event-not' ? trigger.without : null
  const rule = useMemo(
    () => ({ kind: 'and' as const, of: [asRule(first ?? NO_EVENT), asRule(second ?? NO_EVENT)] }),
    [first, second],
  )
  const { names } = useCatalogue({ rule, accountId: undefined })
  return triggerInWords(trigger, {
    t,
    audience,
    eventName: (match) => eventInWords(match, names, i18n.language as Locale),
  })
}
