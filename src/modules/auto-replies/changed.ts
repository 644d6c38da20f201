import type { Ctx } from '../../context.ts'
import { answersHere, refresh } from './compiled.ts'

/** Rules changed and the change is committed: resolves when this process answers by them; the others were told by the commit. */
export async function replyRulesChanged(ctx: Ctx, _accountIds: readonly string[]): Promise<void> {
  if (answersHere(ctx)) await refresh(ctx)
}
