import { isWechatError, type TokenSource } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { accountClient, getAccount } from '../../accounts/index.ts'
import { engineOf, type Way } from './state.ts'

/** Real time a way is used before it is looked up again: its limits are at most so old. */
const KEPT_MS = 1_000

/**
 * Looked up once for many messages; the state of the account is asked again in every intent. Undefined where there is no
 * token: what can't be sent is not promised.
 */
export async function wayTo(ctx: Ctx, key: string, accountId: string): Promise<Way | undefined> {
  const engine = engineOf(ctx)
  const known = engine.ways.get(accountId)
  if (known !== undefined && performance.now() < known.until) return known.way
  let source: TokenSource | undefined
  const account = await getAccount(ctx, accountId)
  const client = await accountClient(ctx, accountId, (given) => {
    source = askedOnce(given)
    return source
  })
  try {
    await source?.get()
  } catch (error) {
    if (!isWechatError(error)) throw error
    ctx.log.warn({ accountId, errcode: error.errcode, kind: error.kind }, 'no token to send with')
    engine.breakerOf(key).answered('down', performance.now())
    return undefined
  }
  const way = { account, client }
  engine.ways.set(accountId, { way, until: performance.now() + KEPT_MS })
  return way
}

/** One token for all calls of a way: asked for once, renewed once for all who find it refused. */
function askedOnce(source: TokenSource): TokenSource {
  let current: Promise<string> | undefined
  const renewed = new Map<string, Promise<string>>()
  return {
    get() {
      current ??= source.get()
      return current
    },
    refresh(bad) {
      const known = renewed.get(bad) ?? source.refresh(bad)
      renewed.set(bad, known)
      current = known
      return known
    },
  }
}
