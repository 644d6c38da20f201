import type { Ctx } from '../../context.ts'
import { addBeijingDays, beijingDay, beijingMonth } from '../../kernel/beijing.ts'
import { notFound } from '../../kernel/errors.ts'
import { getAccount } from '../accounts/index.ts'
import { canSeePersons, getFan, shortenId } from '../contacts/index.ts'
import {
  followersOf,
  massDay,
  massDaysOfMonth,
  massDaysSince,
  monthStanding,
  usedByFan,
} from '../deliveries/index.ts'
import { type Due, type Manifest, route } from '../manifest.ts'
import { openNext } from './arms/open.ts'
import { settleNext } from './budget/book.ts'
import { budgetRoutes } from './budget/routes.ts'
import { leftsOf, usedOf } from './budget/rules.ts'
import { writeMonthDay } from './budget/saturation.ts'
import * as batches from './commands/batches.ts'
import * as draft from './commands/draft.ts'
import { saveResult } from './commands/result-segment.ts'
import * as send from './commands/send.ts'
import { testSend } from './commands/test-send.ts'
import * as times from './commands/times.ts'
import { listCommentsOf } from './comments/list.ts'
import { readComments } from './comments/read.ts'
import { nextReadingDue } from './comments/store.ts'
import { experimentRoutes, experimentSweeps } from './experiments/part.ts'
import { planWithdrawal, withdrawBroadcast, withdrawNext } from './following/withdraw.ts'
import { nextWithdrawalDue } from './following/withdrawals.ts'
import { fanLimitOf } from './groups/plan.ts'
import { outsidePart } from './outside/part.ts'
import { prepareNext } from './prepare.ts'
import { presentBatch, presentListItem, readBroadcast } from './present.ts'
import { recordRoutes } from './records/routes.ts'
import { massResults } from './results.ts'
import * as schema from './schema.ts'
import { sendNextBatch } from './send.ts'
import { settle } from './settle.ts'
import { nextArmDue } from './store/arms.ts'
import { listBatches, nextBatchDue } from './store/batches.ts'
import { findBroadcast, listBroadcasts } from './store/broadcasts.ts'
import { listForFan, listRecipients } from './store/recipients.ts'
import { testPeople } from './test-send/people.ts'
import { tidyDrafts } from './tidy.ts'

export const broadcastsModule: Manifest = {
  name: 'broadcasts',
  routes: [
    route(schema.listBroadcastsEndpoint, async (ctx, { params, query }) => {
      await getAccount(ctx, params.accountId)
      const page = await listBroadcasts(ctx.db, { ...query, accountId: params.accountId })
      return {
        items: await Promise.all(page.items.map((row) => presentListItem(ctx, row))),
        nextCursor: page.nextCursor,
      }
    }),
    route(schema.createBroadcastEndpoint, (ctx, { params, body }) =>
      draft.createBroadcast(ctx, params.accountId, body),
    ),
    route(schema.getBroadcastEndpoint, (ctx, { params }) =>
      readBroadcast(ctx, params.accountId, params.broadcastId),
    ),
    route(schema.updateBroadcastEndpoint, (ctx, { params, body: { version, ...fields } }) =>
      draft.updateBroadcast(ctx, { ...params, version }, fields),
    ),
    route(schema.deleteBroadcastEndpoint, async (ctx, { params }) => {
      await draft.deleteBroadcast(ctx, params.accountId, params.broadcastId)
      return {}
    }),
    route(schema.copyBroadcastEndpoint, (ctx, { params }) =>
      draft.copyBroadcast(ctx, params.accountId, params.broadcastId),
    ),
    route(schema.preflightEndpoint, (ctx, { params }) => send.preflightBroadcast(ctx, params)),
    route(schema.testSendEndpoint, (ctx, { params, body }) => testSend(ctx, params, body)),
    route(schema.testPeopleEndpoint, (ctx, { params, body }) => testPeople(ctx, params, body.segmentId)),
    route(schema.sendBroadcastEndpoint, (ctx, { params, body }) => send.sendBroadcast(ctx, params, body)),
    route(schema.pauseBroadcastEndpoint, (ctx, { params }) => send.pauseBroadcast(ctx, params)),
    route(schema.resumeBroadcastEndpoint, (ctx, { params }) => send.resumeBroadcast(ctx, params)),
    route(schema.cancelBroadcastEndpoint, (ctx, { params }) => send.cancelBroadcast(ctx, params)),
    route(schema.unscheduleBroadcastEndpoint, (ctx, { params }) => times.unscheduleBroadcast(ctx, params)),
    route(schema.retimeGroupEndpoint, (ctx, { params, body }) =>
      times.retimeGroup(ctx, params, body.sendAt === null ? null : new Date(body.sendAt)),
    ),
    route(schema.cancelGroupEndpoint, (ctx, { params }) => times.cancelGroup(ctx, params)),
    route(schema.answerArmEndpoint, (ctx, { params, body }) => times.answerArm(ctx, params, body.do)),
    route(schema.withdrawBroadcastEndpoint, (ctx, { params, body }) => withdrawBroadcast(ctx, params, body)),
    route(schema.withdrawalPlanEndpoint, (ctx, { params, query }) => planWithdrawal(ctx, params, query)),
    route(schema.listBatchesEndpoint, async (ctx, { params, query }) => {
      const broadcast = await existing(ctx, params)
      const page = await listBatches(ctx.db, { ...query, broadcastId: params.broadcastId })
      return {
        items: page.items.map((row) => presentBatch(row, broadcast.state)),
        nextCursor: page.nextCursor,
      }
    }),
    route(schema.retryBatchEndpoint, (ctx, { params, body }) => batches.retryBatch(ctx, params, body)),
    route(schema.resolveBatchEndpoint, (ctx, { params, body }) =>
      batches.resolveBatch(ctx, params, body.outcome),
    ),
    route(schema.listRecipientsEndpoint, async (ctx, { params, query }) => {
      await existing(ctx, params)
      const page = await listRecipients(ctx.db, { ...query, broadcastId: params.broadcastId })
      const items = page.items.map((row) => ({
        fanId: row.fan_id,
        openid: canSeePersons(ctx.actor) ? row.openid : shortenId(row.openid),
        remark: row.remark,
        arm: row.arm,
        batchSeq: row.batch_seq,
        state: row.state,
        reason: row.reason,
      }))
      return { items, nextCursor: page.nextCursor }
    }),
    route(schema.listCommentsEndpoint, (ctx, { params, query }) => listCommentsOf(ctx, params, query)),
    route(schema.resultSegmentEndpoint, (ctx, { params, body }) => saveResult(ctx, params, body)),
    route(schema.fanBroadcastsEndpoint, async (ctx, { params }) => {
      const account = await getAccount(ctx, params.accountId)
      await getFan(ctx, params.accountId, params.fanId)
      const now = ctx.clock.now()
      const rows = await listForFan(ctx.db, params.accountId, params.fanId)
      return {
        month: {
          month: beijingMonth(now),
          used: await usedByFan(ctx.db, account.id, params.fanId, now),
          limit: fanLimitOf(account),
        },
        items: rows.map((row) => ({
          broadcastId: row.broadcast_id,
          name: row.name,
          state: row.state,
          reason: row.reason,
          at: row.at?.toISOString() ?? null,
          path: row.path,
          batchSeq: row.batch_seq,
          msgId: row.msg_id,
        })),
      }
    }),
    route(schema.usageEndpoint, (ctx, { params }) => usage(ctx, params.accountId)),
    ...recordRoutes,
    ...budgetRoutes,
    ...experimentRoutes,
    ...outsidePart.routes,
  ],
  sweeps: [
    { name: 'broadcasts.prepare', topic: 'broadcasts', everyMs: 1_000, run: prepareNext },
    { name: 'broadcasts.open', topic: 'broadcasts', everyMs: 1_000, concurrency: 2, run: openNext },
    ...experimentSweeps,
    { name: 'broadcasts.send', topic: 'broadcasts', everyMs: 500, concurrency: 2, run: sendNextBatch },
    { name: 'broadcasts.settle', topic: 'broadcasts-settle', everyMs: 1_000, run: settle },
    { name: 'broadcasts.bookings', topic: 'broadcasts', everyMs: 2_000, run: settleNext },
    { name: 'broadcasts.saturation', everyMs: 60_000, run: writeMonthDay },
    { name: 'broadcasts.tidy', everyMs: 5_000, run: tidyDrafts },
    { name: 'broadcasts.withdraw', topic: 'broadcasts', everyMs: 2_000, run: withdrawNext },
    { name: 'broadcasts.comments', everyMs: 10_000, run: readComments },
    ...outsidePart.sweeps,
  ],
  reactions: [massResults],
  nextDue: (ctx) => nextDue(ctx),
}

async function nextDue(ctx: Ctx): Promise<Due> {
  const now = ctx.clock.now()
  const dues = await Promise.all([
    nextBatchDue(ctx.db, now),
    nextArmDue(ctx.db, now),
    nextReadingDue(ctx.db, now),
    outsidePart.nextDue(ctx),
    nextWithdrawalDue(ctx.db, now),
  ])
  const times = dues.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt.getTime()]))
  return {
    dueAt: times.length === 0 ? null : new Date(Math.min(...times)),
    busy: dues.some(({ busy }) => busy),
  }
}

async function existing(ctx: Ctx, key: { accountId: string; broadcastId: string }) {
  const broadcast = await findBroadcast(ctx.db, key)
  if (broadcast === undefined) throw notFound('broadcast')
  return broadcast
}

/** What the overview draws, across the month's end. */
const CHART_DAYS = 30

async function usage(ctx: Ctx, accountId: string) {
  const account = await getAccount(ctx, accountId)
  const { limits } = account
  const now = ctx.clock.now()
  const limit = fanLimitOf(account)
  const [day, month, days, left] = await Promise.all([
    massDay(ctx.db, accountId, now),
    massDaysOfMonth(ctx.db, accountId, now),
    massDaysSince(ctx.db, accountId, addBeijingDays(beijingDay(now), 1 - CHART_DAYS)),
    limit === null
      ? []
      : monthStanding(ctx.db, { accountId, month: beijingMonth(now), fans: followersOf(accountId) }),
  ])
  return {
    day: beijingDay(now),
    sendsToday: day.sends,
    sendsPerDay: limits.massSendsPerDay,
    callsToday: day.calls,
    callsPerDay: limits.massCallsPerDay,
    recipientsToday: day.recipients,
    recipientsPerDay: limits.massRecipientsPerDay,
    month: beijingMonth(now),
    sendsThisMonth: month.reduce((sum, row) => sum + row.sends, 0),
    sendsPerMonth: limits.massSendsPerMonth,
    monthLeft:
      limit === null
        ? []
        : leftsOf(left, limit, usedOf)
            .map((fans, index) => ({ left: index, fans }))
            .filter(({ fans }) => fans > 0)
            .reverse(),
    days: days.map(({ day: on, sends, recipients }) => ({ day: on, sends, recipients })),
  }
}
