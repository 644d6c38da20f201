import { useTranslation } from 'react-i18next'
import type { Why } from '../../schema.ts'
import { type ReasonWords, useReason } from '../reasons.ts'

/** One fact of the chain as a sentence; a step that is a reason of a delivery is told as that. */
export function useStepText(): (step: Why['steps'][number]) => ReasonWords {
  const { t } = useTranslation()
  const explain = useReason()
  return ({ step, detail }) => {
    const known = t('campaigns.why.step', { returnObjects: true })
    const name = Object.hasOwn(known, step) ? known[step] : undefined
    if (name === undefined) return explain(step, detail)
    const text = name.replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(detail[key] ?? '—'))
    if (typeof detail['reason'] !== 'string') return { text, advice: undefined }
    // of a message the reason's own numbers stand in a detail of their own
    const numbers = (detail['detail'] ?? detail) as Record<string, unknown>
    const reason = explain(detail['reason'], numbers)
    return { text: t('campaigns.why.because', { text, reason: reason.text }), advice: reason.advice }
  }
}
