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
type Part = {
  place: number
  name: string
  audience: GroupAudience
  path: Path
  at: Date | null
  holdout: number
  arms: { number: number; share: number | null }[]
}
type Asked = { parts: Part[]; place: boolean; except?: string }

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
  const asked = await partsOf(ctx, accountId, body)
  const answers = await inTransaction(
    ctx.db,
    async (trx) => {
      await planForMany(trx)
      const now = ctx.clock.now()
      const waiting = await waitingArms(trx, {
        accountId,
        now,
        ...(asked.except !== undefined && { except: asked.except }),
      })
      const { relation } = await resolveGroups(ctx, trx, {
        account,
        broadcast: { id: asked.except ?? '0', groups: asked.parts },
        now,
      })
      const found: BudgetAnswer[] = []
      for (const part of asked.parts) {
        const numbers = part.arms.map(({ number }) => number)
        const fans = sql`select fan_id from (${relation}) x
          where x.following and x.left_out is null and x.arm = any(${numbers}::int[])`
        const answer = await answerOne(trx, { account, part, fans, waiting, now })
        found.push(asked.place ? answer : { ...answer, place: null })
      }
      return found
    },
    { isolation: 'repeatable read' },
  )
  return { perFan: fanLimitOf(account), limits: dayLimitsOf(account), answers }
}

async function partsOf(ctx: Ctx, accountId: string, body: BodyOf<typeof askBudgetEndpoint>): Promise<Asked> {
  if (!('broadcastId' in body)) {
    const { audience, path } = body
    const at = body.at === null ? null : new Date(body.at)
    return {
      parts: [{ place: 0, name: '', audience, path, at, holdout: 0, arms: [{ number: 0, share: null }] }],
      place: false,
    }
  }
  const broadcast = await findBroadcast(ctx.db, { accountId, broadcastId: body.broadcastId })
  if (broadcast === undefined) throw notFound('broadcast')
  if (broadcast.state !== 'draft') throw conflict('not_a_draft', 'its places are booked already')
  const parts = broadcast.groups.map((group) => ({ ...group, at: group.arms[0]?.sendAt ?? null }))
  return { parts, place: true, except: body.broadcastId }
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
  const sameDay = waiting.filter((one) => beijingDay(one.at) === on)
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

/** Whom of the audience each other send has, and who of them has nothing left after both; only those who have a place are lost one. */
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
