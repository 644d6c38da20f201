import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { lookUp } from '../../../console/ui/error-text.ts'
import { type Sentence, useSentence } from '../../../console/ui/sentence.ts'
import { REASONS } from '../../deliveries/schema.ts'

export type ReasonWords = { text: string; advice: string | undefined }
type Detail = Record<string, unknown>

/** A reason of a delivery, a finding or a refusal as a sentence, and what to do about it where there is something. */
export function useReason(): (reason: string, detail?: Detail | null) => ReasonWords {
  const { t } = useTranslation()
  const sentence = useSentence()
  return useCallback(
    (reason, detail) => {
      const values = detail ?? {}
      const own = adviceOf(values, sentence)
      const delivery = (REASONS as Record<string, Sentence & { advice?: Sentence }>)[reason]
      if (delivery !== undefined)
        return {
          text: sentence(delivery, values),
          advice: own ?? (delivery.advice && sentence(delivery.advice, values)),
        }
      const findings = t('campaigns.finding', { returnObjects: true })
      const finding = Object.hasOwn(findings, reason) ? findings[reason] : undefined
      return {
        text:
          (finding && filled(finding, values)) ??
          lookUp('reasons', reason, values) ??
          lookUp('errors', reason, values) ??
          reason,
        advice: own ?? lookUp('advice', reason, values),
      }
    },
    [t, sentence],
  )
}

const filled = (text: string, values: Detail): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? '—'))

/** The platform's own advice travels with a refusal. */
function adviceOf(detail: Detail, sentence: (one: Sentence) => string): string | undefined {
  const advice = detail['advice'] as Partial<Sentence> | undefined
  return typeof advice?.zh === 'string' && typeof advice.en === 'string'
    ? sentence(advice as Sentence)
    : undefined
}
