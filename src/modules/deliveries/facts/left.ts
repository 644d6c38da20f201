import { sql } from 'kysely'
import { noteNotFollowing } from '../../contacts/index.ts'
import type { Settled, Trx } from '../model.ts'

const NOT_FOLLOWING: readonly number[] = [43004, 50005]

/** WeChat said of a call that its person doesn't follow: they left and nobody told us. Leaving closes their windows. */
export async function rememberLeft(trx: Trx, refused: readonly Settled[]): Promise<void> {
  const left = refused
    .filter(({ errcode }) => errcode !== undefined && NOT_FOLLOWING.includes(errcode))
    .map(({ fanId, intentAt }) => ({ fanId, at: intentAt }))
  if (left.length === 0) return
  await sql`
    with closed as (
      select w.fan_id, w.kind from service_windows w
      join unnest(${left.map(({ fanId }) => fanId)}::bigint[], ${left.map(({ at }) => at.toISOString())}::timestamptz[])
        as u (fan_id, at) on w.fan_id = u.fan_id and w.opened_at <= u.at
      order by w.fan_id, w.kind for update of w)
    delete from service_windows w using closed c where w.fan_id = c.fan_id and w.kind = c.kind`.execute(trx)
  await noteNotFollowing(trx, left)
}
