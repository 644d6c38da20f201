import { planBehaviour } from '../../behaviour/plan.ts'
import { monthOf } from '../../calendar.ts'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import { type Account, getAccountById } from '../account.ts'
import { publish } from '../publish/publications.ts'
import type { Counts, Job } from './job.ts'
import { checkStateOf } from './originality.ts'
import { pushMassResult } from './result.ts'

const MASS_PER_FAN_AND_MONTH = 4

/** Ends the next mass send whose time has come; false when there is none. */
export function runDueMassJob(world: World): Promise<boolean> {
  return world.db.transaction(async (tx) => {
    const job = await tx.row<Job>(
      `select mass_job.*, message.msg_data_id from mass_job join message on message.id = msg_id
       where finished_at is null and due_at <= $1 order by due_at, msg_id limit 1 for update of mass_job`,
      [world.clock.now()],
    )
    if (!job) return false
    const account = await getAccountById(tx, job.account_id)
    const outcome = job.state === 'confirming' ? 'err(40002)' : verdictOf(job)
    await finish(world, tx, { job, account, outcome })
    return true
  })
}

/** What the checks found: `send success`, or the status that stops the job. */
function verdictOf(job: Job): string {
  if (job.forced.status) return job.forced.status
  const checkState = checkStateOfJob(job)
  if (checkState === 3) return 'err(30002)'
  if (checkState === 2 && !job.ignore_reprint) return 'err(30003)'
  return 'send success'
}

const checkStateOfJob = ({ forced, articles }: Job): 1 | 2 | 3 => checkStateOf(forced, articles?.length ?? 0)

/** Writes the ledger (or the failure), ends the draft, and announces the result. */
export async function finish(
  world: World,
  tx: Queries,
  { job, account, outcome }: { job: Job; account: Account; outcome: string },
): Promise<void> {
  const success = outcome === 'send success'
  const counts = success
    ? await deliver(tx, job, account)
    : { total: job.total, filtered: 0, sent: 0, errors: 0 }
  await tx.run(
    `update mass_job set state = $2, outcome = $3, check_state = $4, finished_at = $5,
       total = $6, filtered = $7, sent = $8, errors = $9 where msg_id = $1`,
    [
      job.msg_id,
      success ? 'sent' : 'failed',
      outcome,
      checkStateOfJob(job),
      job.due_at,
      counts.total,
      counts.filtered,
      counts.sent,
      counts.errors,
    ],
  )
  if (success && job.articles && job.msg_data_id) {
    await publish(tx, {
      accountId: account.id,
      msgDataId: job.msg_data_id,
      articleId: null,
      notified: true,
      articles: job.articles,
      at: job.due_at,
    })
    await tx.run('delete from draft where media_id = $1', [job.media_id])
  }
  if (success) await planBehaviour(tx, { accountId: account.id, msgId: job.msg_id, from: job.due_at })
  if (job.call !== 'console' || account.settings.ownerResults !== false)
    await pushMassResult(world, tx, { job, account, outcome, counts })
}

/** One statement for the whole audience: who is left after the filters, their month, and their receipts. */
async function deliver(tx: Queries, job: Job, account: Account): Promise<Counts> {
  const values: unknown[] = [
    account.id,
    monthOf(job.due_at),
    account.kind === 'service' ? MASS_PER_FAN_AND_MONTH : 32_000,
    job.msg_id,
    account.rates.sendError,
    job.started_at ?? job.due_at,
    job.due_at,
  ]
  const target = targetOf(job, values)
  const row = await tx.row<{ filtered: number; errors: number }>(
    `with target as (${target}),
     eligible as materialized (
       select fan.id, hashint8extended(fan.id, $4::bigint) & 1048575 < $5::float8 * 1048576 as failed,
              row_number() over () as n, count(*) over () as all_of_them
       from target fan left join fan_month m on m.fan_id = fan.id and m.month = $2
       where fan.following and fan.blacklisted_at is null and coalesce(m.used, 0) < $3),
     counted as (
       insert into fan_month (fan_id, month, used) select id, $2, 1 from eligible where not failed
       on conflict (fan_id, month) do update set used = fan_month.used + 1),
     received as (
       insert into receipt (account_id, fan_id, message_id, kind, received_at)
       select $1, id, $4::bigint, 'mass', $6::timestamptz + ($7::timestamptz - $6::timestamptz) * (n::float8 / all_of_them)
       from eligible where not failed)
     select count(*)::int as filtered, (count(*) filter (where failed))::int as errors from eligible`,
    values,
  )
  const filtered = row?.filtered ?? 0
  const errors = row?.errors ?? 0
  return { total: job.total, filtered, sent: filtered - errors, errors }
}

/** The rows of `fan` that the job is aimed at; adds what the query needs to `values`. */
function targetOf(job: Job, values: unknown[]): string {
  if (job.fan_ids) {
    values.push(job.fan_ids)
    return `select fan.* from unnest($${values.length}::bigint[]) as wanted(id) join fan using (id)`
  }
  if (job.to_all) return 'select * from fan where account_id = $1'
  values.push(job.tag_id)
  return `select fan.* from tag_member join fan on fan.id = fan_id where tag_member.account_id = $1 and tag_id = $${values.length}`
}
