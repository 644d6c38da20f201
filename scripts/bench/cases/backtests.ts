import pg from 'pg'
import { play } from '../../../src/modules/backtests/play.ts'
import { type BacktestVariant, backtestVariant } from '../../../src/modules/backtests/schema.ts'
import { makePartitions } from '../../../src/modules/ingest/partitions.ts'
import { makeAccount } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import { populate, settle } from '../population.ts'
import type { CaseResult, Figure } from '../report.ts'

const DAYS = 30
const ACTS_EACH = 10
const GOAL_SECONDS = 60
const DAY_MS = 86_400_000
const NEVER = new AbortController().signal

/**
 * A million fans who did ten things each in 30 days: a half of them messages, the others taps, visits and orders of the shop. Played
 * is a recall with tags and quiet hours, what follows A, and what follows A without B; the ceiling is reading the same rows plainly.
 */
export async function measureBacktests(bench: Bench): Promise<CaseResult> {
  const world = await bench.world()
  try {
    const account = await makeAccount(world, 10)
    const fans = await populate(world, account.id, bench.sizes.fans)
    const to = new Date(world.ctx.clock.now().getTime() + 60_000)
    const from = new Date(to.getTime() - DAYS * DAY_MS)
    await actsOf(world, { accountId: account.id, from, fans })
    const ceiling: number[] = []
    for (let round = 0; round < bench.sizes.rounds; round += 1)
      ceiling.push(await timed(() => readPlainly(world, { accountId: account.id, from, to })))
    const figures: Figure[] = [
      { name: 'reading the rows plainly, as a stream', value: median(ceiling), unit: 's' },
    ]
    const notes = [
      `${fans.toLocaleString('en')} fans, ${(fans * ACTS_EACH).toLocaleString('en')} acts`,
      spread(ceiling, 's'),
    ]
    for (const [name, variant] of Object.entries(variantsOf(account.id))) {
      const took: number[] = []
      let says = ''
      for (let round = 0; round < bench.sizes.rounds; round += 1) {
        const late = lateness()
        const heap = process.memoryUsage().rss
        const asked = {
          accountId: account.id,
          kind: variant.kind,
          subjectId: null,
          variants: [variant],
          sample: 1,
          from,
          to,
          logUpto: '9000000000000',
        }
        took.push(
          await timed(async () => {
            const { result } = await play(world.ctx, asked, {
              signal: NEVER,
              progress: async () => undefined,
            })
            const [one] = result.variants
            says = `${name}: ${one?.turns.toLocaleString('en')} turns, ${one?.reached.toLocaleString('en')} reached`
          }),
        )
        says += `; the longest turn of the event loop ${late().toFixed(0)} ms, memory +${Math.round((process.memoryUsage().rss - heap) / 2 ** 20)} MB`
      }
      const value = median(took)
      figures.push({
        name,
        value,
        unit: 's',
        goal: { says: `≤ ${GOAL_SECONDS} s`, met: value <= GOAL_SECONDS },
      })
      notes.push(says, spread(took, 's'))
    }
    return { figures, notes }
  } finally {
    await world.close()
  }
}

/** By how much a timer of every 2 ms was late at most. */
function lateness(): () => number {
  let most = 0
  let before = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    most = Math.max(most, now - before - 2)
    before = now
  }, 2)
  return () => {
    clearInterval(timer)
    return most
  }
}

const EVENT = { event: 'order_created', where: [] }
const limits = {
  caps: 'inherit',
  quiet: { fromMinute: 1_320, untilMinute: 480, zone: 'Asia/Shanghai', action: 'postpone' },
}

function variantsOf(accountId: string): Record<string, BacktestVariant> {
  const tag = (tagId: number) => ({ of: 'wechat', accountId, tagId })
  const recall = (fields: object) =>
    backtestVariant.parse({
      kind: 'recall',
      rule: {
        minutes: 1_440,
        reading: 'before-end',
        include: [],
        exclude: [],
        limits: { caps: 'inherit', quiet: 'inherit' },
        ...fields,
      },
    })
  const campaign = (trigger: object) =>
    backtestVariant.parse({
      kind: 'campaign',
      campaignKind: 'customer-service',
      plan: { audience: { kind: 'all' }, trigger, limits, purpose: 'marketing' },
    })
  return {
    'recall, everybody': recall({}),
    'recall, two tags and one left out': recall({ include: [tag(100), tag(2)], exclude: [tag(101)] }),
    A: campaign({ kind: 'event', event: EVENT }),
    'A and not B': campaign({
      kind: 'event-not',
      event: EVENT,
      without: { event: 'order_done', where: [] },
      within: { amount: 6, unit: 'hour' },
    }),
  }
}

type Span = { accountId: string; from: Date; fans: number }

async function actsOf(world: World, { accountId, from, fans }: Span): Promise<void> {
  await makePartitions({ ...world.ctx, clock: { now: () => from } })
  await run(
    world.databaseUrl,
    `update fan_tags set since = since - interval '90 days' where account_id = $1`,
    [accountId],
  )
  await run(
    world.databaseUrl,
    `insert into quiet_hours (account_id, from_minute, until_minute, zone, action, purpose, created_at)
     values ($1, 1320, 480, 'Asia/Shanghai', 'postpone', 'marketing', now())`,
    [accountId],
  )
  await run(
    world.databaseUrl,
    `insert into frequency_caps (account_id, purpose, most, window_amount, window_unit, calendar, action, created_at)
     values ($1, 'marketing', 2, 7, 'day', false, 'drop', now())`,
    [accountId],
  )
  // as a log grows: in the order of time, whoever acted
  await run(
    world.databaseUrl,
    `with people as (select contact_id, id as fan_id, row_number() over (order by id) as n from fans where account_id = $1)
     insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
     select case when what < 8 then $1::bigint end, contact_id, case when what < 8 then fan_id end,
       case when what < 5 then 'wechat.message' when what < 7 then 'wechat.menu_click' when what < 8 then 'wechat.scan'
         when what < 9 then 'order_created' else 'order_done' end,
       t, t + interval '1 second', '{"type": "text", "content": "在吗？请问新品什么时候到店", "msgId": "24000000000000001"}'
     from (select 1 + (hashint8(g + 77)::bigint & 2147483647) % $4::bigint as who, (hashint8(g)::bigint & 2147483647) % 10 as what,
         $2::timestamptz + g * ($3::float8 / ($4::bigint * ${ACTS_EACH})) * interval '1 second' as t
       from generate_series(1, $4::bigint * ${ACTS_EACH}) g) e
     join people p on p.n = e.who order by t`,
    [accountId, from, DAYS * 86_400 - 120, fans],
  )
  await settle(world)
}

/** What can’t be faster: the same rows, as text, through a cursor of the driver, and nothing done with them. */
async function readPlainly(
  world: World,
  { accountId, from, to }: { accountId: string; from: Date; to: Date },
): Promise<void> {
  const { default: Cursor } = await import('pg-cursor')
  const client = new pg.Client({ connectionString: world.databaseUrl })
  await client.connect()
  try {
    const cursor = client.query(
      new Cursor(
        `select contact_id, fan_id, name, at, received_at from events
         where (account_id = $1 or account_id is null) and at >= $2 and at <= $3`,
        [accountId, from, to],
      ),
    )
    while ((await cursor.read(10_000)).length > 0);
    await cursor.close()
  } finally {
    await client.end()
  }
}
