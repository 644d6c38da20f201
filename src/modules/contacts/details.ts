import { getFans, type UserInfo } from '../../channels/official-account/users.ts'
import { isWechatError, type OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { accountClient, getAccount } from '../accounts/index.ts'
import { learnFans } from './learn.ts'
import { pausing } from './pausing.ts'
import { claimDueDetails, deferDetails, forgetDetails } from './store.ts'
import { FANS_PER_CALL, toFact } from './sync.ts'

/**
 * Asks WeChat about fans whom a callback brought: their unionid, tags and where they came from. One account and at
 * most 100 fans at a time; a failure, or a paused account, comes back after five minutes.
 */
export async function learnNewFans(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claimed = await claimDueDetails(ctx.db, FANS_PER_CALL)
  if (claimed === undefined) return 0
  const { accountId, openids } = claimed
  try {
    const account = await getAccount(ctx, accountId)
    if (account.state !== 'active') {
      await deferDetails(ctx.db, accountId)
      return 0
    }
    const client = await accountClient(ctx, accountId)
    const observedAt = ctx.clock.now()
    const users = await pausing(ctx, accountId, askAll(client, openids))
    await learnFans(ctx, ctx.db, { accountId, facts: users.map(toFact), observedAt })
    await forgetDetails(ctx.db, accountId, openids)
    return openids.length
  } catch (error) {
    if (signal.aborted) return 0
    ctx.log.warn({ err: error, accountId }, 'could not learn about new fans')
    await deferDetails(ctx.db, accountId)
    return 0
  }
}

/** One openid that WeChat does not know refuses the whole call; then each is asked alone, and that one left out. */
async function askAll(client: OfficialAccountClient, openids: readonly string[]): Promise<UserInfo[]> {
  try {
    return await getFans(client, openids)
  } catch (error) {
    if (!isWechatError(error) || error.kind !== 'person') throw error
    if (openids.length === 1) return []
  }
  const users: UserInfo[] = []
  for (const openid of openids) users.push(...(await askAll(client, [openid])))
  return users
}
