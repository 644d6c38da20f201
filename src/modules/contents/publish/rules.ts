const MINUTE = 60_000

/** How long an answer, or the event in its place, is waited for after the call. */
export const UNKNOWN_AFTER_MS = 10 * MINUTE
/** Longer than any review is known to take: after that a person has to look. */
export const GIVE_UP_MS = 48 * 60 * MINUTE
/** A call that surely did not reach WeChat is made again, for so long. */
export const TRY_FOR_MS = 10 * MINUTE
export const TRY_AGAIN_MS = 10_000

const PAUSES_MS = [10_000, MINUTE, 10 * MINUTE] as const

/** Until the result is asked for, after so many looks that showed none. */
export const pauseAfter = (looks: number): number =>
  PAUSES_MS[Math.min(looks, PAUSES_MS.length - 1)] ?? MINUTE

export type PublishOutcome =
  | { state: 'publishing' }
  | { state: 'done' }
  | { state: 'failed'; reason: 'not_original' | 'publish_failed' | 'review_refused' | 'deleted' | 'blocked' }
  | { state: 'unknown'; reason: 'unknown_status' }

/** What a `publish_status` comes to (发布能力, checked 2026-11). 5 and 6 may follow a success. */
export function outcomeOf(status: number): PublishOutcome {
  switch (status) {
    case 0:
      return { state: 'done' }
    case 1:
      return { state: 'publishing' }
    case 2:
      return { state: 'failed', reason: 'not_original' }
    case 3:
      return { state: 'failed', reason: 'publish_failed' }
    case 4:
      return { state: 'failed', reason: 'review_refused' }
    case 5:
      return { state: 'failed', reason: 'deleted' }
    case 6:
      return { state: 'failed', reason: 'blocked' }
    default:
      return { state: 'unknown', reason: 'unknown_status' }
  }
}
