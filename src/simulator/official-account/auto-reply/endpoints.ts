import type { z } from 'zod'
import type { CurrentReply, currentAutoReply } from '../../../wechat/payloads/auto-reply.ts'
import type { Answer, Call, Endpoint } from '../call.ts'
import { lend } from '../material/lend.ts'

export const autoReplyEndpoints: Endpoint[] = [
  { path: '/cgi-bin/get_current_autoreply_info', method: 'GET', handle: current },
]

/**
 * What the owner set up on WeChat's own pages: the setting `autoReplies`, as this call shows it. Pictures and recordings are
 * named there by permanent material and shown as temporary media, new each time. No permission is needed for it.
 */
async function current(call: Call): Promise<Answer> {
  const { autoReplies } = call.account.settings
  if (autoReplies === undefined) return { is_add_friend_reply_open: 0, is_autoreply_open: 0 }
  const { add_friend_autoreply_info: follow, message_default_autoreply_info: other } = autoReplies
  const shown: z.output<typeof currentAutoReply> = {
    ...autoReplies,
    ...(follow && { add_friend_autoreply_info: await lent(call, follow) }),
    ...(other && { message_default_autoreply_info: await lent(call, other) }),
    ...(autoReplies.keyword_autoreply_info && {
      keyword_autoreply_info: {
        list: await Promise.all(
          autoReplies.keyword_autoreply_info.list.map(async (rule) => ({
            ...rule,
            reply_list_info: await Promise.all(rule.reply_list_info.map((one) => lent(call, one))),
          })),
        ),
      },
    }),
  }
  return shown
}

async function lent(call: Call, reply: CurrentReply): Promise<CurrentReply> {
  if ((reply.type !== 'img' && reply.type !== 'voice') || reply.content === undefined) return reply
  return { ...reply, content: (await lend(call, reply.content)) ?? reply.content }
}
