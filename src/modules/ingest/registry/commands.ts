import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { COLLECTION_TOPIC } from '../collect/state.ts'
import * as store from './store.ts'

/**
 * Names an event for people, or ignores it from now on (忽略). WeChat's own are not ignored: results of sends and follows
 * come by them.
 */
export async function updateRegisteredEvent(
  ctx: Ctx,
  name: string,
  { displayName, ignored }: { displayName?: string | null | undefined; ignored?: boolean | undefined },
): Promise<void> {
  if (ignored === true && name.startsWith('wechat.'))
    throw conflict('event_of_wechat', 'WeChat’s own events are not ignored')
  await inTransaction(ctx.db, async (trx) => {
    const changed = await store.updateEvent(trx, name, {
      ...(displayName !== undefined && { display_name: displayName }),
      ...(ignored !== undefined && { ignored }),
    })
    if (!changed) throw notFound('event')
    const detail = {
      name,
      ...(displayName !== undefined && { displayName }),
      ...(ignored !== undefined && { ignored }),
    }
    await audit(ctx, trx, { action: 'event.updated', subject: { kind: 'event', id: name }, detail })
  })
  await ctx.wake.notify(COLLECTION_TOPIC)
}

export async function renameProperty(
  ctx: Ctx,
  change: { event: string; name: string; displayName: string | null },
): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    if (!(await store.updateProperty(trx, change))) throw notFound('property')
    const { event, ...detail } = change
    await audit(ctx, trx, { action: 'event.property_named', subject: { kind: 'event', id: event }, detail })
  })
}
