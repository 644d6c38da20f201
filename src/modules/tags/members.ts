import { getTags, listFansOfTag } from '../../channels/official-account/tags.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { assert } from '../../kernel/errors.ts'
import { accountClient } from '../accounts/index.ts'
import { applyTagMembers, noteTagMembers, pausing } from '../contacts/index.ts'
import { executeRun, patiently, type RunReport } from '../runs/index.ts'
import { type PlatformTag, replaceTags } from './store.ts'

/** Tags up to and with `through` are done; of `tagId` the pages before `cursor` are. */
type Place = { through: number; tagId: number; cursor: string; begunAt: string }
type Progress = { done: number; total: number }

/**
 * Reads the tags and, tag by tag in the order of their ids, who carries each. A tag's members change here when the tag
 * was read whole. Memory holds one page.
 */
export const runMemberSync = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const { accountId } = run
    assert(accountId !== null, 'a tag sync is of an account')
    const client = await accountClient(ctx, accountId)
    const tags = await pausing(
      ctx,
      accountId,
      patiently(report.signal, () => getTags(client)),
    )
    await replaceTags(ctx.db, accountId, { tags, at: ctx.clock.now() })
    const now = () => ctx.clock.now().toISOString()
    const place: Place = { through: -1, tagId: -1, cursor: '', begunAt: now(), ...run.place }
    const progress = { done: run.done, total: tags.reduce((sum, tag) => sum + tag.count, 0) }
    const open = tags.filter((tag) => tag.id > place.through).toSorted((a, b) => a.id - b.id)
    for (const tag of open) {
      const goesOn = tag.id === place.tagId
      const cursor = goesOn ? place.cursor : ''
      const begunAt = goesOn ? place.begunAt : now()
      await readMembers(
        { ctx, report, client, progress, tag, reading: { accountId, runId: run.id, tagId: tag.id, begunAt } },
        cursor,
      )
    }
  })

type Reading = {
  ctx: Ctx
  report: RunReport
  client: OfficialAccountClient
  progress: Progress
  tag: PlatformTag
  reading: { accountId: string; runId: string; tagId: number; begunAt: string }
}

async function readMembers(
  { ctx, report, client, progress, tag, reading }: Reading,
  begin: string,
): Promise<void> {
  const { accountId, begunAt } = reading
  let cursor: string | null = begin
  while (cursor !== null) {
    const after: string = cursor
    const page = await pausing(
      ctx,
      accountId,
      patiently(report.signal, () => listFansOfTag(client, tag.id, after || undefined)),
    )
    cursor = page.next
    progress.done += page.openIds.length
    await inTransaction(ctx.db, async (trx) => {
      await noteTagMembers(trx, reading, page.openIds)
      if (page.next === null) await applyTagMembers(trx, { ...reading, begunAt: new Date(begunAt) })
      const next: Place =
        page.next === null
          ? { through: tag.id, tagId: -1, cursor: '', begunAt }
          : { through: tag.id - 1, tagId: tag.id, cursor: page.next, begunAt }
      await report.progress({ ...progress, place: next }, trx)
    })
  }
}
