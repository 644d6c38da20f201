import type { z } from 'zod'
import type { JsonObject } from '../json.ts'
import type { Account } from '../official-account/account.ts'
import { CONTRACT_AD, readArticle, UPLOADED_VIDEO } from '../official-account/drafts/article.ts'
import { type DraftRow, findDraft } from '../official-account/drafts/endpoints.ts'
import { sendFromConsole } from '../official-account/mass/submit.ts'
import { putMenu } from '../official-account/menus/endpoints.ts'
import { recordBoard } from '../official-account/menus/store.ts'
import { Refusal } from '../official-account/refusal.ts'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'
import { ControlError } from './errors.ts'
import type { ownerInput } from './schema.ts'

type Input = z.output<typeof ownerInput>
type Of<A extends Input['action']> = Extract<Input, { action: A }>

/** What the account's owner does in WeChat's own backend, which no caller of the interfaces is told of. */
export async function actAsOwner(world: World, input: Input): Promise<object> {
  const account = await accountOf(world, input.appid)
  try {
    if (input.action === 'mass') return await send(world, account, input)
    if (input.action === 'menu') return await setMenu(world, account, input)
    if (input.action === 'edit-draft') return await edit(world, account, input)
    const draft = await draftOf(world, account, input.mediaId)
    await world.db.run('delete from draft where media_id = $1', [draft.media_id])
    return { changed: true }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new ControlError(409, `${error.errcode} ${error.message}`)
  }
}

/** A menu of WeChat's own pages takes the place of one made by calls; conditional ones go with it. */
async function setMenu(world: World, account: Account, input: Of<'menu'>): Promise<object> {
  await world.db.transaction(async (tx) => {
    await tx.run('delete from conditional_menu where account_id = $1', [account.id])
    await putMenu(tx, account.id, { buttons: input.buttons, fromConsole: true })
    await recordBoard(tx, account.id, world.clock.now())
  })
  return { changed: true }
}

function send(world: World, account: Account, input: Of<'mass'>): Promise<object> {
  const { tagId, text, mediaId, ignoreReprint } = input
  if ((text === undefined) === (mediaId === undefined)) throw new ControlError(400, 'text or mediaId')
  const body: JsonObject =
    mediaId === undefined
      ? { msgtype: 'text', text: { content: text } }
      : { msgtype: 'mpnews', mpnews: { media_id: mediaId } }
  return sendFromConsole(
    world,
    { account, now: world.clock.now() },
    {
      audience:
        tagId === undefined ? { call: 'console', toAll: true } : { call: 'console', toAll: false, tagId },
      body,
      ignoreReprint,
    },
  )
}

async function edit(world: World, account: Account, input: Of<'edit-draft'>): Promise<object> {
  const draft = await draftOf(world, account, input.mediaId)
  const index = input.idx - 1
  const before = draft.articles[index]
  if (!before) throw new ControlError(404, 'no such article')
  const edited = await readArticle(world, account, {
    ...before,
    title: input.title ?? before.title,
    content: marked(input.content ?? before.content, input),
    thumb_media_id: input.cover ?? before.thumb_media_id,
  })
  await world.db.run('update draft set articles = $2, updated_at = $3, auto_saved = $4 where media_id = $1', [
    draft.media_id,
    JSON.stringify(draft.articles.with(index, edited)),
    world.clock.now(),
    !input.saved,
  ])
  return { changed: true }
}

function marked(content: string, { contractAd, uploadedVideo }: Of<'edit-draft'>): string {
  const marks = [
    [CONTRACT_AD, contractAd],
    [UPLOADED_VIDEO, uploadedVideo],
  ] as const
  return marks.reduce(
    (html, [mark, wanted]) =>
      wanted === undefined ? html : html.replaceAll(mark, '') + (wanted ? mark : ''),
    content,
  )
}

async function draftOf(world: World, account: Account, mediaId: string): Promise<DraftRow> {
  const draft = await findDraft(world.db, account.id, mediaId)
  if (!draft) throw new ControlError(404, 'no such draft')
  return draft
}
