import { useTranslation } from 'react-i18next'
import { adviceIn, lookUp } from '../../../console/ui/error-text.ts'
import type { QrCode } from '../schema.ts'

/** What WeChat had against a code, in one sentence; undefined where nothing. */
export function useProblemText(): (problem: QrCode['problem']) => string | undefined {
  const { i18n } = useTranslation()
  return (problem) =>
    problem === null
      ? undefined
      : (adviceIn(problem.detail, i18n.language) ??
        lookUp('errors', problem.reason, problem.detail) ??
        problem.reason)
}
