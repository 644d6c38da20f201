import type { OfficialAccountClient, TokenSource } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { conflict } from '../../kernel/errors.ts'
import { getAccount } from './reads.ts'
import { tokenSource } from './token.ts'

/**
 * The account's way to WeChat, with its shared token. Calls throw WechatError; one of kind `account` from issuing a
 * token has paused the account already. An archived account has none (`account_archived`). Who makes many calls at once
 * may ask for the token less often: `around` the source.
 */
export async function accountClient(
  ctx: Ctx,
  accountId: string,
  around: (source: TokenSource) => TokenSource = (source) => source,
): Promise<OfficialAccountClient> {
  const account = await getAccount(ctx, accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  return ctx.channels.officialAccount({ tokenSource: around(tokenSource(ctx, accountId)) })
}
