import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { wholeSecond } from './rules.ts'

/**
 * The platform refused to write to these fans because they don't follow (43004), asked at `at`. What they did later than that
 * second stands, as for any other observation. Who is being written by somebody else right now is left to the next one.
 */
export async function noteNotFollowing(
  trx: Executor,
  refused: readonly { fanId: string; at: Date }[],
): Promise<void> {
  if (refused.length === 0) return
  await sql`
    with seen as (
      select fan_id, max(at) as at from unnest(${refused.map(({ fanId }) => fanId)}::bigint[],
        ${refused.map(({ at }) => wholeSecond(at).toISOString())}::timestamptz[]) as u (fan_id, at) group by fan_id),
    held as (
      select f.id, s.at from fans f join seen s on s.fan_id = f.id
      where f.following and not coalesce(f.followed_at > s.at, false) and not coalesce(f.last_interaction_at > s.at, false)
      order by f.id for no key update of f skip locked)
    update fans f set following = false, unfollowed_at = greatest(f.unfollowed_at, h.at) from held h where f.id = h.id`.execute(
    trx,
  )
}
