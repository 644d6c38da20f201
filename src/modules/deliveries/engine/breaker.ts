/** Calls in a row that failed before nothing more is tried. */
const FAILURES_TO_OPEN = 20
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 30_000
/** In flight at once after an outage; one more with every answer, until it no longer matters. */
const FIRST_STEPS = 8
const FREE_FROM = 400

/**
 * Keeps an interface of an account from being called while the platform is down, and from being flooded when it is back.
 * Real time (`performance.now()`), in this process: others find out by themselves.
 */
export type Breaker = {
  /** How many calls may be in flight; 0 while it is open. */
  allowed(now: number): number
  /** Whether somebody may ask whether the platform is back; true for one caller at a time. */
  mayProbe(now: number): boolean
  probed(well: boolean, now: number): void
  answered(health: 'well' | 'down', now: number): void
  /** When it may be looked at again; 0 where it is not open. */
  restsUntil(): number
}

export function createBreaker(): Breaker {
  let failures = 0
  let openUntil = 0
  let open = false
  let restMs = 0
  let limit = Number.POSITIVE_INFINITY
  const trip = (now: number) => {
    restMs = Math.min(LONGEST_REST_MS, Math.max(FIRST_REST_MS, restMs * 2))
    open = true
    openUntil = now + restMs
    failures = 0
  }
  return {
    allowed: () => (open ? 0 : limit),
    mayProbe(now) {
      if (!open || now < openUntil) return false
      // whoever asks has a while for it
      openUntil = now + LONGEST_REST_MS
      return true
    },
    probed(well, now) {
      if (!open) return
      if (!well) return trip(now)
      open = false
      limit = FIRST_STEPS
    },
    answered(health, now) {
      // what comes back late says nothing about now
      if (open) return
      if (health === 'well') {
        failures = 0
        if (limit >= FREE_FROM) {
          limit = Number.POSITIVE_INFINITY
          restMs = 0
        } else limit += 1
        return
      }
      failures += 1
      const recovering = Number.isFinite(limit)
      if (failures >= (recovering ? FIRST_STEPS : FAILURES_TO_OPEN)) trip(now)
    },
    restsUntil: () => (open ? openUntil : 0),
  }
}
