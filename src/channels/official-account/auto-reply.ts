import * as api from '../../wechat/payloads/auto-reply.ts'
import type { OfficialAccountClient } from '../port.ts'

export type { CurrentReply } from '../../wechat/payloads/auto-reply.ts'
export type CurrentRule = {
  readonly name: string
  /** Unix seconds; with the name it tells one rule from another. */
  readonly createdAt: number
  readonly mode: 'all' | 'random'
  readonly keywords: readonly { readonly text: string; readonly match: 'contains' | 'exact' }[]
  readonly replies: readonly api.CurrentReply[]
}
export type CurrentAutoReply = {
  /** Whether WeChat itself would answer a follow, or a message. */
  readonly followOn: boolean
  readonly messageOn: boolean
  readonly follow: api.CurrentReply | null
  readonly default: api.CurrentReply | null
  readonly rules: readonly CurrentRule[]
}

/** The answers that the account's owner set up on WeChat's own pages. */
export async function getCurrentAutoReply(client: OfficialAccountClient): Promise<CurrentAutoReply> {
  const found = await client.call(api.getCurrentAutoReply, {})
  return {
    followOn: found.is_add_friend_reply_open === 1,
    messageOn: found.is_autoreply_open === 1,
    follow: found.add_friend_autoreply_info ?? null,
    default: found.message_default_autoreply_info ?? null,
    rules: (found.keyword_autoreply_info?.list ?? []).map((rule) => ({
      name: rule.rule_name,
      createdAt: rule.create_time,
      mode: rule.reply_mode === 'reply_all' ? 'all' : 'random',
      keywords: rule.keyword_list_info.flatMap(({ content, match_mode }) =>
        content === undefined
          ? []
          : [{ text: content, match: match_mode === 'equal' ? 'exact' : 'contains' }],
      ),
      replies: rule.reply_list_info,
    })),
  }
}
