/** How long an administrator has to confirm a protected mass send. */
export const CONFIRM_MS = 30 * 60_000
const START_MS = 500

/** 群发速度: messages per minute by level 0 to 4. */
export const SPEEDS = [800_000, 600_000, 450_000, 300_000, 100_000] as const

/** How long a job of this many recipients takes. */
export const durationMs = (recipients: number, speed: number): number =>
  START_MS + Math.ceil((recipients * 60_000) / (SPEEDS[speed] ?? SPEEDS[0]))
