import type { Ctx } from '../../context.ts'
import { REPLIES_TOPIC } from './store/rules.ts'

/** Rules of these accounts changed and the change is committed: resolves when this process answers by them. */
export async function replyRulesChanged(ctx: Ctx, _accountIds: readonly string[]): Promise<void> {
  await ctx.wake.notify(REPLIES_TOPIC)
}
