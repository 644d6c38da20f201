import {
  listCategories,
  listPublicKeywords,
  listPublicTitles,
} from '../../channels/official-account/subscriptions.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { accountClient, getAccount } from '../accounts/index.ts'
import { explained } from '../runs/index.ts'
import { requireTemplates } from './commands/sync.ts'
import { termOf } from './rules.ts'
import type { LibraryKeyword, LibraryTitle } from './schema.ts'

/** getpubtemplatetitles gives at most 30 a call. */
const TITLES_PER_CALL = 30

export async function listLibraryCategories(
  ctx: Ctx,
  accountId: string,
): Promise<{ items: { id: string; name: string }[] }> {
  const items = await explained(listCategories(await clientOf(ctx, accountId)))
  return { items: items.map(({ id, name }) => ({ id: String(id), name })) }
}

export async function listLibraryTitles(
  ctx: Ctx,
  accountId: string,
  { categoryId, start }: { categoryId: string; start: number },
): Promise<{ count: number; items: LibraryTitle[] }> {
  const client = await clientOf(ctx, accountId)
  const { count, items } = await explained(
    listPublicTitles(client, { categoryIds: [categoryId], start, limit: TITLES_PER_CALL }),
  )
  return {
    count,
    items: items.map((one) => ({
      tid: String(one.tid),
      title: one.title,
      term: termOf(one.type),
      categoryId: String(one.categoryId),
    })),
  }
}

export async function listLibraryKeywords(
  ctx: Ctx,
  accountId: string,
  tid: string,
): Promise<{ items: LibraryKeyword[] }> {
  const items = await explained(listPublicKeywords(await clientOf(ctx, accountId), tid))
  return { items: items.map(({ kid, name, example, rule }) => ({ kid, name, example, rule })) }
}

async function clientOf(ctx: Ctx, accountId: string): Promise<OfficialAccountClient> {
  requireTemplates(await getAccount(ctx, accountId))
  return accountClient(ctx, accountId)
}
