import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { makeOne } from '../make.ts'
import { getCode, type OneCode, requireCode } from '../reads.ts'
import type { CodeEdit, QrCode } from '../schema.ts'
import * as store from '../store/codes.ts'
import { claimOne, waitAgain } from '../store/making.ts'
import { requireLabels } from './filed.ts'
import { requireLogo } from './logo.ts'

const auditCode = (ctx: Ctx, trx: Executor, of: OneCode, action: string, name: string) =>
  audit(ctx, trx, {
    action: `qr_code.${action}`,
    accountId: of.accountId,
    subject: { kind: 'qr-code', id: of.qrCodeId },
    detail: { name },
  })

const archived = () => conflict('qr_code_archived', 'the code is archived')

export function editCode(ctx: Ctx, of: OneCode, edit: CodeEdit): Promise<QrCode> {
  return inTransaction(ctx.db, async (trx) => {
    const before = await requireCode(trx, of, { lock: true })
    if (before.archivedAt !== null) throw archived()
    await requireLabels(trx, of.accountId, edit)
    if (edit.logo) await requireLogo(ctx, edit.logo)
    const logoKey = edit.logo === undefined ? before.logoKey : edit.logo
    await store.updateCode(trx, before.id, { ...edit, logoKey })
    await auditCode(ctx, trx, of, 'updated', edit.name)
    return getCode(ctx, of, trx)
  })
}

type Filing = { ids: string[]; folderId?: string | null | undefined; placementId?: string | null | undefined }

/** Codes of other accounts are not met. Returns how many were. */
export function fileCodes(ctx: Ctx, accountId: string, filing: Filing): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    await requireLabels(trx, accountId, filing)
    const changed = await store.fileCodes(trx, accountId, filing)
    const [first] = changed
    if (first !== undefined)
      await audit(ctx, trx, {
        action: 'qr_code.filed',
        accountId,
        subject: { kind: 'qr-code', id: first },
        detail: { count: changed.length },
      })
    return changed.length
  })
}

export function archiveCode(ctx: Ctx, of: OneCode): Promise<QrCode> {
  return inTransaction(ctx.db, async (trx) => {
    const { id, name, archivedAt } = await requireCode(trx, of, { lock: true })
    if (archivedAt !== null) throw archived()
    await store.archiveCode(trx, id, ctx.clock.now())
    await auditCode(ctx, trx, of, 'archived', name)
    return getCode(ctx, of, trx)
  })
}

/**
 * A code that failed is made; a temporary one gets its whole life again, its address stays good to its own end. While
 * somebody else is at it: `qr_code_busy`. What WeChat says against it stands in the code's problem.
 */
export async function renewCode(ctx: Ctx, of: OneCode): Promise<QrCode> {
  const { life, state, name, archivedAt } = await requireCode(ctx.db, of)
  if (archivedAt !== null) throw archived()
  if (state === 'ready' && life !== 'temporary')
    throw conflict('qr_code_lasts', 'only temporary codes are made anew')
  const claimed = await inTransaction(ctx.db, async (trx) => {
    await waitAgain(trx, of.qrCodeId)
    const mine = await claimOne(trx, of.qrCodeId)
    if (mine === undefined) throw conflict('qr_code_busy', 'the code is being made')
    await auditCode(ctx, trx, of, 'renewed', name)
    return mine
  })
  await makeOne(ctx, claimed)
  return getCode(ctx, of)
}
