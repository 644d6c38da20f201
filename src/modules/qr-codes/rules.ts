const DAY_MS = 86_400_000
/** So long before its end a code is said to end soon. */
export const ENDING_MS = 3 * DAY_MS
/** A stable page that nobody opened for so long is no longer kept alive by itself. */
export const KEPT_ALIVE_MS = 30 * DAY_MS

/**
 * When a temporary code is made anew: a day before its end, or with a quarter of its life left where that is shorter, so that
 * who has just been shown the picture has time to scan it.
 */
export const renewFrom = ({ expiresAt, lifeSeconds }: { expiresAt: Date; lifeSeconds: number }): Date =>
  new Date(expiresAt.getTime() - Math.min(DAY_MS, (lifeSeconds * 1000) / 4))

/** Scenes of our own: no two alike, whatever is typed beside them. */
export const sceneOf = (id: string): string => `wd${BigInt(id).toString(36)}`

/** 新粉丝, 回流, 已关注: a follow is somebody's first or not; a scan by a follower is neither. */
export type How = 'new' | 'back' | 'fan'
