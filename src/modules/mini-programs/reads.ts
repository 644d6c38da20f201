import type { Ctx } from '../../context.ts'
import { notFound } from '../../kernel/errors.ts'
import { getAccount, listAccounts } from '../accounts/index.ts'
import type { LinkedMiniProgram, MiniProgram } from './schema.ts'
import * as store from './store.ts'

/** Every mini program bound here; of their links only those to accounts that the caller may see. */
export async function listMiniPrograms(ctx: Ctx, filter: { archived: boolean }): Promise<MiniProgram[]> {
  return withLinks(ctx, await store.selectMiniPrograms(ctx.db, filter))
}

export async function getMiniProgram(ctx: Ctx, miniProgramId: string): Promise<MiniProgram> {
  const row = await store.selectMiniProgram(ctx.db, miniProgramId)
  const [found] = row === undefined ? [] : await withLinks(ctx, [row])
  if (found === undefined) throw notFound('mini-program')
  return found
}

/** The mini programs that messages of an account may open, by name. */
export async function listLinked(ctx: Ctx, accountId: string): Promise<LinkedMiniProgram[]> {
  await getAccount(ctx, accountId)
  return store.selectLinked(ctx.db, accountId)
}

/** App ids that messages of an account may link to: bound here, not archived, and linked at WeChat as far as we were told. */
export async function listLinkedAppIds(ctx: Ctx, accountId: string): Promise<string[]> {
  return (await listLinked(ctx, accountId)).map(({ appid }) => appid)
}

async function withLinks(ctx: Ctx, rows: store.MiniProgramRow[]): Promise<MiniProgram[]> {
  const accounts = await listAccounts(ctx)
  const links = await store.selectLinks(ctx.db, {
    miniProgramIds: rows.map(({ id }) => id),
    accountIds: accounts.map(({ id }) => id),
  })
  return rows.map((row) => ({ ...row, links: links.get(row.id) ?? [] }))
}
