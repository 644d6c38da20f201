import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { renameOwned, replyRulesChanged } from '../../auto-replies/index.ts'
import { makeOne } from '../make.ts'
import { getCode, type OneCode, requireCode } from '../reads.ts'
import type { CodeEdit, QrCodeDetail } from '../schema.ts'
import * as store from '../store/codes.ts'
import { claimOne, waitAgain } from '../store/making.ts'
import { changeAnswer } from './answer.ts'
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

export async function editCode(ctx: Ctx, of: OneCode, edit: CodeEdit): Promise<QrCodeDetail> {
  const { answer } = edit
  await inTransaction(ctx.db, async (trx) => {
    if (answer !== undefined) await store.lockCodesOf(trx, of.accountId)
    const before = await requireCode(trx, of, { lock: true })
    if (before.archivedAt !== null) throw archived()
    await requireLabels(trx, of.accountId, edit)
    if (edit.logo) await requireLogo(ctx, edit.logo)
    const logoKey = edit.logo === undefined ? before.logoKey : edit.logo
    await store.updateCode(trx, before.id, { ...edit, logoKey })
    if (answer !== undefined) {
      const code = { ...before, name: edit.name }
      await changeAnswer(ctx, trx, { code, answer, of: edit.answerOf })
    } else if (edit.name !== before.name)
      await renameOwned(trx, { kind: 'qr-code', id: before.id }, edit.name)
    await auditCode(ctx, trx, of, 'updated', edit.name)
  })
  if (answer !== undefined) await replyRulesChanged(ctx, [of.accountId])
  return getCode(ctx, of)
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

/** Its scans are no longer answered, and counted all the same. */
export async function archiveCode(ctx: Ctx, of: OneCode): Promise<QrCodeDetail> {
  await inTransaction(ctx.db, async (trx) => {
    await store.lockCodesOf(trx, of.accountId)
    const code = await requireCode(trx, of, { lock: true })
    if (code.archivedAt !== null) throw archived()
    await changeAnswer(ctx, trx, { code, answer: null, of: 'own' })
    await store.archiveCode(trx, code.id, ctx.clock.now())
    await auditCode(ctx, trx, of, 'archived', code.name)
  })
  await replyRulesChanged(ctx, [of.accountId])
  return getCode(ctx, of)
}

/**
 * A code that failed is made; a temporary one gets its whole life again, its address stays good to its own end. While
 * somebody else is at it: `qr_code_busy`. What WeChat says against it stands in the code's problem.
 */
export async function renewCode(ctx: Ctx, of: OneCode): Promise<QrCodeDetail> {
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
