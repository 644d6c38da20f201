import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { lookUp } from '../../../console/ui/error-text.ts'
import { type Sentence, useSentence } from '../../../console/ui/sentence.ts'
import { CONTENT_TEXTS } from '../../../wechat/rules/content-limits.ts'
import { REASONS, type ReasonText } from '../../deliveries/schema.ts'

export type ReasonWords = { text: string; advice: string | undefined }

/** A reason as a sentence in the operator's language, and what to do about it where there is something. */
export function useReason(): (reason: string, detail?: Record<string, unknown> | null) => ReasonWords {
  const { t } = useTranslation()
  const sentence = useSentence()
  return useCallback(
    (reason, detail) => {
      const values = detail ?? {}
      const delivery = (REASONS as Record<string, ReasonText>)[reason]
      const own = adviceOf(values, sentence)
      const planned = typeof values['left'] === 'number' ? delivery?.planned : undefined
      if (planned) {
        const named = { ...values, day: values['day'] ?? t('preflight.today') }
        return { text: sentence(planned, named), advice: sentence(planned.advice, named) }
      }
      if (delivery)
        return {
          text: sentence(delivery, values),
          advice: own ?? (delivery.advice && sentence(delivery.advice, values)),
        }
      const content = (CONTENT_TEXTS as Record<string, Sentence>)[reason]
      if (content) return { text: placed(sentence(content, values), values), advice: own }
      return {
        text: placed(lookUp('reasons', reason, values) ?? lookUp('errors', reason, values) ?? reason, values),
        advice: own ?? lookUp('advice', reason, values),
      }
    },
    [sentence, t],
  )
}

/** The platform's own advice travels with a refusal. */
function adviceOf(detail: Record<string, unknown>, sentence: (one: Sentence) => string): string | undefined {
  const advice = detail['advice'] as Partial<Sentence> | undefined
  return typeof advice?.zh === 'string' && typeof advice.en === 'string'
    ? // 40164 speaks of "the address shown"
      [sentence(advice as Sentence), detail['ip']].filter(Boolean).join(' ')
    : undefined
}

/** `articles.2.title`: says which article is meant, counted from 1. */
function placed(text: string, detail: Record<string, unknown>): string {
  const place = /^articles\.(\d+)/.exec(String(detail['field'] ?? ''))?.[1]
  return place === undefined ? text : `#${Number(place) + 1} · ${text}`
}
