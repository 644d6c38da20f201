import type { Ctx } from '../../../context.ts'
import { orNameTaken } from '../../../infra/name-taken.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import type { MaterialFolder } from './schema.ts'
import * as store from './store.ts'

type One = { accountId: string; folderId: string }
const TAKEN = 'material_folder_taken'

export async function listFolders(ctx: Ctx, accountId: string): Promise<MaterialFolder[]> {
  await getAccount(ctx, accountId)
  return store.selectFolders(ctx.db, accountId)
}

export async function createFolder(ctx: Ctx, accountId: string, name: string): Promise<string> {
  await getAccount(ctx, accountId)
  return orNameTaken(TAKEN, name, () =>
    inTransaction(ctx.db, async (trx) => {
      if ((await store.selectFolders(trx, accountId)).length >= store.MOST_FOLDERS)
        throw conflict('material_folder_limit', 'there are too many already', { most: store.MOST_FOLDERS })
      const folderId = await store.insertFolder(trx, { accountId, name, at: ctx.clock.now() })
      await note(ctx, trx, 'created', { accountId, folderId }, { name })
      return folderId
    }),
  )
}

export const renameFolder = (ctx: Ctx, one: One, name: string): Promise<void> =>
  orNameTaken(TAKEN, name, () =>
    inTransaction(ctx.db, async (trx) => {
      const before = await required(trx, one)
      await store.renameFolder(trx, one.folderId, name)
      await note(ctx, trx, 'renamed', one, { name, before: before.name })
    }),
  )

export const deleteFolder = (ctx: Ctx, one: One): Promise<void> =>
  inTransaction(ctx.db, async (trx) => {
    const { name } = await required(trx, one)
    await store.deleteFolder(trx, one.folderId)
    await note(ctx, trx, 'deleted', one, { name })
  })

type Moved = { folderId: string | null; articleSetIds: readonly string[]; mediaAssetIds: readonly string[] }

/** Refused as `material_folder_gone` for a folder the account doesn't have. Materials of others are left alone. */
export const moveMaterials = (ctx: Ctx, accountId: string, asked: Moved): Promise<number> =>
  inTransaction(ctx.db, async (trx) => {
    const { folderId, articleSetIds, mediaAssetIds } = asked
    if (folderId !== null && (await store.lockFolder(trx, { accountId, folderId })) === undefined)
      throw invalid('material_folder_gone', 'the account has no such folder')
    const to = { accountId, folderId }
    const moved =
      (await store.fileUnder(trx, 'article_sets', { ...to, ids: articleSetIds })) +
      (await store.fileUnder(trx, 'media_assets', { ...to, ids: mediaAssetIds }))
    await audit(ctx, trx, {
      action: 'materials.filed',
      accountId,
      ...(folderId !== null && { subject: { kind: 'material-folder', id: folderId } }),
      detail: { moved },
    })
    return moved
  })

async function required(trx: Executor, one: One) {
  const row = await store.lockFolder(trx, one)
  if (row === undefined) throw notFound('folder')
  return row
}

const note = (
  ctx: Ctx,
  trx: Executor,
  what: 'created' | 'renamed' | 'deleted',
  { accountId, folderId }: One,
  detail: Record<string, unknown>,
) =>
  audit(ctx, trx, {
    action: `material_folder.${what}`,
    accountId,
    subject: { kind: 'material-folder', id: folderId },
    detail,
  })
