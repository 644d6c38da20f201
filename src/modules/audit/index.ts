import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { insertEntry, type NewEntry } from './store.ts'

/** Writes who did what. Pass the transaction of the change itself: a change without its entry can't exist. */
export const audit = (ctx: Ctx, db: Executor, entry: NewEntry): Promise<void> =>
  insertEntry(db, ctx.actor, ctx.clock.now(), entry)
