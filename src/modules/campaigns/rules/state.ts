import type { CampaignState, TriggerKind } from '../schema/shapes.ts'

/** Commands that make sense in a state; `isBegun` tells whether anything has been planned. */
export function commandsOf(state: CampaignState, isBegun: boolean) {
  const live = state === 'scheduled' || state === 'preparing' || state === 'running' || state === 'paused'
  return {
    edit: state === 'draft',
    start: state === 'draft',
    delete: state === 'draft',
    pause: state === 'scheduled' || state === 'preparing' || state === 'running',
    resume: state === 'paused',
    cancel: live && !isBegun,
    end: live && isBegun,
    editRunning: live,
  }
}
const OVER: readonly CampaignState[] = ['ended', 'cancelled', 'failed']
/** Nothing comes of it any more. */
export const isOver = (state: CampaignState): boolean => OVER.includes(state)
export type Verb = keyof ReturnType<typeof commandsOf>

/** An audience whose shown size moved by more than a tenth, and by more than ten people, is shown again before it is sent to. */
export const DRIFT_SHARE = 0.1
const DRIFT_LEAST = 10
export const drifted = (expected: number, now: number): boolean =>
  Math.abs(expected - now) > Math.max(DRIFT_LEAST, Math.floor(expected * DRIFT_SHARE))

export const isEventKind = (kind: TriggerKind): boolean => kind === 'event' || kind === 'event-not'

/**
 * From when on A counts: from the chosen instant, or from the start. WeChat tells times in whole seconds, so the second of
 * the start counts: what was in the log before it is not looked at again.
 */
export function countsFrom(from: string | null, now: Date): Date {
  const chosen = from === null ? now : new Date(from)
  return chosen.getTime() > now.getTime() ? chosen : new Date(Math.floor(now.getTime() / 1_000) * 1_000)
}

/** Seconds after the end of B's time in which events that were on their way still count, by their own time. */
export const GRACE_MS = 5_000

/**
 * When an A is decided: at the deadline and the grace for what is on its way. An A that itself came in late gives what came
 * with it the same grace. B counts if it was received by then and happened from A to the deadline.
 */
export function decisionAt(
  a: { at: Date; receivedAt: Date },
  withinMs: number,
): { deadline: Date; dueAt: Date } {
  const deadline = a.at.getTime() + withinMs
  return {
    deadline: new Date(deadline),
    dueAt: new Date(Math.max(deadline, a.receivedAt.getTime()) + GRACE_MS),
  }
}
