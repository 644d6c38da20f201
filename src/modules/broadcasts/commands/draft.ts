import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { findOpenActivity, requireFiling } from '../../activities/index.ts'
import { audit } from '../../audit/index.ts'
import { forgetSegments, holdSegments, requireSound } from '../../segments/index.ts'
import { requirePath, segmentsIn } from '../audience.ts'
import { subjectOf } from '../prepare.ts'
import { presentBroadcast, readBroadcast } from '../present.ts'
import { groupProblem } from '../rules/groups.ts'
import { MOST_ARMS, testProblem } from '../rules/tests.ts'
import type { Broadcast, DraftFields, GroupDraft } from '../schema.ts'
import * as store from '../store/broadcasts.ts'
import type { GroupRow } from '../store/groups.ts'

/** Saves a new draft. `path_not_available` where the account can't send to this audience that way. */
export async function createBroadcast(
  ctx: Ctx,
  accountId: string,
  fields: DraftFields,
  before: readonly string[] = [],
): Promise<Broadcast> {
  await check(ctx, accountId, fields)
  return inTransaction(ctx.db, async (trx) => {
    for (const group of fields.groups) await requireFiling(trx, group)
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
      { ids: segmentsIn(fields.groups), before },
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
  fields: DraftFields,
): Promise<Broadcast> {
  await check(ctx, key.accountId, fields)
  await inTransaction(ctx.db, async (trx) => {
    const draft = await store.findBroadcast(trx, { ...key, lock: true })
    const filed = draft?.groups.map((group) => group.activity?.id)
    for (const group of fields.groups)
      await requireFiling(trx, group, { activityId: filed?.find((id) => id === group.activityId) ?? null })
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
      { ids: segmentsIn(fields.groups), before: draft === undefined ? [] : segmentsIn(draft.groups) },
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

/** A new draft of the same groups, sent at once: times of then are past, and those of a test are to be chosen anew. */
export async function copyBroadcast(ctx: Ctx, accountId: string, broadcastId: string): Promise<Broadcast> {
  const source = await store.findBroadcast(ctx.db, { accountId, broadcastId })
  if (source === undefined) throw notFound('broadcast')
  const groups: GroupDraft[] = []
  for (const { activity, ...group } of source.groups) {
    // one that is archived by now is left behind
    const activityId = activity && (await findOpenActivity(ctx.db, activity.id))
    groups.push({ ...draftOf(group), activityId })
  }
  const name = [...source.name].slice(0, 56).join('')
  const fields: DraftFields = { name: `${name} (2)`, groups, timing: { kind: 'now' } }
  return createBroadcast(ctx, accountId, fields, segmentsIn(source.groups))
}

function draftOf({
  name,
  audience,
  path,
  ignoreReprint,
  missed,
  holdout,
  test,
  arms,
}: Omit<GroupRow, 'activity'>): Omit<GroupDraft, 'activityId'> {
  const group = { name, audience, path, ignoreReprint, missed, holdout, sendAt: null }
  if (test === null) return { ...group, content: arms[0]?.content ?? null, test }
  const variants = arms.flatMap(({ share, sendAt, content }) =>
    share === null || sendAt === null || content === null
      ? []
      : [{ share, sendAt: sendAt.toISOString(), content }],
  )
  return { ...group, content: null, test: { ...test, variants } }
}

async function check(ctx: Ctx, accountId: string, { groups }: DraftFields): Promise<void> {
  const account = await getAccount(ctx, accountId)
  for (const [group, one] of groups.entries()) {
    const { audience, path } = one
    requirePath(account, audience, path)
    const untestable = testProblem(one)
    if (untestable !== null)
      throw invalid(untestable, 'this group can not be tested or have a hold-out as it is', { group })
    if (audience.kind === 'rule') await requireSound(ctx, audience.rule, accountId)
  }
  const arms = groups.reduce((sum, { test }) => sum + (test === null ? 1 : test.variants.length + 1), 0)
  if (arms > MOST_ARMS) throw invalid('too_many_arms', 'too many parts in one send', { arms, max: MOST_ARMS })
  const problem = groupProblem(groups)
  if (problem !== null)
    throw invalid(problem.reason, 'these groups can not be sent together', { group: problem.place })
}
