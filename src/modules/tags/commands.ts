import { getTags } from '../../channels/official-account/tags.ts'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { accountClient, getAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { countTagMembers, pausing } from '../contacts/index.ts'
import { explained, startRun } from '../runs/index.ts'
import { selectPairs } from './links/store.ts'
import type { WechatTag } from './schema.ts'
import { replaceTags, selectTags } from './store.ts'

export const SYNC_MEMBERS = 'tags.sync-members'

/** Tags with WeChat's count at the last sync beside the followers we know. */
export async function listTags(ctx: Ctx, accountId: string): Promise<WechatTag[]> {
  const [tags, members, links] = await Promise.all([
    selectTags(ctx.db, accountId),
    countTagMembers(ctx.db, accountId),
    selectPairs(ctx.db, accountId),
  ])
  return tags.map((tag) => ({
    ...tag,
    memberCount: members.get(tag.tagId) ?? 0,
    link: links.get(tag.tagId) ?? null,
  }))
}

/** Reads names and counts of all tags from WeChat (one call) and stores them. */
export async function syncTags(ctx: Ctx, accountId: string): Promise<WechatTag[]> {
  const client = await accountClient(ctx, accountId)
  const tags = await explained(pausing(ctx, accountId, getTags(client)))
  await inTransaction(ctx.db, async (trx) => {
    await replaceTags(trx, accountId, { tags, at: ctx.clock.now() })
    await audit(ctx, trx, { action: 'tags.synced', accountId, detail: { tags: tags.length } })
  })
  return listTags(ctx, accountId)
}

/** Starts reading who has which tag; returns the run under way if there is one. */
export async function startMemberSync(ctx: Ctx, accountId: string): Promise<string> {
  await getAccount(ctx, accountId)
  return inTransaction(ctx.db, async (trx) => {
    const run = await startRun(ctx, { accountId, kind: SYNC_MEMBERS }, trx)
    await audit(ctx, trx, { action: 'tags.sync_started', accountId, subject: { kind: 'run', id: run.id } })
    return run.id
  })
}
