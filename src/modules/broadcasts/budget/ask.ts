import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type DB, inTransaction } from '../../../infra/transaction.ts'
import { beijingDay, beijingMonth } from '../../../kernel/beijing.ts'
import type { BodyOf, ResponseOf } from '../../../kernel/endpoint.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { LARGEST_BATCH } from '../../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../../wechat/rules/broadcast-quota.ts'
import { type Account, getAccount } from '../../accounts/index.ts'
import { monthStandingBy, planForMany } from '../../deliveries/index.ts'
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
  const others =
    limit === null
      ? []
      : waiting.filter((one) => monthsToReserve(one.at > now ? one.at : now).includes(month))
  const { standing, costs } = await standingBeside(trx, { accountId: account.id, month, fans }, others)
  const people = standing.reduce((sum, row) => sum + row.fans, 0)
  const planned = limit === null ? null : leftsOf(standing, limit, takenOf)
  const reached = people - (planned?.[0] ?? 0)
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
    others: limit === null ? [] : costs(limit),
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

type Standing = { used: number; booked: number; fans: number }
type Others = readonly WaitingArm[]

/** As many sends are looked at beside the audience at once; each is one more join. */
const AT_ONCE = 4

/**
 * What the audience has left of the month, and what it costs each other send: how many of the audience that one has too,
 * and how many of these have nothing left once both have gone. One pass over the audience does both.
 */
async function standingBeside(
  trx: Trx,
  question: { accountId: string; month: string; fans: RawBuilder<unknown> },
  others: Others,
): Promise<{ standing: Standing[]; costs: (limit: number) => BudgetAnswer['others'] }> {
  const ids = [...new Set(others.map(({ broadcastId }) => broadcastId))]
  const chunks = Array.from({ length: Math.max(1, Math.ceil(ids.length / AT_ONCE)) }, (_, index) =>
    ids.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  )
  const passes: { ids: string[]; rows: (Standing & { mark: (number | null)[] })[] }[] = []
  for (const chunk of chunks) {
    const fans = besides(question.fans, chunk)
    passes.push({ ids: chunk, rows: await monthStandingBy(trx, { ...question, fans }) })
  }
  const rowsOf = ({ broadcastId, arm }: WaitingArm) =>
    passes.flatMap(({ ids: own, rows }) => {
      const place = own.indexOf(broadcastId)
      return place === -1 ? [] : rows.filter(({ mark }) => mark[place] === arm)
    })
  return {
    standing: passes[0]?.rows ?? [],
    costs: (limit) => others.flatMap((other) => costOf(other, rowsOf(other), limit)),
  }
}

/** The fans, each with the arm in which each of these sends has them. */
function besides(fans: RawBuilder<unknown>, broadcastIds: readonly string[]): RawBuilder<unknown> {
  const name = (index: number) => sql.ref(`r${index}`)
  const joins = broadcastIds.map(
    (
      id,
      index,
    ) => sql`left join broadcast_recipients ${name(index)} on ${name(index)}.broadcast_id = ${id}::bigint
      and ${name(index)}.fan_id = a.fan_id and ${name(index)}.batch_seq is not null`,
  )
  const arms = sql.join(broadcastIds.map((_, index) => sql`${name(index)}.arm`))
  return sql`select a.fan_id, array[${arms}]::smallint[] as mark from (${fans}) a ${sql.join(joins, sql` `)}`
}

function costOf(other: WaitingArm, rows: readonly Standing[], limit: number): BudgetAnswer['others'] {
  if (rows.length === 0) return []
  const { broadcastId, arm, name, groupName, at, people, path } = other
  const sum = (some: readonly Standing[]) => some.reduce((all, { fans }) => all + fans, 0)
  return [
    {
      broadcastId,
      arm,
      name,
      groupName,
      at: at.toISOString(),
      people,
      shared: sum(rows),
      emptied: sum(rows.filter(({ used, booked }) => used + booked >= limit - 1)),
      isEstimate: path !== 'list',
    },
  ]
}
