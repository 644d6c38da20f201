import { randomBytes } from 'node:crypto'
import { type CurrentMenuButton, getCurrentMenu, getMenus } from '../../../channels/official-account/menus.ts'
import type { OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { isWebAddress } from '../../../wechat/rules/customer-service-limits.ts'
import { accountClient, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { answerSchema } from '../../auto-replies/schema.ts'
import { pausing } from '../../contacts/index.ts'
import { keepTemporary } from '../../contents/index.ts'
import { explained } from '../../runs/index.ts'
import { adoptMenus } from '../rules.ts'
import {
  type ImportNote,
  type MenuButton,
  type MenuDraft,
  type MenuLeaf,
  type MenuProposal,
  menuButton,
  menuLeaf,
} from '../schema.ts'
import * as store from '../store.ts'

/**
 * The menus used now, as menus to be saved. What was made on WeChat's own pages becomes buttons that are answered from here; its
 * pictures and recordings, which WeChat lends for three days, are kept as material of the account.
 */
export async function importMenus(ctx: Ctx, accountId: string): Promise<MenuProposal> {
  await getAccount(ctx, accountId)
  const client = await accountClient(ctx, accountId)
  const live = (await explained(pausing(ctx, accountId, getMenus(client)))) ?? null
  await store.writeLive(ctx, accountId, { live, at: ctx.clock.now() })
  const proposal = live
    ? adoptMenus(live, makeId, { first: FIRST, nth: (place) => `${NTH} ${place}` })
    : await adoptOwn(ctx, accountId, client)
  await inTransaction(ctx.db, (trx) =>
    audit(ctx, trx, {
      action: 'menu.imported',
      accountId,
      subject: { kind: 'menu', id: accountId },
      detail: { menus: proposal.menus.length, notes: proposal.notes.length },
    }),
  )
  return proposal
}

const FIRST = '默认菜单'
const NTH = '个性化菜单'
export const makeId = (): string => randomBytes(5).toString('hex')

type Note = (note: Omit<ImportNote, 'menu'>) => void
type Adopt = { ctx: Ctx; accountId: string; note: Note }

async function adoptOwn(ctx: Ctx, accountId: string, client: OfficialAccountClient): Promise<MenuProposal> {
  const { buttons: current } = await explained(pausing(ctx, accountId, getCurrentMenu(client)))
  if (current.length === 0) return { menus: [], notes: [] }
  const notes: ImportNote[] = []
  const adopt = {
    ctx,
    accountId,
    note: (note: Omit<ImportNote, 'menu'>) => notes.push({ menu: FIRST, ...note }),
  }
  const buttons: MenuButton[] = []
  for (const { sub_button, ...button } of current) {
    const below: MenuLeaf[] = []
    for (const one of sub_button?.list ?? []) below.push(await adoptCurrent(adopt, one))
    buttons.push(
      below.length > 0
        ? menuButton.parse({ id: makeId(), name: button.name, below })
        : menuButton.parse(await adoptCurrent(adopt, button)),
    )
  }
  const menu: MenuDraft = { id: makeId(), name: FIRST, match: null, buttons }
  return { menus: [menu], notes }
}

type Current = Omit<CurrentMenuButton, 'sub_button'>

async function adoptCurrent(adopt: Adopt, button: Current): Promise<MenuLeaf> {
  const { name, type, value = '' } = button
  const leaf = (fields: Partial<MenuLeaf>): MenuLeaf => menuLeaf.parse({ id: makeId(), name, ...fields })
  const answered = (...contents: object[]): MenuLeaf =>
    leaf({ answer: answerSchema.parse({ replies: contents.map((content) => ({ content })) }) })
  switch (type) {
    case 'text':
      return answered({ kind: 'text', text: value })
    case 'news':
      return answered(
        ...(button.news_info?.list ?? []).slice(0, 6).map((article) => ({
          kind: 'news',
          title: article.title,
          description: article.digest ?? '',
          url: article.content_url,
          pictureUrl: article.cover_url ?? '',
        })),
      )
    case 'img':
    case 'voice': {
      const mediaAssetId = await keepMedia(adopt, {
        kind: type === 'img' ? 'image' : 'voice',
        name,
        mediaId: value,
      })
      return mediaAssetId === undefined
        ? leaf({})
        : answered({ kind: type === 'img' ? 'image' : 'voice', mediaAssetId })
    }
    case 'video':
      // only its address is told, outside of what calls may fetch; and no call makes a button that plays a film
      adopt.note({ button: name, reason: 'video', ...(isWebAddress(value) && { url: value }) })
      return leaf({})
    default: {
      const { value: _value, news_info: _news, ...wire } = button
      const { menus, notes } = adoptMenus({ buttons: [wire], conditional: [] }, makeId, {
        first: FIRST,
        nth: () => FIRST,
      })
      for (const { menu: _menu, ...note } of notes) adopt.note(note)
      return menuLeaf.parse(menus[0]?.buttons[0])
    }
  }
}

/** Undefined, and a note, where WeChat has it no more or it is nothing that may be kept. */
async function keepMedia(
  { ctx, accountId, note }: Adopt,
  lent: Parameters<typeof keepTemporary>[2],
): Promise<string | undefined> {
  const kept = await keepTemporary(ctx, accountId, lent)
  if (kept === undefined) note({ button: lent.name, reason: 'media_gone' })
  return kept
}
