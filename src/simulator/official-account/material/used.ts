import type { JsonObject } from '../../json.ts'
import type { Call } from '../call.ts'
import { readBoard } from '../menus/store.ts'

/** Whether the account's menus, or the replies that its owner set up on WeChat's own pages, name a permanent material. */
export async function isUsed({ world, account }: Call, mediaId: string): Promise<boolean> {
  const { menu, conditional } = await readBoard(world.db, account.id)
  const buttons = [menu?.buttons ?? [], ...conditional.map((one) => one.buttons)].flat()
  const { autoReplies } = account.settings
  const replies = [
    autoReplies?.add_friend_autoreply_info,
    autoReplies?.message_default_autoreply_info,
    ...(autoReplies?.keyword_autoreply_info?.list ?? []).flatMap((rule) => rule.reply_list_info),
  ]
  return (
    buttons.some((button) => names(button, mediaId)) || replies.some((reply) => reply?.content === mediaId)
  )
}

function names(button: JsonObject, mediaId: string): boolean {
  const below = (button['sub_button'] ?? []) as JsonObject[]
  // what the owner made on WeChat's own pages names it as its value
  return (
    button['media_id'] === mediaId || button['value'] === mediaId || below.some((one) => names(one, mediaId))
  )
}
