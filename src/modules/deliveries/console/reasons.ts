import { useCallback } from 'react'
import { lookUp } from '../../../console/ui/error-text.ts'
import { type Sentence, useSentence } from '../../../console/ui/sentence.ts'
import { REASONS } from '../schema.ts'

export type ReasonWords = { text: string; advice: string | undefined }

/** Why a delivery is where it is, as a sentence in the operator's language, and what to do about it where there is something. */
export function useReasons(): (reason: string, detail?: Record<string, unknown> | null) => ReasonWords {
  const sentence = useSentence()
  return useCallback(
    (reason, detail) => {
      const values = detail ?? {}
      const known = (REASONS as Record<string, Sentence & { advice?: Sentence }>)[reason]
      const platform = values['advice'] as Partial<Sentence> | undefined
      // the platform's own advice travels with a refusal
      const own =
        typeof platform?.zh === 'string' && typeof platform.en === 'string'
          ? sentence(platform as Sentence, values)
          : undefined
      if (known === undefined) return { text: lookUp('errors', reason, values) ?? reason, advice: own }
      return {
        text: sentence(known, values),
        advice: own ?? (known.advice && sentence(known.advice, values)),
      }
    },
    [sentence],
  )
}
