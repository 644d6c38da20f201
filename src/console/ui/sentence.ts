import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

export type Sentence = { readonly zh: string; readonly en: string }

/** Picks the operator's language from a sentence that is declared in both. `{name}` is filled from `values`. */
export function useSentence(): (sentence: Sentence, values?: Record<string, unknown>) => string {
  const { i18n } = useTranslation()
  const english = i18n.language === 'en'
  return useCallback(
    (sentence, values) =>
      (english ? sentence.en : sentence.zh).replace(/\{(\w+)\}/g, (whole, name: string) =>
        String(values?.[name] ?? whole),
      ),
    [english],
  )
}
