import { useEffect, useMemo, useRef, useState } from 'react'
import { call } from '../../../../console/api.ts'
import { type Estimate, estimateEndpoint } from '../../schema/ask.ts'
import type { Rule } from '../../schema/rule.ts'
import { problemsOf } from '../rule/problems.ts'
import { isEmptyRule, nameOf, nodeAt, placesOf } from '../rule/tree.ts'

const PAUSE_MS = 350
/**
 * For so long all numbers are about the instant of the first one: they can be compared, and conditions that did not change
 * are answered from memory.
 */
const SAME_INSTANT_MS = 60_000

type Answered = { of: Rule; estimate: Estimate }
type State = {
  answered: Answered | undefined
  error: Error | undefined
  isAsking: boolean
}

export type Asked = {
  /** The newest answer; of an earlier rule while `isAsking` or while the rule is not whole. */
  estimate: Estimate | undefined
  error: Error | undefined
  isAsking: boolean
  retry(): void
}

/**
 * The exact number of people a rule finds, asked again once editing pauses. A question that is no longer the newest is
 * cancelled, so its answer is never shown. Nothing is asked of a rule that is not whole.
 */
export function useEstimate(rule: Rule, accountId: string | undefined, at?: string): Asked {
  const [state, setState] = useState<State>({ answered: undefined, error: undefined, isAsking: false })
  const [round, setRound] = useState(0)
  const first = useRef(true)
  const begun = useRef<{ at: string; until: number }>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks the same again
  useEffect(() => {
    if (isEmptyRule(rule) || problemsOf(rule).length > 0) {
      setState((before) => ({ ...before, error: undefined, isAsking: false }))
      return
    }
    const controller = new AbortController()
    setState((before) => ({ ...before, isAsking: true }))
    const ask = async () => {
      first.current = false
      try {
        const since =
          begun.current !== undefined && begun.current.until > performance.now()
            ? begun.current.at
            : undefined
        const instant = at ?? since
        const body = {
          rule,
          ...(accountId !== undefined && { accountId }),
          ...(instant !== undefined && { at: instant }),
        }
        const estimate = await call(estimateEndpoint, { body }, controller.signal)
        if (instant === undefined)
          begun.current = { at: estimate.at, until: performance.now() + SAME_INSTANT_MS }
        if (!controller.signal.aborted)
          setState({ answered: { of: rule, estimate }, error: undefined, isAsking: false })
      } catch (error) {
        if (!controller.signal.aborted)
          setState((before) => ({ ...before, error: error as Error, isAsking: false }))
      }
    }
    const timer = setTimeout(() => void ask(), first.current ? 0 : PAUSE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [rule, accountId, at, round])
  const { answered, error, isAsking } = state
  const estimate = useMemo(
    () => answered && { ...answered.estimate, clauses: clausesFor(rule, answered) },
    [answered, rule],
  )
  const retry = () => {
    begun.current = undefined
    setRound((before) => before + 1)
  }
  return { estimate, error, isAsking, retry }
}

/** Numbers of the last answer beside the nodes they are about, wherever these stand by now. */
function clausesFor(rule: Rule, { of, estimate }: Answered): Estimate['clauses'] {
  if (of === rule) return estimate.clauses
  const places = placesOf(rule)
  return estimate.clauses.flatMap((clause) => {
    const node = nodeAt(of, clause.path)
    const path = node && places.get(nameOf(node))
    return path === undefined ? [] : [{ ...clause, path: [...path] }]
  })
}
