import { useTranslation } from 'react-i18next'
import { lookUp } from '../../../console/ui/error-text.ts'
import { type Sentence, useSentence } from '../../../console/ui/sentence.ts'
import { useCapSentence, useSpan } from '../../deliveries/console/index.ts'
import { type FrequencyCap, type QuietHours, REASONS } from '../../deliveries/schema.ts'

export type ReasonWords = { text: string; advice: string | undefined }
type Detail = Record<string, unknown>

/** A reason of a delivery, a finding or a refusal as a sentence, and what to do about it where there is something. */
export function useReason(): (reason: string, detail?: Detail | null) => ReasonWords {
  const { t } = useTranslation()
  const sentence = useSentence()
  const limit = useLimitWords()
  return (reason, detail) => {
    const values = detail ?? {}
    const own = adviceOf(values, sentence)
    const delivery = (REASONS as Record<string, Sentence & { advice?: Sentence }>)[reason]
    if (delivery !== undefined) {
      const which = limit(reason, values)
      return {
        text: `${sentence(delivery, values)}${which}`,
        // what it advises is to look up which cap it is
        advice:
          own ??
          (reason === 'frequency_cap' && which !== ''
            ? undefined
            : delivery.advice && sentence(delivery.advice, values)),
      }
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
  }
}

type CapDetail = Pick<FrequencyCap, 'most' | 'amount' | 'unit' | 'calendar'> & { used: number }

/** Which cap it was and how far it was used, or which hours, where the detail says so. */
function useLimitWords(): (reason: string, detail: Detail) => string {
  const { t } = useTranslation()
  const cap = useCapSentence()
  const span = useSpan()
  return (reason, detail) => {
    const because = reason === 'too_late' ? detail['because'] : reason
    if (because === 'frequency_cap' && typeof detail['most'] === 'number') {
      const { used, ...limit } = detail as CapDetail
      return t('campaigns.why.byCap', { cap: cap(limit), used })
    }
    return because === 'quiet_hours' && typeof detail['fromMinute'] === 'number'
      ? t('campaigns.why.byHours', { span: span(detail as QuietHours) })
      : ''
  }
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
