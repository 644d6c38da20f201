import { getAccountById } from '../official-account/account.ts'
import type { Job } from '../official-account/mass/job.ts'
import { durationMs } from '../official-account/mass/pace.ts'
import { finish } from '../official-account/mass/run.ts'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'
import { ControlError } from './errors.ts'

/** The mass sends of an account, newest first, as the platform knows them. */
export async function listJobs(world: World, appid: string): Promise<object> {
  const account = await accountOf(world, appid)
  const items = await world.db.rows(
    `select msg_id as "msgId", call, state, outcome, to_all as "toAll", tag_id as "tagId",
       case when derived_key then null else client_key end as "clientMsgId", submitted_at as "submittedAt",
       due_at as "dueAt", finished_at as "finishedAt", total, filtered, sent, errors
     from mass_job where account_id = $1 order by submitted_at desc, msg_id desc limit 200`,
    [account.id],
  )
  return { items }
}

/** The administrator's answer to 群发保护 on the phone: the job starts, or ends with err(40001). */
export async function confirmJob(
  world: World,
  { appid, msgId, accept }: { appid: string; msgId: string; accept: boolean },
): Promise<object> {
  const { id } = await accountOf(world, appid)
  const now = world.clock.now()
  await world.db.transaction(async (tx) => {
    const job = await tx.row<Job>(
      `select mass_job.*, message.msg_data_id from mass_job join message on message.id = msg_id
       where mass_job.account_id = $1 and msg_id = $2 and state = 'confirming' and due_at > $3 for update of mass_job`,
      [id, msgId, now],
    )
    if (!job) throw new ControlError(409, 'this mass send is not waiting for a confirmation')
    const account = await getAccountById(tx, id)
    if (!accept) return finish(world, tx, { job: { ...job, due_at: now }, account, outcome: 'err(40001)' })
    await tx.run(`update mass_job set state = 'sending', started_at = $2, due_at = $3 where msg_id = $1`, [
      msgId,
      now,
      new Date(now.getTime() + durationMs(job.total, account.speed)),
    ])
  })
  world.wake()
  return { ok: true }
}
