import type { Ctx } from '../../../context.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { SourceChange } from '../../contents/schema.ts'
import { checkSources } from '../content.ts'
import type { BroadcastRow } from '../store/broadcasts.ts'
import type { ArmRow } from '../store/groups.ts'

/** What was compared at confirming this short a time ago needs no second look. */
const CHECKED_AT_CONFIRM_MS = 5 * 60_000

/** `unasked`: WeChat lets no more drafts be read today, or not by us. `later`: it can't be asked at this moment. */
export type OpeningLook = SourceChange[] | 'unasked' | 'later'

/**
 * What became of an arm's articles at WeChat since they were confirmed, looked at as it opens, outside any transaction.
 * None for what goes at once, for other contents, and for the rest of a test: what won is what goes out.
 */
export async function lookAtSources(
  ctx: Ctx,
  { broadcast, arm }: { broadcast: BroadcastRow; arm: ArmRow },
): Promise<OpeningLook> {
  const { confirmedAt, accountId } = broadcast
  const justChecked =
    confirmedAt !== null && ctx.clock.now().getTime() - confirmedAt.getTime() < CHECKED_AT_CONFIRM_MS
  if (arm.content === null || arm.frozenContent?.kind !== 'articles' || justChecked) return []
  try {
    const { checked, changes } = await checkSources(ctx, accountId, arm.content, arm.frozenContent)
    return checked ? changes : 'unasked'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // what refuses the look for good refuses the copies as well, and says so there
    return error.code === 'unavailable' || error.code === 'too_many' ? 'later' : 'unasked'
  }
}
