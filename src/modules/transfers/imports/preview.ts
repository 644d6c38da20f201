import type { Ctx } from '../../../context.ts'
import { scopeOf } from '../../contacts/index.ts'
import type { ImportOptions, ImportPreview } from '../schema.ts'
import { findImport } from './commands.ts'
import { decideRows, readRows } from './decide.ts'
import { planOf, requireSound } from './plan.ts'

/** What the first rows would come to, by the rules that will judge them all. Writes nothing. */
export async function previewImport(ctx: Ctx, id: string, options: ImportOptions): Promise<ImportPreview> {
  const found = await findImport(ctx, id)
  const plan = await planOf(ctx.db, found, options, scopeOf(ctx))
  await requireSound(ctx, plan)
  const { decided } = await decideRows(ctx, ctx.db, plan, readRows(plan, found.sample))
  const counts = { new: 0, known: 0, skipped: 0, refused: 0 }
  for (const { outcome } of decided) counts[outcome] += 1
  const rows = decided.map((one, index) => ({
    row: index + 1,
    outcome: one.outcome,
    problems: 'problems' in one ? one.problems : [],
  }))
  return { rows, counts }
}
