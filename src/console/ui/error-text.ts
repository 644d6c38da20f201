import i18next from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api.ts'

export type ErrorText = { title: string; advice: string | undefined }

/** Turns any error into a sentence and, where there is one, what the operator can do. */
export function useErrorText(): (error: unknown) => ErrorText {
  const { i18n } = useTranslation()
  const { language } = i18n
  return useCallback((error) => describeError(error, language), [language])
}

function describeError(error: unknown, language: string): ErrorText {
  if (!(error instanceof ApiError)) return { title: i18next.t('errors.internal'), advice: undefined }
  const known = lookUp('errors', error.reason, error.detail)
  return {
    title:
      known ??
      lookUp('reasons', error.reason, error.detail) ??
      i18next.t('errors.other', { reason: error.reason }),
    advice:
      (error.detail['ip'] === undefined ? undefined : lookUp('advice', error.reason, error.detail)) ??
      adviceIn(error.detail, language) ??
      issuesIn(error.detail) ??
      lookUp('advice', error.reason, error.detail),
  }
}

/** A text by a key that the server chose; undefined when this console doesn't know it. */
export function lookUp(
  group:
    | 'errors'
    | 'reasons'
    | 'advice'
    | 'audit.actions'
    | 'runs.kinds'
    | 'events.names'
    | 'audit.subjects'
    | 'fans.scenes'
    | 'messages.kind'
    | 'rejections.what'
    | 'rejections.todo'
    | 'backtests.advice',
  name: string,
  values: Record<string, unknown> = {},
): string | undefined {
  // names such as `broadcast.created` are single keys: dots must not be read as nesting
  const table = i18next.t(group, { returnObjects: true }) as unknown as Record<string, string>
  const text = Object.hasOwn(table, name) ? table[name] : undefined
  return text?.replace(/\{\{(\w+)\}\}/g, (_, key: string) => String(values[key] ?? '—'))
}

/** The sentence of the platform's error table that travels with a refusal. */
export function adviceIn(
  detail: Record<string, unknown> | null | undefined,
  language: string,
): string | undefined {
  const advice = detail?.['advice'] as { zh?: unknown; en?: unknown } | undefined
  const text = language === 'en' ? advice?.en : advice?.zh
  return typeof text === 'string' ? text : undefined
}

function issuesIn(detail: Record<string, unknown>): string | undefined {
  const issues = detail['issues']
  if (!Array.isArray(issues)) return undefined
  return issues
    .map((issue: { path?: string; message?: string }) => `${issue.path ?? ''} ${issue.message ?? ''}`.trim())
    .join('; ')
}
