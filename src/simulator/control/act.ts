import type { z } from 'zod'
import {
  actOnArticle,
  addComments,
  addFollower,
  addText,
  isArticleAction,
  removeFollower,
} from '../behaviour/acts.ts'
import { type MenuItem, tapMenu } from '../behaviour/menu-acts.ts'
import { answerPopup, cancelConsent, scan, tapMessageMenu } from '../behaviour/personal-acts.ts'
import { type Account, findAccount } from '../official-account/account.ts'
import { menuOfFan } from '../official-account/menus/store.ts'
import { openWindow } from '../official-account/personal/windows.ts'
import { articleKey } from '../official-account/publish/publications.ts'
import { type FanRow, findFan } from '../official-account/users/fans.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
import { codeOf } from './codes.ts'
import { ControlError } from './errors.ts'
import type { actInput } from './schema.ts'

type Input = z.output<typeof actInput>

/** Lets one fan do one thing now. */
export async function act(world: World, input: Input): Promise<object> {
  const account = await accountOf(world, input.appid)
  const fan = await findFan(world.db, account.id, input.openid)
  if (!fan) throw new ControlError(404, 'no such fan')
  return world.db.transaction((tx) => perform(world, tx, { account, fan, input }))
}

export async function accountOf(world: World, appid: string): Promise<Account> {
  const account = await findAccount(world.db, appid)
  if (!account) throw new ControlError(404, 'no such account')
  return account
}

type Deed = { account: Account; fan: FanRow; input: Input }

async function perform(world: World, tx: Queries, { account, fan, input }: Deed): Promise<object> {
  const who = { fanId: fan.id, at: world.clock.now() }
  if (input.action === 'follow') {
    const scene = input.scene ?? (input.qrScene === undefined ? 'ADD_SCENE_SEARCH' : 'ADD_SCENE_QR_CODE')
    const code =
      input.qrScene === undefined ? undefined : await codeOf(world, tx, account, { scene: input.qrScene })
    return { changed: await addFollower(world, tx, account, { ...who, scene, code }) }
  }
  if (input.action === 'unfollow') return { changed: await removeFollower(world, tx, account, who) }
  if (input.action === 'text') {
    if (!fan.following) throw new ControlError(409, 'only followers can write')
    return { msgId: await addText(world, tx, account, { ...who, content: contentOf(input) }) }
  }
  if (isPersonal(input.action)) return performPersonal(world, tx, { account, fan, input })
  const article = await articleOf(tx, account, input)
  if (isArticleAction(input.action))
    await actOnArticle(tx, account.id, { ...who, ...article, action: input.action })
  else await comment(tx, { account, fan, input }, { ...article, at: who.at })
  return { changed: true }
}

const PERSONAL = ['menu', 'msgmenu', 'scan', 'pay', 'subscribe', 'unsubscribe-template'] as const
type Personal = (typeof PERSONAL)[number]
const isPersonal = (action: string): action is Personal => (PERSONAL as readonly string[]).includes(action)

/** What somebody does in the chat itself, beside writing. */
async function performPersonal(
  world: World,
  tx: Queries,
  { account, fan, input }: Deed,
): Promise<{ changed: true }> {
  const who = { fanId: fan.id, openid: fan.openid, at: world.clock.now() }
  const subscribes = input.action === 'subscribe' || input.action === 'unsubscribe-template'
  if (!fan.following && !subscribes && input.action !== 'scan')
    throw new ControlError(409, 'only followers can do that')
  if (input.action === 'menu')
    await tapMenu(world, tx, account, { ...who, ...(await buttonOf(tx, fan, input.button ?? [0])) })
  if (input.action === 'msgmenu')
    await tapMessageMenu(world, tx, account, { ...who, ...(await itemOf(tx, fan, input)) })
  if (input.action === 'pay') await openWindow(tx, account, { ...who, kind: 'payment' })
  if (input.action === 'scan') {
    const code = await codeOf(world, tx, account, input)
    if (fan.following) await scan(world, tx, account, { ...who, code })
    else await addFollower(world, tx, account, { ...who, scene: 'ADD_SCENE_QR_CODE', code })
  }
  if (input.action === 'subscribe')
    await answerPopup(world, tx, account, { ...who, popup: input.popup, answers: input.answers ?? [] })
  if (input.action === 'unsubscribe-template')
    await cancelConsent(world, tx, account, { ...who, templateId: input.templateId ?? '' })
  return { changed: true }
}

/** A button of the menu that this fan is shown. */
async function buttonOf(
  tx: Queries,
  fan: FanRow,
  [place = 0, below]: number[],
): Promise<{ item: MenuItem; menuId: string }> {
  const seen = await menuOfFan(tx, fan)
  const button = seen?.buttons[place] as (MenuItem & { sub_button?: MenuItem[] }) | undefined
  const item = below === undefined ? button : button?.sub_button?.[below]
  if (!seen || !item) throw new ControlError(404, 'no such button')
  return { item, menuId: seen.menuId }
}

/** An item of a menu message that the fan received, or of a menu link in a text, which names it itself. */
async function itemOf(tx: Queries, fan: FanRow, input: Input): Promise<{ id: string; content: string }> {
  const id = input.itemId ?? ''
  if (input.msgId === undefined) return { id, content: contentOf(input) }
  const message = await tx.row<{ content: { list?: { id: string; content: string }[] } }>(
    `select content from message join receipt on message_id = message.id
     where message.id = $1 and receipt.fan_id = $2 and msgtype = 'msgmenu'`,
    [input.msgId, fan.id],
  )
  const item = message?.content.list?.find((one) => one.id === id)
  if (!item) throw new ControlError(404, 'no such item')
  return item
}

function contentOf(input: Input): string {
  if (input.content === undefined) throw new ControlError(400, 'content is missing')
  return input.content
}

type Named = { msgDataId: string; idx: number }
type ArticleState = { msg_data_id: string; idx: number; comments_open: boolean; deleted_at: Date | null }

async function articleOf(tx: Queries, account: Account, input: Input): Promise<Named> {
  const key = input.article?.split('/').at(-1)?.split('?')[0] ?? (await keyOfMessage(tx, input))
  const row = await tx.row<ArticleState>('select * from article where account_id = $1 and key = $2', [
    account.id,
    key,
  ])
  if (!row) throw new ControlError(404, 'no such article')
  if (row.deleted_at) throw new ControlError(409, 'the article is offline')
  if (input.action === 'comment' && !row.comments_open) throw new ControlError(409, 'comments are closed')
  return { msgDataId: row.msg_data_id, idx: row.idx }
}

async function keyOfMessage(tx: Queries, input: Input): Promise<string> {
  const row = await tx.row<{ msg_data_id: string | null }>('select msg_data_id from message where id = $1', [
    input.msgId ?? '0',
  ])
  return row?.msg_data_id ? articleKey(row.msg_data_id, input.idx) : ''
}

async function comment(
  tx: Queries,
  { account, fan, input }: Deed,
  article: Named & { at: Date },
): Promise<void> {
  await addComments(tx, account.id, { ...article, comments: [{ fanId: fan.id, content: contentOf(input) }] })
}
