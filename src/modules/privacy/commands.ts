import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { audit } from '../audit/index.ts'
import { findCanonical } from '../contacts/index.ts'
import { countExports } from '../transfers/index.ts'
import { countDetails } from './details.ts'
import { selectIdentities } from './erase.ts'
import { countRows } from './preview.ts'
import type { Counts, Erasure, PrivacySettings } from './schema.ts'
import * as store from './store.ts'
import { countRejections, countSegmentMembers, countTraces } from './traces.ts'

/** Topic on which a worker hears that someone is to be erased. */
export const ERASURES_TOPIC = 'privacy.erasures'

/** What an erasure would take away, as of now. */
export async function previewErasure(ctx: Ctx, contactId: string): Promise<{ counts: Counts }> {
  const { id } = await findCanonical(ctx, contactId)
  const subject = await store.findSubject(ctx.db, id)
  const [counts, details, segmentMembers, rejections, exports, traces] = await Promise.all([
    countRows(ctx.db, subject),
    countDetails(ctx.db, subject),
    countSegmentMembers(ctx.db, subject),
    selectIdentities(ctx.db, subject).then((identities) => countRejections(ctx.db, identities)),
    countExports(ctx.db),
    countTraces(ctx.db, subject),
  ])
  const recipients = (counts.recipients ?? 0) + traces
  return { counts: { ...counts, recipients, details, segmentMembers, rejections, exports } }
}

/** Asks for a person to be erased everywhere; a worker does it. Once at a time (`erasure_running`). */
export async function erasePerson(ctx: Ctx, contactId: string): Promise<Erasure> {
  const asked = await inTransaction(ctx.db, async (trx) => {
    const { id } = await findCanonical(ctx, contactId, trx)
    if (await store.isBeingErased(trx, id)) {
      throw conflict('erasure_running', 'this person is being erased already')
    }
    const by = ctx.actor.kind === 'system' ? null : ctx.actor.id
    const erasureId = await store.insertErasure(trx, {
      contactId: id,
      reason: 'request',
      at: ctx.clock.now(),
      by,
    })
    await audit(ctx, trx, {
      action: 'privacy.erasure_requested',
      subject: { kind: 'contact', id },
      detail: { erasureId },
    })
    return store.selectErasure(trx, erasureId)
  })
  await ctx.wake.notify(ERASURES_TOPIC)
  return asked as Erasure
}

export async function getErasure(ctx: Ctx, erasureId: string): Promise<Erasure> {
  const found = await store.selectErasure(ctx.db, erasureId)
  if (found === undefined) throw notFound('erasure')
  return found
}

export async function listErasures(
  ctx: Ctx,
  filter: { cursor?: string | undefined; limit: number },
): Promise<Page<Erasure>> {
  return toPage(await store.selectErasures(ctx.db, filter), filter.limit, (one) => one.id)
}

export const getSettings = (ctx: Ctx): Promise<PrivacySettings> => store.selectSettings(ctx.db)

export async function changeSettings(ctx: Ctx, settings: PrivacySettings): Promise<PrivacySettings> {
  await inTransaction(ctx.db, async (trx) => {
    await store.updateSettings(trx, settings)
    await audit(ctx, trx, {
      action: 'privacy.settings_changed',
      subject: { kind: 'installation', id: '1' },
      detail: settings,
    })
  })
  return settings
}
