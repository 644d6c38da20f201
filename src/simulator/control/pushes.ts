import type { z } from 'zod'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'
import type { pushesQuery } from './schema.ts'

/** What was pushed to an account's callback address and what came of it, newest first. */
export async function listPushes(
  world: World,
  { appid, state, limit }: z.output<typeof pushesQuery>,
): Promise<object> {
  const account = await accountOf(world, appid)
  const items = await world.db.rows(
    `select id, state, attempts, last_problem as problem, answer_ms as "answerMs", created_at as "createdAt",
       answers_to is not null as message
     from push where account_id = $1 and ($2::text is null or state = $2) order by id desc limit $3`,
    [account.id, state ?? null, limit],
  )
  return { items }
}
