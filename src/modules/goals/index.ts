import type { Executor } from '../../infra/transaction.ts'
import type { Goal } from './schema.ts'
import { deleteGoal, upsertGoal } from './store.ts'

export { figuresOf, totalsOf } from './figures.ts'

/** What counts for a send from now on, for events that are looked at after this; null: nothing more. What counted stays. */
export async function setGoal(trx: Executor, sendId: string, goal: Goal | null, now: Date): Promise<void> {
  if (goal === null) await deleteGoal(trx, sendId)
  else await upsertGoal(trx, sendId, goal, now)
}
