import type { z } from 'zod'
import {
  actOnArticle,
  addComments,
  addFollower,
  addText,
  isArticleAction,
  removeFollower,
} from '../behaviour/acts.ts'
import { type Account, findAccount } from '../official-account/account.ts'
import { articleKey } from '../official-account/publish/publications.ts'
import { type FanRow, findFan } from '../official-account/users/fans.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
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
    return { changed: await addFollower(world, tx, account, { ...who, scene, qrScene: input.qrScene }) }
  }
  if (input.action === 'unfollow') return { changed: await removeFollower(world, tx, account, who) }
  if (input.action === 'text') {
    if (!fan.following) throw new ControlError(409, 'only followers can write')
    return { msgId: await addText(world, tx, account, { ...who, content: contentOf(input) }) }
  }
  const article = await articleOf(tx, account, input)
  if (isArticleAction(input.action))
    await actOnArticle(tx, account.id, { ...who, ...article, action: input.action })
  else await comment(tx, { account, fan, input }, { ...article, at: who.at })
  return { changed: true }
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
