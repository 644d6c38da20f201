/** Business time within which a start counts as on time: sweeps look every second, so later means that nothing ran. */
export const MISSED_AFTER_MS = 10 * 60_000

export const isMissed = (scheduledAt: Date, now: Date): boolean =>
  now.getTime() - scheduledAt.getTime() > MISSED_AFTER_MS
