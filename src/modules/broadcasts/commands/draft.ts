import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { findOpenActivity, requireFiling } from '../../activities/index.ts'
import { audit } from '../../audit/index.ts'
import { forgetSegments, holdSegments, requireSound } from '../../segments/index.ts'
import { requirePath, segmentsIn } from '../audience.ts'
import { subjectOf } from '../prepare.ts'
import { presentBroadcast, readBroadcast } from '../present.ts'
import type { Broadcast, BroadcastAudience, Content, Path } from '../schema.ts'
import * as store from '../store/broadcasts.ts'

type Fields = {
  name: string
  audience: BroadcastAudience
  content: Content
  path: Path
  ignoreReprint: boolean
  activityId: string | null
}

/** Saves a new draft. `path_not_available` where the account can't send to this audience that way. */
export async function createBroadcast(
  ctx: Ctx,
  accountId: string,
  fields: Fields,
  before: readonly string[] = [],
): Promise<Broadcast> {
  await check(ctx, accountId, fields)
  return inTransaction(ctx.db, async (trx) => {
    await requireFiling(trx, fields)
    const broadcastId = await store.insertBroadcast(trx, {
      ...fields,
      accountId,
      at: ctx.clock.now(),
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
    })
    await holdSegments(
      ctx,
      trx,
      { kind: 'broadcast', id: broadcastId, name: fields.name, accountId },
      { ids: segmentsIn(fields.audience), before },
    )
    await audit(ctx, trx, {
      action: 'broadcast.created',
      accountId,
      subject: subjectOf(broadcastId),
      detail: { name: fields.name },
    })
    const row = await store.findBroadcast(trx, { accountId, broadcastId })
    if (row === undefined) throw notFound('broadcast')
    return presentBroadcast(ctx, row)
  })
}

/** Changes a draft; `changed_meanwhile` when someone else did since `version`, `not_a_draft` once it was confirmed. */
export async function updateBroadcast(
  ctx: Ctx,
  key: { accountId: string; broadcastId: string; version: number },
  fields: Fields,
): Promise<Broadcast> {
  await check(ctx, key.accountId, fields)
  await inTransaction(ctx.db, async (trx) => {
    const draft = await store.findBroadcast(trx, { ...key, lock: true })
    await requireFiling(trx, fields, { activityId: draft?.activity?.id ?? null })
    if (!(await store.updateDraft(trx, key, { ...fields, at: ctx.clock.now() }))) {
      const current = await store.findBroadcast(trx, key)
      if (current === undefined) throw notFound('broadcast')
      if (current.state !== 'draft') throw conflict('not_a_draft', 'only a draft can be edited')
      throw conflict('changed_meanwhile', 'someone else changed it meanwhile', { version: current.version })
    }
    const { broadcastId: id, accountId } = key
    await holdSegments(
      ctx,
      trx,
      { kind: 'broadcast', id, name: fields.name, accountId },
      { ids: segmentsIn(fields.audience), before: draft === undefined ? [] : segmentsIn(draft.audience) },
    )
    await audit(ctx, trx, {
      action: 'broadcast.updated',
      accountId: key.accountId,
      subject: subjectOf(key.broadcastId),
      detail: { name: fields.name },
    })
  })
  return readBroadcast(ctx, key.accountId, key.broadcastId)
}

export async function deleteBroadcast(ctx: Ctx, accountId: string, broadcastId: string): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    if (!(await store.deleteDraft(trx, accountId, broadcastId))) {
      if ((await store.findBroadcast(trx, { accountId, broadcastId })) === undefined)
        throw notFound('broadcast')
      throw conflict('not_a_draft', 'what was confirmed stays in the record')
    }
    await forgetSegments(trx, { kind: 'broadcast', id: broadcastId })
    await audit(ctx, trx, { action: 'broadcast.deleted', accountId, subject: subjectOf(broadcastId) })
  })
}

/** A new draft of the same audience and content. */
export async function copyBroadcast(ctx: Ctx, accountId: string, broadcastId: string): Promise<Broadcast> {
  const source = await store.findBroadcast(ctx.db, { accountId, broadcastId })
  if (source === undefined) throw notFound('broadcast')
  const { audience, content, path, ignoreReprint } = source
  // one that is archived by now is left behind
  const activityId = source.activity && (await findOpenActivity(ctx.db, source.activity.id))
  const name = [...source.name].slice(0, 56).join('')
  const fields = { name: `${name} (2)`, audience, content, path, ignoreReprint, activityId }
  return createBroadcast(ctx, accountId, fields, segmentsIn(audience))
}

async function check(ctx: Ctx, accountId: string, { audience, path }: Fields): Promise<void> {
  requirePath(await getAccount(ctx, accountId), audience, path)
  if (audience.kind === 'rule') await requireSound(ctx, audience.rule, accountId)
}
