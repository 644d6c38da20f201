import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../schema/rule.ts'
import { problemsOf } from '../rule/problems.ts'
import { isEmptyRule, pathKey } from '../rule/tree.ts'

type Refused = { path: readonly number[]; reason: string; detail?: Record<string, unknown> }

/** What to do at each place that can't be asked yet: what is missing here, then what the server refused. */
export function useProblems(rule: Rule, refused: readonly Refused[]): ReadonlyMap<string, string> {
  const { t } = useTranslation()
  return useMemo(() => {
    const found = new Map<string, string>()
    for (const { path, reason, detail } of refused) {
      const known = t('segments.refused', { returnObjects: true }) as Record<string, string>
      const text = known[reason] ?? t('segments.refusedOther', { reason })
      found.set(
        pathKey(path),
        text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(detail?.[name] ?? '')),
      )
    }
    if (!isEmptyRule(rule))
      for (const { path, lack } of problemsOf(rule)) found.set(pathKey(path), t(`segments.lack.${lack}`))
    return found
  }, [rule, refused, t])
}
