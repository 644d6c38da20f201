import { createRule } from '../../../src/modules/recalls/commands/save.ts'
import { countWaiting } from '../../../src/modules/recalls/numbers.ts'
import { takeTurns } from '../../../src/modules/recalls/turns.ts'
import { type BenchAccount, makeAccount } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import { populate, settle } from '../population.ts'
import type { CaseResult, Figure } from '../report.ts'

const RULES = 10
const DUE = 5_000
const GOAL_MS = 300
const HOUR_MS = 3_600_000

/**
 * A million fans who all acted within the last 48 hours, and ten rules of different times, each asking for two tags and leaving
 * out a third. Measured is the sweep alone, one chunk at a time as a worker takes it: with nobody due, as it is second by second,
 * with five thousand due at once, and until all is made up for after an hour down. Nothing is sent meanwhile.
 */
export async function measureRecalls(bench: Bench): Promise<CaseResult> {
  const world = await bench.world()
  try {
    const account = await makeAccount(world, 10)
    const fans = await populate(world, account.id, bench.sizes.fans)
    const began = new Date(Date.now() - 60_000)
    await rulesOf(world, account)
    await actsOf(world, account)
    await settle(world)
    const idle = await sweeps(world, began, 20)
    const second = await sweeps(world, new Date(began.getTime() + 1_000), 1)
    const due = await dueAtOnce(world, account, began)
    const hour = await sweeps(world, new Date(began.getTime() + HOUR_MS + 2_000), Number.POSITIVE_INFINITY)
    const counting: number[] = []
    for (let round = 0; round < bench.sizes.rounds; round += 1)
      counting.push((await timed(() => countWaiting(at(world, began), account.id))) * 1_000)
    const { rows } = await run(
      world.databaseUrl,
      `select coalesce(sum(n), 0)::int as n from delivery_tallies where state = 'planned'`,
    )
    return {
      figures: [
        sweep('sweep with nobody due', median(idle.each)),
        sweep('sweep of one second', Math.max(...second.each)),
        sweep(`slowest sweep with ${DUE.toLocaleString('en')} due`, Math.max(...due.each)),
        sweep('slowest sweep after an hour down', Math.max(...hour.each)),
        {
          name: 'counting who waits, all rules',
          value: median(counting),
          unit: 'ms',
          goal: { says: '≤ 2,000 ms', met: median(counting) <= 2_000 },
        },
      ],
      notes: [
        `${Number(rows[0]?.n).toLocaleString('en')} were planned, the others are not in the tags`,
        `${fans.toLocaleString('en')} fans, ${RULES} rules; the second brought ${second.looked} moments`,
        `${due.looked.toLocaleString('en')} due took ${due.each.length} sweeps, ${ms(due.each)}; ${hour.looked.toLocaleString('en')} of an hour took ${hour.each.length}, ${ms(hour.each)}`,
        spread(counting, 'ms'),
      ],
    }
  } finally {
    await world.close()
  }
}

const ms = (each: readonly number[]) => `${each.reduce((sum, one) => sum + one, 0).toFixed(0)} ms in all`
const sweep = (name: string, value: number): Figure => ({
  name,
  value,
  unit: 'ms',
  goal: { says: `≤ ${GOAL_MS} ms`, met: value <= GOAL_MS },
})

/** The same installation at another instant. */
const at = ({ ctx }: World, now: Date) => ({ ...ctx, clock: { now: () => now } })

async function rulesOf(world: World, account: BenchAccount): Promise<void> {
  const tag = (tagId: number) => ({ of: 'wechat' as const, accountId: account.id, tagId })
  // as if they had been made before anybody acted
  const ctx = at(world, new Date(Date.now() - 4 * 24 * HOUR_MS))
  for (let n = 0; n < RULES; n += 1)
    await createRule(ctx, account.id, {
      name: `规则 ${n + 1}`,
      minutes: 60 + n * 60,
      reading: n % 2 === 0 ? 'before-end' : 'after-silence',
      include: [tag(100), tag(2)],
      exclude: [tag(101)],
      content: { kind: 'custom', replies: [{ kind: 'text', text: '好久不见', variables: {} }] },
      limits: { caps: 'inherit', quiet: 'inherit' },
      acceptDegenerate: false,
      keywordReply: null,
      on: true,
    })
}

/** Everybody's last act is a message, spread over 48 hours, all moments of the past dealt with. */
async function actsOf(world: World, account: BenchAccount): Promise<void> {
  const until = new Date(Date.now() - 60_000)
  await run(
    world.databaseUrl,
    `update fan_tags set since = since - interval '3 days' where account_id = $1`,
    [account.id],
  )
  await run(
    world.databaseUrl,
    `insert into fan_last_acts (fan_id, account_id, kind, at, event_id)
     select id, account_id, 'message', date_trunc('second', $2::timestamptz - (hashint8(id)::bigint & 2147483647) % 172800 * interval '1 second'), 0
     from fans where account_id = $1`,
    [account.id, until],
  )
  await run(
    world.databaseUrl,
    `insert into service_windows (fan_id, kind, account_id, event_id, opened_at, expires_at, allowance)
     select fan_id, kind, account_id, 0, at, at + interval '48 hours', 5 from fan_last_acts where account_id = $1`,
    [account.id],
  )
  await run(
    world.databaseUrl,
    `update recall_rules set looked_to = $2::timestamptz - offset_ms * interval '1 millisecond' where account_id = $1`,
    [account.id, until],
  )
}

/** So many looks at an instant, or until there is nobody left to look at. */
async function sweeps(world: World, now: Date, most: number): Promise<{ each: number[]; looked: number }> {
  const ctx = at(world, now)
  const each: number[] = []
  let looked = 0
  while (each.length < most) {
    let found = 0
    each.push((await timed(async () => (found = await takeTurns(ctx)))) * 1_000)
    looked += found
    if (found === 0 && most === Number.POSITIVE_INFINITY) break
  }
  return { each, looked }
}

/** One rule meets that many who fell silent in the same minute. */
async function dueAtOnce(world: World, account: BenchAccount, began: Date) {
  await run(
    world.databaseUrl,
    `with rule as (select account_id, looked_to from recall_rules where account_id = $1 order by looked_to desc limit 1)
     update fan_last_acts l set at = rule.looked_to + interval '1 second' * (1 + n.n % 20)
     from rule, (select fan_id, row_number() over (order by fan_id) as n from fan_last_acts where account_id = $1 limit $2) n
     where l.fan_id = n.fan_id`,
    [account.id, DUE],
  )
  return sweeps(world, new Date(began.getTime() + 60_000), Number.POSITIVE_INFINITY)
}
