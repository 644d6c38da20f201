import { isWechatError } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { pauseForPlatformError } from '../accounts/index.ts'

/** Lets a call's outcome through; a refusal that stops the whole account also pauses it, with WeChat's advice. */
export async function pausing<T>(ctx: Ctx, accountId: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (isWechatError(error) && error.kind === 'account' && error.errcode !== undefined) {
      const { errcode, errmsg, rid } = error
      await pauseForPlatformError(ctx, ctx.db, accountId, { errcode, errmsg, rid })
    }
    throw error
  }
}
