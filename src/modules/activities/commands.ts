import type { Ctx } from '../../context.ts'
import { orNameTaken } from '../../infra/name-taken.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { namesAskingActivity } from '../segments/index.ts'
import type { Activity, CampaignGroup } from './schema.ts'
import * as store from './store.ts'

const actorId = (ctx: Ctx) => (ctx.actor.kind === 'system' ? null : ctx.actor.id)
const scopeOf = (ctx: Ctx) => (ctx.actor.kind === 'system' ? null : ctx.actor.accounts)

/** Activities with what of the caller's accounts is filed under each. */
export const listActivities = (ctx: Ctx, archived: boolean): Promise<Activity[]> =>
  store.selectActivities(ctx.db, { archived, scope: scopeOf(ctx) })

/** `not_found` where there is no such activity. */
export async function requireActivity(db: Executor, activityId: string) {
  const row = await store.findActivity(db, activityId)
  if (row === undefined) throw notFound('activity')
  return row
}

export const createActivity = (ctx: Ctx, fields: store.Fields): Promise<string> =>
  orNameTaken('activity_name_taken', fields.name, () =>
    inTransaction(ctx.db, async (trx) => {
      const id = await store.insertActivity(trx, { ...fields, by: actorId(ctx), at: ctx.clock.now() })
      await audit(ctx, trx, {
        action: 'activities.created',
        subject: { kind: 'activity', id },
        detail: { name: fields.name },
      })
      return id
    }),
  )

type Edit = { [K in keyof store.Fields]?: store.Fields[K] | undefined } & { archived?: boolean | undefined }

/** Changes what is named; an archived activity is no longer offered and keeps what is filed under it. */
export const changeActivity = (ctx: Ctx, activityId: string, { archived, ...edit }: Edit): Promise<void> =>
  orNameTaken('activity_name_taken', edit.name ?? '', () =>
    inTransaction(ctx.db, async (trx) => {
      const row = await requireActivity(trx, activityId)
      const fields = {
        name: edit.name ?? row.name,
        goal: edit.goal ?? row.goal,
        startsOn: edit.startsOn === undefined ? dayOf(row.starts_on) : edit.startsOn,
        endsOn: edit.endsOn === undefined ? dayOf(row.ends_on) : edit.endsOn,
      }
      if (fields.startsOn !== null && fields.endsOn !== null && fields.startsOn > fields.endsOn)
        throw invalid('ends_before_it_begins', 'the period ends before it begins')
      const archivedAt = archived === undefined ? row.archived_at : archived ? ctx.clock.now() : null
      await store.updateActivity(trx, activityId, { ...fields, archivedAt })
      const action = archived === undefined ? 'changed' : archived ? 'archived' : 'unarchived'
      await audit(ctx, trx, {
        action: `activities.${action}`,
        subject: { kind: 'activity', id: activityId },
        detail: { name: fields.name },
      })
    }),
  )

/** A day of the calendar comes as its text, whatever the generated types say. */
const dayOf = (day: unknown): string | null => day as string | null

/** Refused while something is filed under it (`activity_in_use`) or a segment asks about it (`activity_in_segments`, with names). */
export function deleteActivity(ctx: Ctx, activityId: string): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const { name } = await requireActivity(trx, activityId)
    const filed = await store.countFiled(trx, activityId)
    if (filed > 0) throw conflict('activity_in_use', 'something is filed under it', { name, count: filed })
    const segments = await namesAskingActivity(trx, activityId)
    if (segments.length > 0)
      throw conflict('activity_in_segments', 'segments ask about it', {
        name,
        names: segments.join('、'),
      })
    await store.deleteActivity(trx, activityId)
    await audit(ctx, trx, {
      action: 'activities.deleted',
      subject: { kind: 'activity', id: activityId },
      detail: { name },
    })
  })
}

export const listGroups = (ctx: Ctx): Promise<CampaignGroup[]> => store.selectGroups(ctx.db, scopeOf(ctx))

export const createGroup = (ctx: Ctx, name: string): Promise<string> =>
  orNameTaken('group_name_taken', name, () =>
    inTransaction(ctx.db, async (trx) => {
      const id = await store.insertGroup(trx, name, ctx.clock.now())
      await audit(ctx, trx, {
        action: 'campaign_groups.created',
        subject: { kind: 'campaign_group', id },
        detail: { name },
      })
      return id
    }),
  )

export const renameGroup = (ctx: Ctx, groupId: string, name: string): Promise<void> =>
  orNameTaken('group_name_taken', name, () =>
    inTransaction(ctx.db, async (trx) => {
      const before = await store.findGroup(trx, groupId)
      if (before === undefined) throw notFound('group')
      await store.renameGroup(trx, groupId, name)
      await audit(ctx, trx, {
        action: 'campaign_groups.renamed',
        subject: { kind: 'campaign_group', id: groupId },
        detail: { name, before: before.name },
      })
    }),
  )

/** Campaigns of the group stay, in no group. */
export function deleteGroup(ctx: Ctx, groupId: string): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const row = await store.findGroup(trx, groupId)
    if (row === undefined) throw notFound('group')
    await store.deleteGroup(trx, groupId)
    await audit(ctx, trx, {
      action: 'campaign_groups.deleted',
      subject: { kind: 'campaign_group', id: groupId },
      detail: { name: row.name },
    })
  })
}
