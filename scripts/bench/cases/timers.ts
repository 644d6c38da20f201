import { setTimeout as delay } from 'node:timers/promises'
import { makeAccount } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import { populate, settle } from '../population.ts'
import type { CaseResult } from '../report.ts'
import { frozenSend, release } from '../sends.ts'

const PER_SECOND = 5_000
const BEFORE_MS = 8_000

/**
 * A million people of one send wait for instants of their own; 5,000 of them are due in each second of a time, the others a
 * day later. Nobody has a window open, so that what is measured is finding and deciding who is due, and not the platform:
 * each ends as skipped, and its lag is from the instant due to the instant decided.
 */
export async function measureTimers(bench: Bench): Promise<CaseResult> {
  const seconds = Math.max(2, Math.min(20, Math.round(bench.sizes.fans / 50_000)))
  const due = seconds * PER_SECOND
  const world = await bench.world()
  try {
    const account = await makeAccount(world, 10)
    await populate(world, account.id, bench.sizes.fans)
    const sendId = await frozenSend(world, account, bench.sizes.fans)
    await world.simulator.process.stop()
    await spreadOut(world, { sendId, due })
    await settle(world)
    await world.role('worker')
    await startSoon(world, sendId)
    await release(world, sendId)
    const lags = await lagsOf(world, { sendId, due })
    return {
      figures: [
        {
          name: 'lag, 99 of 100',
          value: lags.p99Ms,
          unit: 'ms',
          goal: { says: '≤ 250 ms', met: lags.p99Ms <= 250 },
        },
        { name: 'lag, median', value: lags.p50Ms, unit: 'ms' },
      ],
      notes: [
        `${bench.sizes.fans.toLocaleString('en')} waiting, ${PER_SECOND.toLocaleString('en')} due in each of ${seconds} seconds; the last was ${lags.mostMs.toFixed(0)} ms late`,
      ],
    }
  } finally {
    await world.close()
  }
}

/** Everybody a day from now, and so many of them in the epoch's first seconds, to be moved to where it begins. */
async function spreadOut(world: World, { sendId, due }: { sendId: string; due: number }): Promise<void> {
  await run(
    world.databaseUrl,
    `update deliveries d set due_at = case when n.n <= $2 then 'epoch'::timestamptz + (n.n - 1) * interval '1 second' / $3::int
       else $4::timestamptz + interval '1 day' end
     from (select id, row_number() over (order by hashint8(id)) as n from deliveries where send_id = $1) n where d.id = n.id`,
    [sendId, due, PER_SECOND, world.ctx.clock.now()],
  )
}

async function startSoon(world: World, sendId: string): Promise<void> {
  const begin = world.ctx.clock.now().getTime() + BEFORE_MS
  await run(
    world.databaseUrl,
    `update deliveries set due_at = due_at + $2::float8 * interval '1 millisecond' where send_id = $1 and due_at < '2000-01-01'`,
    [sendId, begin],
  )
  if (world.ctx.clock.now().getTime() > begin - 1_000)
    throw new Error('the machine is too slow to set this up')
}

async function lagsOf(world: World, { sendId, due }: { sendId: string; due: number }) {
  for (let looks = 0; looks < 1_200; looks += 1) {
    const { rows } = await run(
      world.databaseUrl,
      `select coalesce(sum(n), 0)::int as n from delivery_tallies where send_id = $1 and state = 'skipped'`,
      [sendId],
    )
    if (Number(rows[0]?.n) >= due) break
    await delay(100)
  }
  const { rows } = await run(
    world.databaseUrl,
    `select count(*)::int as n, percentile_cont(0.5) within group (order by lag) as p50, percentile_cont(0.99) within group (order by lag) as p99,
       max(lag) as most
     from (select extract(epoch from settled_at - due_at) * 1000 as lag from deliveries
       where send_id = $1 and state = 'skipped' and reason = 'window_closed') d`,
    [sendId],
  )
  const [row] = rows
  if (row.n !== due) throw new Error(`${row.n} of ${due} were decided in two minutes`)
  return { p50Ms: Number(row.p50), p99Ms: Number(row.p99), mostMs: Number(row.most) }
}
