/** Answers one fan gets in a minute of real time; a fan who gets more is a machine. */
export const MOST_ANSWERS_A_MINUTE = 20
const MINUTE_MS = 60_000
const MOST_FANS = 50_000

export type LoopGuard = {
  /** Whether this push may be answered; the same push again is no further answer. */
  allows(fan: string, push: string, nowMs: number): boolean
}

/** Remembers in this process whom it answered lately; the longest silent are forgotten first. */
export function createLoopGuard(): LoopGuard {
  const fans = new Map<string, { push: string; at: number }[]>()
  return {
    allows(fan, push, nowMs) {
      const recent = (fans.get(fan) ?? []).filter(({ at }) => nowMs - at < MINUTE_MS)
      fans.delete(fan)
      fans.set(fan, recent)
      if (fans.size > MOST_FANS) fans.delete(fans.keys().next().value as string)
      if (recent.some((one) => one.push === push)) return true
      if (recent.length >= MOST_ANSWERS_A_MINUTE) return false
      recent.push({ push, at: nowMs })
      return true
    },
  }
}
