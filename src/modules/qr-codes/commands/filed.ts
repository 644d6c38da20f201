import type { Executor } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import { findLabel } from '../store/labels.ts'

type Filed = { folderId?: string | null | undefined; placementId?: string | null | undefined }

/** Refuses folders and placements that are not of the account (`qr_label_gone`). */
export async function requireLabels(trx: Executor, accountId: string, filed: Filed): Promise<void> {
  const asked = [
    ['folder', filed.folderId],
    ['placement', filed.placementId],
  ] as const
  for (const [kind, labelId] of asked) {
    if (labelId === null || labelId === undefined) continue
    if ((await findLabel(trx, kind, { accountId, labelId })) === undefined)
      throw invalid('qr_label_gone', 'the account has no such folder or placement', { kind })
  }
}
