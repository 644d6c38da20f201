import type { Executor } from '../../infra/transaction.ts'
import { conflict, notFound } from '../../kernel/errors.ts'
import { findActivity, findGroup } from './store.ts'

export { requireActivity } from './commands.ts'

/** The id of an activity that is there and not archived; null otherwise. */
export async function findOpenActivity(db: Executor, activityId: string): Promise<string | null> {
  const activity = await findActivity(db, activityId)
  return activity === undefined || activity.archived_at !== null ? null : activity.id
}

/** What something is about to be filed under must exist, and an activity must not be archived unless it was there before. */
export async function requireFiling(
  db: Executor,
  { activityId, groupId }: { activityId?: string | null; groupId?: string | null },
  before: { activityId?: string | null } = {},
): Promise<void> {
  if (activityId) {
    const activity = await findActivity(db, activityId)
    if (activity === undefined) throw notFound('activity')
    if (activity.archived_at !== null && before.activityId !== activityId)
      throw conflict('activity_archived', 'the activity is archived', { name: activity.name })
  }
  if (groupId && (await findGroup(db, groupId)) === undefined) throw notFound('group')
}
