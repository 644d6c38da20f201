import type { Ctx } from '../../../context.ts'
import { orNameTaken } from '../../../infra/name-taken.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import type { Label, LabelKind } from '../schema.ts'
import * as store from '../store/labels.ts'

type One = { accountId: string; labelId: string }
/** A name is one folder's of the account alone, and one placement's. */
const TAKEN = 'qr_label_taken'

const full = () => conflict('qr_label_limit', 'there are too many already', { most: store.MOST_LABELS })

const auditCreated = (
  ctx: Ctx,
  trx: Executor,
  kind: LabelKind,
  { accountId, id, name }: { accountId: string; id: string; name: string },
) =>
  audit(ctx, trx, {
    action: `qr_${kind}.created`,
    accountId,
    subject: { kind: `qr-${kind}`, id },
    detail: { name },
  })

export async function listLabels(ctx: Ctx, kind: LabelKind, accountId: string): Promise<Label[]> {
  await getAccount(ctx, accountId)
  return store.selectLabels(ctx.db, kind, accountId)
}

export async function createLabel(
  ctx: Ctx,
  kind: LabelKind,
  { accountId, name }: { accountId: string; name: string },
): Promise<string> {
  await getAccount(ctx, accountId)
  return orNameTaken(TAKEN, name, () =>
    inTransaction(ctx.db, async (trx) => {
      if ((await store.selectLabels(trx, kind, accountId)).length >= store.MOST_LABELS) throw full()
      const id = await store.insertLabel(trx, kind, { accountId, name, at: ctx.clock.now() })
      await auditCreated(ctx, trx, kind, { accountId, id, name })
      return id
    }),
  )
}

export const renameLabel = (ctx: Ctx, kind: LabelKind, one: One, name: string): Promise<void> =>
  orNameTaken(TAKEN, name, () =>
    inTransaction(ctx.db, async (trx) => {
      const before = await store.findLabel(trx, kind, one)
      if (before === undefined) throw notFound(kind)
      await store.renameLabel(trx, kind, one.labelId, name)
      await audit(ctx, trx, {
        action: `qr_${kind}.renamed`,
        accountId: one.accountId,
        subject: { kind: `qr-${kind}`, id: one.labelId },
        detail: { name, before: before.name },
      })
    }),
  )

export function deleteLabel(ctx: Ctx, kind: LabelKind, one: One): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const row = await store.findLabel(trx, kind, one)
    if (row === undefined) throw notFound(kind)
    await store.deleteLabel(trx, kind, one.labelId)
    await audit(ctx, trx, {
      action: `qr_${kind}.deleted`,
      accountId: one.accountId,
      subject: { kind: `qr-${kind}`, id: one.labelId },
      detail: { name: row.name },
    })
  })
}

/** Labels of these names, made where there are none. */
export async function labelsNamed(
  ctx: Ctx,
  trx: Executor,
  kind: LabelKind,
  { accountId, names }: { accountId: string; names: readonly string[] },
): Promise<Map<string, string>> {
  const wanted = [...new Set(names)]
  const known = await store.labelsByName(trx, kind, { accountId, names: wanted })
  const missing = wanted.filter((name) => !known.has(name))
  if (missing.length === 0) return known
  const made = await store.insertLabels(trx, kind, { accountId, names: missing, at: ctx.clock.now() })
  if ((await store.countLabels(trx, kind, accountId)) > store.MOST_LABELS) throw full()
  for (const { id, name } of made) await auditCreated(ctx, trx, kind, { accountId, id, name })
  return store.labelsByName(trx, kind, { accountId, names: wanted })
}
