import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { getAccount, listAccounts } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import * as store from './store.ts'

export type NewMiniProgram = {
  appid: string
  name: string
  ghId?: string | null | undefined
  note?: string | undefined
}
type Change = Partial<Omit<NewMiniProgram, 'appid'>>

/**
 * Binds a mini program and returns its id. Refused with `appid_taken`, saying whether the one that has it is archived,
 * or with `appid_of_account`: the app id of an official account is easily pasted instead.
 */
export async function createMiniProgram(ctx: Ctx, input: NewMiniProgram): Promise<string> {
  const { appid, name, ghId = null, note = '' } = input
  if ((await listAccounts(ctx)).some((account) => account.appid === appid))
    throw conflict('appid_of_account', 'this is the app id of an official account', { appid })
  return inTransaction(ctx.db, async (trx) => {
    const made = { appid, name, ghId, note, createdBy: actorId(ctx), at: ctx.clock.now() }
    const id = await store.insertMiniProgram(trx, made)
    if (id === undefined) throw await taken(trx, appid)
    const subject = { kind: 'mini-program', id }
    await audit(ctx, trx, { action: 'mini_program.created', subject, detail: { appid, name } })
    return id
  })
}

export function updateMiniProgram(ctx: Ctx, id: string, change: Change): Promise<void> {
  return changeMiniProgram(ctx, id, async (trx, before) => {
    if (before.archived) throw archived(before)
    await store.updateMiniProgramRow(trx, id, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.ghId !== undefined && { gh_id: change.ghId }),
      ...(change.note !== undefined && { note: change.note }),
    })
    return { action: 'mini_program.updated', detail: { ...change } }
  })
}

/** 归档: no new message may link to it. The links are kept for when it comes back. */
export function archiveMiniProgram(ctx: Ctx, id: string): Promise<void> {
  return changeMiniProgram(ctx, id, async (trx, before) => {
    if (before.archived) throw archived(before)
    await store.updateMiniProgramRow(trx, id, { archived_at: ctx.clock.now() })
    return { action: 'mini_program.archived', detail: { appid: before.appid } }
  })
}

export function restoreMiniProgram(ctx: Ctx, id: string): Promise<void> {
  return changeMiniProgram(ctx, id, async (trx, before) => {
    if (!before.archived) throw conflict('mini_program_not_archived', 'the mini program is not archived')
    await store.updateMiniProgramRow(trx, id, { archived_at: null })
    return { action: 'mini_program.restored', detail: { appid: before.appid } }
  })
}

type Link = { accountId: string; miniProgramId: string }

/** Notes that a mini program is linked to an account at WeChat. Saying it again changes nothing. */
export async function linkMiniProgram(ctx: Ctx, link: Link): Promise<void> {
  const account = await getAccount(ctx, link.accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  await changeMiniProgram(ctx, link.miniProgramId, async (trx, before) => {
    if (before.archived) throw archived(before)
    const isNew = await store.insertLink(trx, { ...link, linkedBy: actorId(ctx), at: ctx.clock.now() })
    return isNew && linkEntry('mini_program.linked', link, before)
  })
}

/** Takes it back, also for an archived one. Harmless where there is no link. */
export async function unlinkMiniProgram(ctx: Ctx, link: Link): Promise<void> {
  await getAccount(ctx, link.accountId)
  await changeMiniProgram(ctx, link.miniProgramId, async (trx, before) => {
    const wasLinked = await store.deleteLink(trx, link)
    return wasLinked && linkEntry('mini_program.unlinked', link, before)
  })
}

type Entry = { action: string; accountId?: string; detail: Record<string, unknown> }

/** One change of one mini program: its row locked, the change made, the entry written; false where nothing changed. */
function changeMiniProgram(
  ctx: Ctx,
  id: string,
  change: (trx: Executor, before: store.MiniProgramRow) => Promise<Entry | false>,
): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const before = await store.selectMiniProgram(trx, id, { lock: true })
    if (before === undefined) throw notFound('mini-program')
    const entry = await change(trx, before)
    if (entry !== false) await audit(ctx, trx, { ...entry, subject: { kind: 'mini-program', id } })
  })
}

const linkEntry = (action: string, { accountId }: Link, { appid, name }: store.MiniProgramRow): Entry => ({
  action,
  accountId,
  detail: { appid, name },
})

const actorId = ({ actor }: Ctx): string | null => (actor.kind === 'system' ? null : actor.id)

async function taken(db: Executor, appid: string) {
  const holder = await store.selectByAppid(db, appid)
  return conflict('appid_taken', 'this app id is bound already', { appid, archived: holder?.archived })
}

const archived = ({ appid }: store.MiniProgramRow) =>
  conflict('mini_program_archived', 'the mini program is archived', { appid })
