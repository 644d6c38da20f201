import { useEffect, useRef, useState } from 'react'
import { call } from '../../../../console/api.ts'
import { type Estimate, estimateEndpoint } from '../../schema/ask.ts'
import type { Rule } from '../../schema/rule.ts'
import { problemsOf } from '../rule/problems.ts'
import { isEmptyRule } from '../rule/tree.ts'

const PAUSE_MS = 350

type State = {
  /** The newest answer; of an earlier rule while `isAsking`. */
  estimate: Estimate | undefined
  error: Error | undefined
  isAsking: boolean
}

/**
 * The exact number of people a rule finds, asked again once editing pauses. A question that is no longer the newest is
 * cancelled, so its answer is never shown. Nothing is asked of a rule that is not whole.
 */
export function useEstimate(
  rule: Rule,
  accountId: string | undefined,
  at?: string,
): State & { retry(): void } {
  const [state, setState] = useState<State>({ estimate: undefined, error: undefined, isAsking: false })
  const [round, setRound] = useState(0)
  const first = useRef(true)
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
        const body = { rule, ...(accountId !== undefined && { accountId }), ...(at !== undefined && { at }) }
        const estimate = await call(estimateEndpoint, { body }, controller.signal)
        if (!controller.signal.aborted) setState({ estimate, error: undefined, isAsking: false })
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
  return { ...state, retry: () => setRound((before) => before + 1) }
}
