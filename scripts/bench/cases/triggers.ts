import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { getCallbackInfo } from '../../../src/modules/accounts/index.ts'
import { createCampaign } from '../../../src/modules/campaigns/commands/draft.ts'
import { startCampaign } from '../../../src/modules/campaigns/commands/start.ts'
import { preflightNext, startPreflight } from '../../../src/modules/campaigns/preflight/sweep.ts'
import { plan } from '../../../src/modules/campaigns/schema.ts'
import { EVENTS } from '../../../src/modules/ingest/schema.ts'
import { type BenchAccount, makeAccount, pointCallback } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import { textPush } from '../load/requests.ts'
import { send } from '../load/send.ts'
import { copyPopulation } from '../population.ts'
import type { CaseResult } from '../report.ts'

const RATES = [500, 2_000] as const
const CONNECTIONS = 64
const never = new AbortController().signal

/**
 * A fan writes, a campaign answers: from the instant our API has the push to the instant the simulated WeChat has the
 * request for the customer-service message, both by the same clock. API, worker, simulator and client are processes of their
 * own and share the cores. Every fan writes once and gets one answer, which is checked.
 */
export async function measureTriggers(bench: Bench): Promise<CaseResult> {
  const seconds = Math.max(4, Math.min(20, Math.round(bench.sizes.fans / 50_000)))
  const world = await bench.world()
  try {
    const total = RATES.reduce((sum, rate) => sum + rate * seconds, 0)
    const account = await makeAccount(world, Math.ceil(total * 1.15))
    await copyPopulation(world, account)
    const api = await world.role('api')
    await pointCallback(world, account, api.url)
    const campaignId = await startAnswering(world, account)
    await world.role('worker')
    await untilRunning(world, campaignId)
    const measured: Measured[] = []
    let from = 0
    for (const rate of RATES) {
      const count = rate * seconds
      measured.push({
        rate,
        ...(await measureRate(bench, { world, account, apiUrl: api.url, rate, from, count })),
      })
      from += count
    }
    return result(measured, seconds)
  } finally {
    await world.close()
  }
}

async function startAnswering({ ctx }: World, account: BenchAccount): Promise<string> {
  const campaign = await createCampaign(ctx, account.id, {
    kind: 'customer-service',
    name: '基准 Bench',
    activityId: null,
    groupId: null,
    plan: plan.parse({
      audience: { kind: 'all' },
      trigger: { kind: 'event', event: { event: EVENTS.message, where: [] } },
      content: { kind: 'text', text: '收到，稍后回复你' },
      limits: { caps: 'inherit', quiet: 'none', holdout: 0, ratePerMinute: null },
      purpose: 'service',
    }),
  })
  const key = { accountId: account.id, campaignId: campaign.id }
  await startPreflight(ctx, key)
  await preflightNext(ctx, never)
  await startCampaign(ctx, key, { revision: campaign.revision, expectedReached: null })
  return campaign.id
}

async function untilRunning({ ctx }: World, campaignId: string): Promise<void> {
  for (let looks = 0; looks < 100; looks += 1) {
    const { rows } = await ctx.pool.query<{ state: string }>('select state from campaigns where id = $1', [
      campaignId,
    ])
    if (rows[0]?.state === 'running') return
    await delay(100)
  }
  throw new Error('the campaign does not run')
}

type Run = { world: World; account: BenchAccount; apiUrl: string; rate: number; from: number; count: number }
type Lag = { p50Ms: number; p99Ms: number; mostMs: number; plannedMs: number; intendedMs: number }
type Measured = Lag & { rate: number }

async function measureRate(bench: Bench, { world, account, apiUrl, rate, from, count }: Run): Promise<Lag> {
  const { rows } = await run(
    world.databaseUrl,
    'select id, openid from fans where account_id = $1 and following order by id offset $2 limit $3',
    [account.id, from, count],
  )
  if (rows.length < count) throw new Error(`only ${rows.length} of ${count} fans`)
  const { url, token, aesKey } = await getCallbackInfo(world.ctx, account.id)
  const secrets = { path: new URL(url).pathname, appid: account.appid, token, aesKey, ghId: 'gh_bench' }
  const first = BigInt(`0x${randomBytes(7).toString('hex')}`) * 16n
  const file = path.join(bench.directory, `answers-${rate}.json`)
  const pushes = rows.map((row, index) => textPush(secrets, row.openid as string, first + BigInt(index)))
  await writeFile(file, JSON.stringify(pushes))
  // the simulator opens the fan's window by the message it would have sent us itself
  await run(
    world.databaseUrl,
    `insert into simulator.fan_window (fan_id, kind, opened_at, expires_at, remaining)
     select f.id, 'message', $2::timestamptz, $2::timestamptz + interval '48 hours', 5
     from simulator.fan f join simulator.account a on a.id = f.account_id
     where a.appid = $1 and f.openid = any($3::text[])`,
    [account.appid, world.ctx.clock.now(), rows.map((row) => row.openid as string)],
  )
  await send({ url: apiUrl, file, connections: CONNECTIONS, perSecond: rate })
  return lagOf(world, { fanIds: rows.map((row) => row.id as string), count })
}

async function lagOf(world: World, { fanIds, count }: { fanIds: string[]; count: number }): Promise<Lag> {
  const ms = (from: string, to: string) => `extract(epoch from ${to} - ${from}) * 1000`
  const middle = (what: string) => `percentile_cont(0.5) within group (order by ${what})`
  const query = `select count(*)::int as n, ${middle('lag')} as p50, max(lag) as most,
      percentile_cont(0.99) within group (order by lag) as p99, ${middle('planned')} as planned, ${middle('intended')} as intended
    from (
      select ${ms('e.received_at', 'r.received_at')} as lag, ${ms('e.received_at', 'd.planned_at')} as planned,
        ${ms('e.received_at', 'd.intent_at')} as intended
      from fans f join events e on e.fan_id = f.id and e.name = 'wechat.message'
      join deliveries d on d.contact_id = f.contact_id and d.occurrence = e.id
      join simulator.account a on a.appid = (select appid from accounts where id = f.account_id)
      join simulator.fan s on s.account_id = a.id and s.openid = f.openid
      join simulator.receipt r on r.fan_id = s.id and r.kind = 'custom'
      where f.id = any($1::bigint[])) l`
  for (let looks = 0; looks < 60; looks += 1) {
    const { rows } = await run(world.databaseUrl, query, [fanIds])
    const [row] = rows
    if (row.n > count) throw new Error(`${row.n} answers to ${count} messages`)
    const figure = (name: string) => Number(row[name])
    if (row.n === count)
      return {
        p50Ms: figure('p50'),
        p99Ms: figure('p99'),
        mostMs: figure('most'),
        plannedMs: figure('planned'),
        intendedMs: figure('intended'),
      }
    await delay(1_000)
  }
  throw new Error('not every message was answered')
}

function result(measured: readonly Measured[], seconds: number): CaseResult {
  return {
    figures: measured.flatMap(({ rate, p50Ms, p99Ms }) => {
      const at = `at ${rate.toLocaleString('en')} /s`
      const calm = rate === RATES[0]
      return [
        {
          name: `push to request, median, ${at}`,
          value: p50Ms,
          unit: 'ms' as const,
          ...(calm && { goal: { says: '≤ 15 ms', met: p50Ms <= 15 } }),
        },
        {
          name: `push to request, 99 of 100, ${at}`,
          value: p99Ms,
          unit: 'ms' as const,
          goal: calm ? { says: '≤ 100 ms', met: p99Ms <= 100 } : { says: '< 1,000 ms', met: p99Ms < 1_000 },
        },
      ]
    }),
    notes: [
      `half of them were planned after ${measured.map(({ plannedMs }) => plannedMs.toFixed(0)).join(' and ')} ms, intended after ${measured.map(({ intendedMs }) => intendedMs.toFixed(0)).join(' and ')} ms`,
      `${seconds} s at each rate; the slowest answers took ${measured.map(({ mostMs }) => mostMs.toFixed(0)).join(' and ')} ms`,
    ],
  }
}
