import { getMenus, tryMatchMenu } from '../../../channels/official-account/menus.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { accountClient } from '../../accounts/index.ts'
import { getFan, pausing } from '../../contacts/index.ts'
import { explained } from '../../runs/index.ts'
import { plain, sameButtons } from '../rules.ts'
import type { ShownMenu } from '../schema.ts'

const NO_MENU = 46003

/** Which menu WeChat shows one fan. It only says the buttons: whose they are is found among the menus of now. */
export async function tryMenu(ctx: Ctx, accountId: string, fanId: string): Promise<ShownMenu> {
  const { openid } = await getFan(ctx, accountId, fanId)
  const client = await accountClient(ctx, accountId)
  const shown = await explained(
    pausing(
      ctx,
      accountId,
      tryMatchMenu(client, openid).catch((error: unknown) => {
        if (isWechatError(error) && error.errcode === NO_MENU) return []
        throw error
      }),
    ),
  )
  const live = shown.length === 0 ? undefined : await explained(pausing(ctx, accountId, getMenus(client)))
  const found = live?.conditional.find(({ match, buttons }) => match !== null && sameButtons(buttons, shown))
  return { match: found?.match ?? null, buttons: shown.map(plain) }
}
