import type { ArmState, BroadcastState, Timing } from '../schema.ts'

/** Farther ahead nobody plans a mass send, and what is frozen then would be of long ago. */
export const FARTHEST_DAYS = 90
/** The copies of drafts are made before the time, so that it is the time of sending. */
export const OPEN_AHEAD_MS = 10 * 60_000

/** When a group goes out: null at once. */
export function sendAtOf(timing: Timing, own: string | null): string | null {
  if (timing.kind === 'each') return own
  return timing.kind === 'at' ? timing.at : null
}

export type TimeProblem = 'time_passed' | 'time_too_far'

export function timeProblem(sendAt: Date | null, now: Date): TimeProblem | null {
  if (sendAt === null) return null
  if (sendAt <= now) return 'time_passed'
  return sendAt.getTime() - now.getTime() > FARTHEST_DAYS * 86_400_000 ? 'time_too_far' : null
}

/** When a record is looked at first: ahead of its time where copies have to be made. */
export function dueAt(sendAt: Date | null, now: Date, needsCopies: boolean): Date {
  if (sendAt === null) return now
  return needsCopies ? new Date(Math.max(now.getTime(), sendAt.getTime() - OPEN_AHEAD_MS)) : sendAt
}

type Waiting = { state: ArmState; sendAt: Date | null }

/** A record of a broadcast that can be re-timed, sent now or taken out: frozen, and its time not come. */
export const isWaiting = (broadcast: BroadcastState, { state, sendAt }: Waiting, now: Date): boolean =>
  (broadcast === 'scheduled' || broadcast === 'running' || broadcast === 'paused') &&
  (state === 'queued' || state === 'opening') &&
  sendAt !== null &&
  sendAt > now
