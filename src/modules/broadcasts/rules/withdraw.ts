import { addBeijingDays, type BeijingDay, beijingDay } from '../../../kernel/beijing.ts'
import { MASS_DELETES_PER_DAY } from '../../../wechat/rules/broadcast-quota.ts'
import { type BatchTally, isEnded } from '../rules.ts'
import type { ArmState, Content } from '../schema.ts'

type Sent = { state: ArmState; tally: BatchTally; content: Content | null }

/** 群发接口 (2026-11): only articles and videos can be deleted after they were sent. */
const isWithdrawable = (content: Content | null): boolean =>
  content?.kind === 'articles' || content?.kind === 'video'

/** E10: a record that is over and reached somebody; what failed of it has nothing to be taken offline. */
export const canWithdraw = ({ state, tally, content }: Sent): boolean =>
  isWithdrawable(content) && isEnded(state) && tally.delivered > 0

/**
 * The Beijing day on which the last of so many deletions is made, behind those that wait already, when so many of
 * today's are used up.
 */
export function withdrawnOn(
  now: Date,
  { usedToday, waiting, deletions }: { usedToday: number; waiting: number; deletions: number },
): { days: number; day: BeijingDay } {
  const used = Math.min(usedToday, MASS_DELETES_PER_DAY)
  const nth = Math.max(1, Math.ceil((used + waiting + deletions) / MASS_DELETES_PER_DAY))
  return { days: nth, day: addBeijingDays(beijingDay(now), nth - 1) }
}
