import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { CodeFigures, QrCode } from './schema.ts'
import type { CodeRow } from './store/codes.ts'
import { figuresOf, NO_SCANS } from './store/scans.ts'

/** Codes as they are shown, with what each has come to. */
export async function present(ctx: Ctx, db: Executor, rows: readonly CodeRow[]): Promise<QrCode[]> {
  const figures = await figuresOf(
    db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => shown(ctx, row, figures.get(row.id) ?? NO_SCANS))
}

function shown(ctx: Ctx, row: CodeRow, figures: CodeFigures): QrCode {
  const { scene, sceneIsNumber, linkKey, ruleId, logoKey, expiresAt, createdAt, archivedAt, ...rest } = row
  return {
    ...rest,
    scene: { text: scene, isNumber: sceneIsNumber },
    expiresAt: expiresAt?.toISOString() ?? null,
    pageUrl: row.life === 'known' ? null : `${ctx.config.publicUrl}/scan/${linkKey}`,
    hasLogo: logoKey !== null,
    hasAnswer: ruleId !== null,
    replyRuleId: ruleId,
    createdAt: createdAt.toISOString(),
    archivedAt: archivedAt?.toISOString() ?? null,
    figures,
  }
}
