import { useEffect, useState } from 'react'
import { getClockEndpoint } from '../modules/sandbox/schema.ts'
import { useEndpoint } from './hooks.ts'
import { useMe } from './session.ts'

/** The sandbox's business clock; asked more often while it runs fast. */
export function useSandboxClock() {
  const sandbox = useMe().mode === 'sandbox'
  return useEndpoint(
    getClockEndpoint,
    {},
    {
      enabled: sandbox,
      staleMs: 2_000,
      every: (clock) => (clock?.fastUntil != null || clock?.busy === true ? 1_000 : 6_000),
    },
  )
}

/** Business time now, ticking each second; the machine's time in production. */
export function useBusinessNow(): number {
  const { data } = useSandboxClock()
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1_000)
    return () => clearInterval(timer)
  }, [])
  return Date.now() + (data?.offsetSeconds ?? 0) * 1_000
}
