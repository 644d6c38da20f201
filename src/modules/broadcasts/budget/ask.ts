import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type DB, inTransaction } from '../../../infra/transaction.ts'
import { beijingDay, beijingMonth } from '../../../kernel/beijing.ts'
import type { BodyOf, ResponseOf } from '../../../kernel/endpoint.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { LARGEST_BATCH } from '../../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../../wechat/rules/broadcast-quota.ts'
import { type Account, getAccount } from '../../accounts/index.ts'
import { monthStanding, planForMany } from '../../deliveries/index.ts'
import { fanLimitOf } from '../groups/plan.ts'
import { resolveGroups } from '../groups/relation.ts'
import type { askBudgetEndpoint } from '../schema/budget.ts'
import type { BudgetAnswer, GroupAudience, Path } from '../schema.ts'
import { findBroadcast } from '../store/broadcasts.ts'
import { dayLimitsOf, doneByDay, type WaitingArm, waitingArms } from './load.ts'
import { afterOneMore, leftsOf, spreadDays, takenOf, usedOf } from './rules.ts'

type Trx = Transaction<DB>
type Named = {
  place: number
  name: string
  audience: GroupAudience
  path: Path
  holdout: number
  arms: { number: number; share: number | null; sendAt: Date | null }[]
}
/** Those of a group who get it at one time. */
type Part = Pick<Named, 'place' | 'name' | 'path'> & { at: Date | null; arms: number[] }
type Asked = { groups: Named[]; draftId: string | null }

/**
 * What an audience at a time has left of its month, and what it costs the other sends that wait; of each group where a
 * saved send is asked about. All in one snapshot.
 */
export async function askBudget(
  ctx: Ctx,
  accountId: string,
  body: BodyOf<typeof askBudgetEndpoint>,
): Promise<ResponseOf<typeof askBudgetEndpoint>> {
  const account = await getAccount(ctx, accountId)
  const asked = await groupsOf(ctx, accountId, body)
  const answers = await inTransaction(
    ctx.db,
    async (trx) => {
      await planForMany(trx)
      const now = ctx.clock.now()
      const waiting = await waitingArms(trx, { accountId, now })
      const { relation } = await resolveGroups(ctx, trx, {
        account,
        broadcast: { id: asked.draftId ?? '0', groups: asked.groups },
        now,
      })
      const found: BudgetAnswer[] = []
      for (const part of asked.groups.flatMap(partsOf)) {
        const fans = sql`select fan_id from (${relation}) x
          where x.following and x.left_out is null and x.arm = any(${part.arms}::int[])`
        const answer = await answerOne(trx, { account, part, fans, waiting, now })
        found.push(asked.draftId === null ? { ...answer, place: null } : answer)
      }
      return found
    },
    { isolation: 'repeatable read' },
  )
  return { perFan: fanLimitOf(account), limits: dayLimitsOf(account), answers }
}

/** By the times at which its arms go out. */
function partsOf({ place, name, path, arms }: Named): Part[] {
  const times = [...new Set(arms.map(({ sendAt }) => sendAt?.getTime() ?? null))]
  return times.map((time) => ({
    place,
    name,
    path,
    at: time === null ? null : new Date(time),
    arms: arms.flatMap(({ number, sendAt }) => ((sendAt?.getTime() ?? null) === time ? [number] : [])),
  }))
}

async function groupsOf(ctx: Ctx, accountId: string, body: BodyOf<typeof askBudgetEndpoint>): Promise<Asked> {
  if (!('broadcastId' in body)) {
    const { audience, path } = body
    const sendAt = body.at === null ? null : new Date(body.at)
    const arms = [{ number: 0, share: null, sendAt }]
    return { groups: [{ place: 0, name: '', audience, path, holdout: 0, arms }], draftId: null }
  }
  const broadcast = await findBroadcast(ctx.db, { accountId, broadcastId: body.broadcastId })
  if (broadcast === undefined) throw notFound('broadcast')
  if (broadcast.state !== 'draft') throw conflict('not_a_draft', 'its places are booked already')
  return { groups: broadcast.groups, draftId: broadcast.id }
}

type One = {
  account: Account
  part: Part
  fans: RawBuilder<unknown>
  waiting: readonly WaitingArm[]
  now: Date
}

async function answerOne(trx: Trx, { account, part, fans, waiting, now }: One): Promise<BudgetAnswer> {
  const at = part.at !== null && part.at > now ? part.at : now
  const month = beijingMonth(at)
  const limit = fanLimitOf(account)
  const standing = await monthStanding(trx, { accountId: account.id, month, fans })
  const people = standing.reduce((sum, row) => sum + row.fans, 0)
  const planned = limit === null ? null : leftsOf(standing, limit, takenOf)
  const reached = people - (planned?.[0] ?? 0)
  const others = waiting.filter((one) => monthsToReserve(one.at > now ? one.at : now).includes(month))
  const load = await loadWith(trx, { account, part, people: reached, at, waiting, now })
  return {
    place: part.place,
    name: part.name,
    month,
    at: at.toISOString(),
    people,
    reached,
    left:
      limit === null || planned === null
        ? null
        : { now: leftsOf(standing, limit, usedOf), planned, after: afterOneMore(planned) },
    others: limit === null ? [] : await costs(trx, { accountId: account.id, month, limit, fans, others }),
    ...load,
  }
}

type Load = Pick<One, 'account' | 'part' | 'waiting' | 'now'> & { people: number; at: Date }

/** The day it is planned on, with it. */
async function loadWith(trx: Trx, { account, part, people, at, waiting, now }: Load) {
  const limits = dayLimitsOf(account)
  const [today, on] = [beijingDay(now), beijingDay(at)]
  const done = await doneByDay(trx, account.id, today)
  const calls = part.path === 'list' ? Math.ceil(people / LARGEST_BATCH) : Math.min(1, people)
  const all = [...waiting, { at, people, calls, begun: false }]
  const day = spreadDays(all, done, { today, until: on, limits }).at(-1)
  // what has begun is counted among those done
  const sameDay = waiting.filter((one) => beijingDay(one.at) === on && !one.begun)
  const sends = sameDay.length + (done.get(on)?.sends ?? 0)
  const [taken] = limits.sendsPerDay !== null && sends >= limits.sendsPerDay ? sameDay : []
  return {
    day: day ?? { day: on, done: NOTHING, planned: NOTHING, moved: 0 },
    taken: taken === undefined ? null : { name: taken.name, at: taken.at.toISOString() },
  }
}
const NOTHING = { sends: 0, calls: 0, recipients: 0 }

type Costs = {
  accountId: string
  month: string
  limit: number
  fans: RawBuilder<unknown>
  others: readonly WaitingArm[]
}

/** How many of the audience each other send has, and how many of these have nothing left once both have gone. */
async function costs(
  trx: Trx,
  { accountId, month, limit, fans, others }: Costs,
): Promise<BudgetAnswer['others']> {
  if (others.length === 0) return []
  const ids = [...new Set(others.map(({ broadcastId }) => broadcastId))]
  const { rows } = await sql<{ broadcast_id: string; arm: number; shared: number; emptied: number }>`
    select r.broadcast_id, r.arm, count(*)::int as shared,
      (count(*) filter (where coalesce(m.used + m.booked, 0) >= ${limit - 1}::int))::int as emptied
    from broadcast_recipients r
    join (${fans}) f on f.fan_id = r.fan_id
    left join mass_allowances m on m.account_id = ${accountId}::bigint and m.month = ${`${month}-01`}::date and m.fan_id = r.fan_id
    where r.broadcast_id = any(${ids}::bigint[]) and r.batch_seq is not null
    group by 1, 2`.execute(trx)
  return others.flatMap(({ broadcastId, arm, name, groupName, at, people, path }) => {
    const row = rows.find((one) => one.broadcast_id === broadcastId && one.arm === arm)
    if (row === undefined) return []
    const { shared, emptied } = row
    return [
      {
        broadcastId,
        arm,
        name,
        groupName,
        at: at.toISOString(),
        people,
        shared,
        emptied,
        isEstimate: path !== 'list',
      },
    ]
  })
}
