import type { Ctx } from '../../../context.ts'
import { notFound } from '../../../kernel/errors.ts'
import type { MaterialRef, MaterialUse } from './schema.ts'
import { isMaterial, selectUses } from './store.ts'

/** What names a material of the account, one that is gone as well. */
export async function usesOf(ctx: Ctx, accountId: string, ref: MaterialRef): Promise<MaterialUse[]> {
  const of = { accountId, ...ref }
  if (!(await isMaterial(ctx.db, of))) throw notFound('material')
  return selectUses(ctx.db, of)
}
