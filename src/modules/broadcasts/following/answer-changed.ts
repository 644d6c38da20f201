import { deleteDraft } from '../../../channels/official-account/drafts.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { assert, conflict, notFound } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { refreshArticleSet } from '../../contents/index.ts'
import type { SourceChange } from '../../contents/schema.ts'
import { freezeContent } from '../content.ts'
import type { Content } from '../schema.ts'
import type { ArmChange } from '../store/arms.ts'
import { forgetCopies } from '../store/batches.ts'
import { armsOf, findBroadcast } from '../store/broadcasts.ts'
import type { ArmRow, FrozenContent } from '../store/groups.ts'

const changesOf = ({ detail }: ArmRow): SourceChange[] => (detail?.['changes'] ?? []) as SourceChange[]

/** Where it goes on from once an answer is given: at its time, or at once where that is past. */
function resumed(arm: ArmRow, now: Date): ArmChange {
  const late = arm.sendAt !== null && arm.sendAt <= now ? arm.sendAt.toISOString() : undefined
  return {
    state: 'queued',
    due_at: now,
    reason: null,
    detail: late === undefined ? null : { late },
    ...(late !== undefined && { send_at: null }),
  }
}

/** 按确认时的内容发送: these changes are none from here on; a further one is asked about again. */
export function stayAsConfirmed(arm: ArmRow, now: Date): ArmChange {
  assert(arm.content?.kind === 'articles', 'only articles have sources')
  const changes = changesOf(arm)
  const articles = arm.content.articles.map((choice, place) => {
    const change = changes.find((one) => one.place === place)
    return change === undefined ? choice : { ...choice, kept: change.seen }
  })
  return { ...resumed(arm, now), content: { kind: 'articles', articles } }
}

export type Renewed = { content: Content; frozen: FrozenContent; of: Content }

/**
 * 改用微信上的新内容: reads the changed sources anew and freezes what they are now. `source_gone` where there is none any
 * more, `draft_changed` where it moved on meanwhile.
 */
export async function renewContent(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string; number: number },
): Promise<Renewed> {
  const broadcast = await findBroadcast(ctx.db, key)
  const arm = broadcast && armsOf(broadcast).find(({ number }) => number === key.number)
  if (arm === undefined) throw notFound('arm')
  if (arm.state !== 'asking' || arm.reason !== 'draft_changed' || arm.content?.kind !== 'articles')
    throw conflict('wrong_state', 'it does not ask about a changed draft', { state: arm.state })
  const changes = changesOf(arm)
  if (changes.some(({ what }) => what === 'gone'))
    throw conflict('source_gone', 'WeChat has no new content of what is gone there')
  for (const id of new Set(changes.map(({ articleSetId }) => articleSetId)))
    await refreshArticleSet(ctx, key.accountId, id)
  const places = new Map(changes.map(({ place }, nth) => [place, nth]))
  const articles = arm.content.articles.map((choice, place) => {
    if (!places.has(place)) return choice
    const { kept: _, ...rest } = choice
    return rest
  })
  const fresh = await freezeContent(ctx, key.accountId, {
    kind: 'articles',
    articles: [...places.keys()].flatMap((place) => articles[place] ?? []),
  })
  assert(fresh.kind === 'articles' && arm.frozenContent?.kind === 'articles', 'articles stay articles')
  // what didn't change stays word for word as it was confirmed
  const frozen = arm.frozenContent.articles.map(
    (old, place) => fresh.articles[places.get(place) ?? -1] ?? old,
  )
  return {
    content: { kind: 'articles', articles },
    frozen: { kind: 'articles', articles: frozen },
    of: arm.content,
  }
}

/** Puts the new content in place of what was confirmed; returns the copies that were made of the old one. */
export async function takeNew(
  trx: Executor,
  { arm, renewed, now }: { arm: ArmRow; renewed: Renewed; now: Date },
): Promise<{ change: ArmChange; copies: string[] }> {
  if (JSON.stringify(arm.content) !== JSON.stringify(renewed.of))
    throw conflict('wrong_state', 'its content was decided meanwhile', { state: arm.state })
  const copies = await forgetCopies(trx, { broadcast_id: arm.broadcastId, arm: arm.number })
  return {
    change: { ...resumed(arm, now), content: renewed.content, frozen_content: renewed.frozen },
    copies,
  }
}

/** Tidies copies nobody will send; a kill leaves unused drafts behind, and nothing else. */
export async function deleteCopies(ctx: Ctx, accountId: string, copies: readonly string[]): Promise<void> {
  if (copies.length === 0) return
  const client = await accountClient(ctx, accountId)
  for (const mediaId of copies) {
    try {
      await deleteDraft(client, mediaId)
    } catch (error) {
      if (!isWechatError(error)) throw error
      ctx.log.warn({ errcode: error.errcode, kind: error.kind }, 'unused draft could not be deleted')
      return
    }
  }
}
