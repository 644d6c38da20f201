import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import * as uses from '../store/uses.ts'
import { requirePickable } from './save.ts'

type User = uses.SegmentUser & { name: string; accountId: string | null }

/**
 * Says which segments something asks from now on, in place of those it asked before: they can't be archived while it
 * does. Refuses those the caller may not pick: unknown, archived, not in the crowd list, unless asked before already.
 */
export async function holdSegments(
  ctx: Ctx,
  trx: Executor,
  user: User,
  { ids, before }: { ids: readonly string[]; before: readonly string[] },
): Promise<void> {
  // nobody archives them until the use is written
  await sql`select from segments where id = any(${[...ids]}::bigint[]) order by id for share`.execute(trx)
  await requirePickable(ctx, trx, { ids, before })
  await uses.replaceUses(trx, user, ids)
}

/** Keeps the members of the snapshots (by segment) that answer for it as long as it asks. */
export const pinSegments = (
  trx: Executor,
  user: uses.SegmentUser,
  snapshots: ReadonlyMap<string, string>,
): Promise<void> => uses.pinUses(trx, user, snapshots)

/** It will not ask again. Snapshots it was made from (by segment; null for live ones) are kept with their members. */
export const releaseSegments = (
  trx: Executor,
  user: uses.SegmentUser,
  snapshots: ReadonlyMap<string, string | null> = new Map(),
): Promise<void> => uses.endUses(trx, user, snapshots)

/** It is gone as if it never was. */
export const forgetSegments = (trx: Executor, user: uses.SegmentUser) => uses.removeUses(trx, user)
