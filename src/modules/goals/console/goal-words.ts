import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Locale } from '../../../console/i18n.ts'
import { asRule, eventInWords, useCatalogue } from '../../segments/console/index.ts'
import type { EventMatch } from '../../segments/schema.ts'
import type { Goal } from '../schema.ts'

const NO_EVENT: EventMatch = { event: '', where: [] }

/** A goal as people read it: 收到消息后 3 天内：付款. Undefined where there is none. */
export function useGoalText(goal: Goal | null): string | undefined {
  const { t, i18n } = useTranslation()
  const event = goal?.event ?? NO_EVENT
  const { names } = useCatalogue({ rule: useMemo(() => asRule(event), [event]), accountId: undefined })
  if (goal === null) return undefined
  const { amount, unit } = goal.within
  const sentence = t('goals.said', {
    after: t(`goals.after.${goal.from}`),
    within: `${amount} ${t(`segmentWords.unit.${unit}`)}`,
    event: eventInWords(event, names, i18n.language as Locale),
  })
  return goal.value === null ? sentence : `${sentence}${t('goals.saidValue', { value: goal.value })}`
}
