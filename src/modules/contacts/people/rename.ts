import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { audit } from '../../audit/index.ts'
import { findCanonical } from './reads.ts'

/** Gives a person a display name, or takes it away. */
export async function renamePerson(ctx: Ctx, contactId: string, name: string | null): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const { id } = await findCanonical(ctx, contactId, trx)
    await trx.updateTable('contacts').set({ name }).where('id', '=', id).execute()
    // the name itself is personal and stays out of the log
    await audit(ctx, trx, { action: 'contact.renamed', subject: { kind: 'contact', id } })
  })
}
