import { beijingMonth } from '../../../src/kernel/beijing.ts'
import { askBudget } from '../../../src/modules/broadcasts/budget/ask.ts'
import { settleBookings } from '../../../src/modules/broadcasts/budget/book.ts'
import { readCalendar } from '../../../src/modules/broadcasts/budget/calendar.ts'
import { planBookings } from '../../../src/modules/broadcasts/budget/store.ts'
import { createBroadcast } from '../../../src/modules/broadcasts/commands/draft.ts'
import { preflightBroadcast, sendBroadcast } from '../../../src/modules/broadcasts/commands/send.ts'
import { unscheduleBroadcast } from '../../../src/modules/broadcasts/commands/times.ts'
import { prepareNext } from '../../../src/modules/broadcasts/prepare.ts'
import { findClaimed } from '../../../src/modules/broadcasts/store/broadcasts.ts'
import { type Bench, run } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import type { CaseResult } from '../report.ts'
import { everybody, type Large, largePopulation } from './large.ts'

/** Followers with what the month holds for them, counted; what the calendar can't do without. */
const COUNT = `select m.used, m.booked, count(*) from fans f
  left join mass_allowances m on m.account_id = f.account_id and m.month = $2::date and m.fan_id = f.id
  where f.account_id = $1::bigint and f.following group by 1, 2`
/** One place more for everybody of a send, in one statement, without asking who has one left. */
const BARE_BOOKING = `insert into mass_allowances as m (account_id, month, fan_id, used, booked)
  select $1::bigint, $2::date, fan_id, 0, 1 from broadcast_recipients where broadcast_id = $3::bigint and batch_seq is not null
  on conflict (account_id, month, fan_id) do update set booked = m.booked + 1`

/** 额度日历 and its question with a send to everybody planned, and booking that send's places. */
export async function measureBudget(bench: Bench): Promise<CaseResult> {
  const large = await largePopulation(bench)
  const { world, account, fans } = large
  const { ctx } = world
  const at = ctx.clock.now()
  at.setTime(at.getTime() + 3_600_000)
  const month = beijingMonth(at)
  const broadcastId = await scheduleEverybody(large, at)
  const key = { accountId: account.id, broadcastId }
  const bareBooking: number[] = []
  const booking: number[] = []
  const bare: number[] = []
  const calendar: number[] = []
  const question: number[] = []
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    await run(world.databaseUrl, 'checkpoint')
    bareBooking.push(
      await timed(() => run(world.databaseUrl, BARE_BOOKING, [account.id, `${month}-01`, broadcastId])),
    )
    await run(
      world.databaseUrl,
      `update mass_allowances set booked = booked - 1 where account_id = $1 and month = $2 and booked > 0`,
      [account.id, `${month}-01`],
    )
    await book(large, broadcastId, [])
    await run(world.databaseUrl, 'vacuum analyze mass_allowances')
    await run(world.databaseUrl, 'checkpoint')
    booking.push(await timed(() => book(large, broadcastId, [month])))
  }
  await run(world.databaseUrl, 'vacuum analyze mass_allowances')
  let people = 0
  for (let round = 0; round < bench.sizes.rounds + 2; round += 1) {
    bare.push(await timed(() => run(world.databaseUrl, COUNT, [account.id, `${month}-01`])))
    calendar.push(
      await timed(async () => {
        const { left } = await readCalendar(ctx, account.id, month)
        people = left?.planned.reduce((sum, count) => sum + count, 0) ?? 0
      }),
    )
    question.push(
      await timed(() =>
        askBudget(ctx, account.id, { audience: { kind: 'all' }, at: at.toISOString(), path: 'list' }),
      ),
    )
  }
  await unscheduleBroadcast(ctx, key)
  // other cases find the month as it was
  await run(world.databaseUrl, 'delete from mass_allowances where used = 0 and booked = 0')
  return {
    figures: [
      {
        name: 'calendar of the month',
        value: median(calendar),
        unit: 's',
        ceiling: { what: 'bare count over the same join', value: median(bare) },
        goal: { says: '≤ 1 s', met: median(calendar) <= 1 },
      },
      {
        name: 'what a send to everybody costs',
        value: median(question),
        unit: 's',
        ceiling: { what: 'bare count over the ledger', value: median(bare) },
        goal: { says: '≤ 1 s', met: median(question) <= 1 },
      },
      {
        name: 'booking everybody',
        value: median(booking),
        unit: 's',
        ceiling: { what: 'bare INSERT … ON CONFLICT of the same', value: median(bareBooking) },
      },
    ],
    notes: [
      `${fans.toLocaleString('en')} fans, ${people.toLocaleString('en')} followers; calendar in ${spread(calendar, 's')}, question in ${spread(question, 's')}, bare count in ${spread(bare, 's')}, booking in ${spread(booking, 's')}, bare booking in ${spread(bareBooking, 's')}`,
    ],
  }
}

/** A text to everybody, planned and prepared. */
async function scheduleEverybody({ world: { ctx }, account }: Large, at: Date): Promise<string> {
  const draft = await createBroadcast(ctx, account.id, {
    name: '基准 Bench',
    timing: { kind: 'at', at: at.toISOString() },
    groups: [everybody({ kind: 'text', text: '今天下午三点，新品试饮 😀' })],
  })
  const key = { accountId: account.id, broadcastId: draft.id }
  const { groups } = await preflightBroadcast(ctx, key)
  const expected = groups.flatMap(({ arms }) => arms.map(({ number, reached }) => ({ arm: number, reached })))
  await sendBroadcast(ctx, key, { version: draft.version, expected })
  await prepareNext(ctx)
  return draft.id
}

async function book(
  { world: { ctx }, account }: Large,
  broadcastId: string,
  months: string[],
): Promise<void> {
  await planBookings(ctx.db, { broadcastId, arm: 0 }, months)
  let settled: number
  do settled = await settleBookings(ctx, account.id, (trx) => findClaimed(trx, broadcastId, true))
  while (settled > 0)
}
