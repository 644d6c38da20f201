import type { JsonObject } from '../../json.ts'
import type { Answer, Call } from '../call.ts'
import { lend } from '../material/lend.ts'
import { findMedia, mediaUrl } from '../material/store.ts'
import { readBoard } from './store.ts'

/**
 * get_current_selfmenu_info: the default menu, wherever it was made. Pictures and recordings of one made on WeChat's own pages
 * are temporary media, new each time; a film is its address.
 */
export async function currentMenu(call: Call): Promise<Answer> {
  const { menu } = await readBoard(call.world.db, call.account.id)
  if (!menu) return { is_menu_open: 0 }
  const button = await Promise.all(
    menu.buttons.map(async ({ sub_button, ...one }) => {
      const below = (sub_button ?? []) as JsonObject[]
      if (below.length === 0) return shown(call, one)
      return { ...one, sub_button: { list: await Promise.all(below.map((item) => shown(call, item))) } }
    }),
  )
  return { is_menu_open: 1, selfmenu_info: { button } }
}

async function shown(call: Call, button: JsonObject): Promise<JsonObject> {
  const { world, account, now } = call
  const { type, value } = button
  if (type === 'img' || type === 'voice')
    return { ...button, value: (await lend(call, String(value))) ?? value }
  if (type !== 'video') return button
  const media = await findMedia(world.db, account.id, String(value), now)
  return media ? { ...button, value: mediaUrl(world, media) } : button
}
