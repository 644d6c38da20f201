import { z } from 'zod'
import { listPermanent, type MaterialItem } from '../../../channels/official-account/material.ts'
import type { OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { executeRun, findLastDone, patiently, type RunReport } from '../../runs/index.ts'
import { guessMime } from '../rules/media-type.ts'
import { MEDIA_KINDS, type MediaKind, type MediaSyncScope, mediaSyncScope } from './schema.ts'
import { SYNC_MEDIA } from './start.ts'
import * as store from './store.ts'

/** batchget_material gives 20 a call. */
const PAGE = 20

const payloadShape = z.object({ scope: mediaSyncScope })
const placeShape = z.object({
  kind: z.number().int().default(0),
  offset: z.number().int().default(0),
  /** As the page before told it. */
  total: z.number().int().optional(),
  /** Business time at which the look at this kind began. */
  since: z.iso.datetime().optional(),
  /** Of the kinds that are finished. */
  doneBefore: z.number().int().default(0),
})
type Place = z.infer<typeof placeShape>

/** The job behind `syncMedia`: a page a commit, so a run that was cut off goes on at its next page. */
export const runSyncMedia = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    assert(run.accountId, 'a sync belongs to an account')
    const { scope } = payloadShape.parse(run.payload)
    const lookedTo = await findLastDone(ctx, run.accountId, SYNC_MEDIA)
    const client = await accountClient(ctx, run.accountId)
    let place = placeShape.parse(run.place)
    const sync = { ctx, client, accountId: run.accountId, scope, lookedTo, report }
    for (const kind of MEDIA_KINDS.slice(place.kind)) place = await syncKind({ ...sync, kind }, place)
  })

type Sync = {
  ctx: Ctx
  client: OfficialAccountClient
  accountId: string
  scope: MediaSyncScope
  /** When a sync last came to its end: what was met since by one that did not may have others below it. */
  lookedTo: Date | null
  kind: MediaKind
  report: RunReport
}

/** Returns the place at which the next kind begins. */
async function syncKind(sync: Sync, from: Place): Promise<Place> {
  const { ctx, client, accountId, scope, lookedTo, kind, report } = sync
  const since = from.since ?? ctx.clock.now().toISOString()
  let { offset, total: before } = from
  for (;;) {
    const range = { type: kind, offset, count: PAGE }
    const { total, items } = await patiently(report.signal, () => listPermanent(client, range))
    // what was deleted above us moved up what we have not seen: back by as much, and once more
    const removed = Math.min((before ?? total) - total, offset)
    before = total
    if (removed > 0) {
      offset -= removed
      continue
    }
    offset += items.length
    const seen = items.map((item) => seenOf(kind, item))
    const mayEnd = scope === 'new' && lookedTo !== null
    const known = mayEnd && (await store.allKnown(ctx.db, accountId, seen, lookedTo))
    const done = from.doneBefore + offset
    await inTransaction(ctx.db, async (trx) => {
      await store.upsertMedia(trx, accountId, { kind, seen, at: ctx.clock.now() })
      const place: Place = { ...from, since, offset, total }
      await report.progress({ done, total: scope === 'all' ? from.doneBefore + total : null, place }, trx)
    })
    if (items.length > 0 && offset < total && !known) continue
    const whole = scope === 'all' && offset >= total
    if (whole && total > PAGE) await meetMoved(sync)
    return await inTransaction(ctx.db, async (trx) => {
      if (whole)
        await store.markMediaMissing(trx, accountId, { kind, since: new Date(since), at: ctx.clock.now() })
      const next: Place = { kind: from.kind + 1, offset: 0, doneBefore: done }
      await report.progress({ done, total: done, place: next }, trx)
      return next
    })
  }
}

/** What was changed while we read went up to where we had been: from the top again, down to what is known. */
async function meetMoved({ ctx, client, accountId, kind, report }: Sync): Promise<void> {
  for (let offset = 0; ; offset += PAGE) {
    const range = { type: kind, offset, count: PAGE }
    const { items } = await patiently(report.signal, () => listPermanent(client, range))
    const seen = items.map((item) => seenOf(kind, item))
    if (await store.allKnown(ctx.db, accountId, seen)) return
    await store.upsertMedia(ctx.db, accountId, { kind, seen, at: ctx.clock.now() })
  }
}

const seenOf = (kind: MediaKind, item: MaterialItem): store.SeenMedia => {
  const name = (item.name ?? '').replaceAll('\u0000', '')
  return {
    mediaId: item.media_id,
    name,
    mime: guessMime(kind, { name, url: item.url }),
    url: kind === 'image' ? (item.url ?? null) : null,
    updatedAt: new Date(item.update_time * 1000),
  }
}
