import type { ReactNode } from 'react'
import { useCompose } from './compose-context.ts'
import { isMissing, useProblemText } from './use-problems.ts'

/** Problems of one place that are worth saying now. */
export function useProblemsAt(field: string) {
  const { problems, showMissing } = useCompose()
  return problems.filter((one) => one.field === field && (showMissing || !isMissing(one)))
}

/** A field of the message: its name, what to know, and what is wrong with it. */
export function FieldRow({
  field,
  label,
  hint,
  extra,
  children,
}: {
  field: string
  label: ReactNode
  hint?: ReactNode
  extra?: ReactNode
  children: ReactNode
}) {
  const problems = useProblemsAt(field)
  const say = useProblemText()
  return (
    <div className="w-message-field">
      <div className="w-message-label">
        <span>{label}</span>
        {extra}
      </div>
      {children}
      {hint !== undefined && <div className="w-faint w-small">{hint}</div>}
      {problems.map((problem) => (
        <div key={problem.reason} className="w-message-problem" role="alert">
          {say(problem)}
        </div>
      ))}
    </div>
  )
}
