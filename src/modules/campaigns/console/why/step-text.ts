import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Why } from '../../schema.ts'
import { type ReasonWords, useReason } from '../reasons.ts'

/** One fact of the chain as a sentence; a step that is a reason of a delivery is told as that. */
export function useStepText(): (step: Why['steps'][number]) => ReasonWords {
  const { t } = useTranslation()
  const explain = useReason()
  return useCallback(
    ({ step, detail }) => {
      const known = t('campaigns.why.step', { returnObjects: true })
      const name = Object.hasOwn(known, step) ? known[step] : undefined
      const reason = typeof detail['reason'] === 'string' ? explain(detail['reason'], detail) : undefined
      if (name === undefined) return explain(step, detail)
      const text = name.replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(detail[key] ?? '—'))
      return { text: reason === undefined ? text : `${text}：${reason.text}`, advice: reason?.advice }
    },
    [t, explain],
  )
}
