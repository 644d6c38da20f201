import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { type BenchAccount, bareToken, makeAccount } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import { median, spread, timed } from '../measure.ts'
import { copyPopulation } from '../population.ts'
import { descendants, type Running, residentMb } from '../processes.ts'
import type { CaseResult } from '../report.ts'
import { frozenSend, openWindows, release, stateOf, TEXT } from '../sends.ts'

/** As many as our client keeps open to one host. */
const CONNECTIONS = 256
const LATENCY_MS = 20
const LOOK_EVERY_MS = 50

/**
 * Customer-service messages to people one by one, with windows, caps and day's calls checked and reserved, from the moment a
 * frozen send may run until the last answer is committed. The simulated WeChat takes 20 ms for each. The ceiling is undici's
 * pool with as many connections and the same body against the same simulator, its token read once. Worker and simulator are
 * processes of their own. Row writes are what PostgreSQL counted in our tables.
 */
export async function measureMessages(bench: Bench): Promise<CaseResult> {
  const people = Math.max(1_000, Math.round(bench.sizes.fans / 20))
  const world = await bench.world()
  try {
    const account = await makeAccount(world, Math.ceil(people * 1.1))
    await world.control('PATCH', `/accounts/${account.appid}`, { settings: { latencyMs: LATENCY_MS } })
    await copyPopulation(world, account)
    await openWindows(world, account)
    const openids = await openidsOf(world, account, people)
    const worker = await world.role('worker')
    const rounds: Round[] = []
    for (let round = 0; round <= bench.sizes.rounds; round += 1) {
      // the first is a small one for both to get warm
      const count = round === 0 ? Math.min(people, 5_000) : people
      const bare = await timed(() => sendBare(world, account, openids.slice(0, count)))
      const ours = await sendOurs(world, account, { count, worker })
      if (round > 0) rounds.push({ bare: count / bare, ours: count / ours.seconds, ...ours })
    }
    return result(rounds, people)
  } finally {
    await world.close()
  }
}

type Round = { bare: number; ours: number; writes: number; growthMb: number; atTenthMb: number }

async function openidsOf(world: World, account: BenchAccount, count: number): Promise<string[]> {
  const { rows } = await run(
    world.databaseUrl,
    'select openid from fans where account_id = $1 and following order by id limit $2',
    [account.id, count],
  )
  if (rows.length < count) throw new Error(`only ${rows.length} of ${count} fans follow`)
  return rows.map((row) => row.openid as string)
}

async function sendBare(world: World, account: BenchAccount, openids: readonly string[]): Promise<void> {
  const pool = new Pool(world.simulator.url, { connections: CONNECTIONS })
  const path = `/cgi-bin/message/custom/send?access_token=${await bareToken(world, account)}`
  let next = 0
  const drive = async () => {
    for (let openid = openids[next++]; openid !== undefined; openid = openids[next++]) {
      const body = JSON.stringify({ touser: openid, msgtype: 'text', text: { content: TEXT } })
      const answer = await pool.request({ method: 'POST', path, body })
      const { errcode } = (await answer.body.json()) as { errcode?: number }
      if (errcode !== 0) throw new Error(`the bare message was refused: ${errcode}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, drive))
  await pool.close()
}

async function sendOurs(
  world: World,
  account: BenchAccount,
  { count, worker }: { count: number; worker: Running },
): Promise<{ seconds: number; writes: number; growthMb: number; atTenthMb: number }> {
  const sendId = await frozenSend(world, account, count)
  const written = await rowsWritten(world)
  const memory: { done: number; mb: number }[] = []
  const pids = descendants(worker.pid).map(({ pid }) => pid)
  const seconds = await timed(async () => {
    await release(world, sendId)
    for (let done = 0; done < count; await delay(LOOK_EVERY_MS)) {
      const counts = await stateOf(world, sendId)
      done = (counts['accepted'] ?? 0) + (counts['delivered'] ?? 0)
      memory.push({ done, mb: pids.reduce((sum, pid) => sum + (residentMb(pid) ?? 0), 0) })
      const lost = (counts['skipped'] ?? 0) + (counts['failed'] ?? 0) + (counts['unknown'] ?? 0)
      if (lost > 0) throw new Error(`not everybody was sent to: ${JSON.stringify(counts)}`)
    }
  })
  // PostgreSQL's counters follow within a second
  await delay(2_000)
  const atTenth = memory.find(({ done }) => done >= count / 10)?.mb ?? 0
  const most = Math.max(...memory.filter(({ done }) => done >= count / 10).map(({ mb }) => mb))
  return {
    seconds,
    writes: ((await rowsWritten(world)) - written) / count,
    growthMb: most - atTenth,
    atTenthMb: atTenth,
  }
}

async function rowsWritten(world: World): Promise<number> {
  const { rows } = await run(
    world.databaseUrl,
    `select sum(n_tup_ins + n_tup_upd + n_tup_del) as n from pg_stat_user_tables where schemaname = 'public'`,
  )
  return Number(rows[0]?.n)
}

function result(rounds: readonly Round[], people: number): CaseResult {
  const ours = rounds.map((round) => round.ours)
  const bare = rounds.map((round) => round.bare)
  const ratio = median(ours) / median(bare)
  const growth = Math.max(...rounds.map((round) => round.growthMb))
  return {
    figures: [
      {
        name: 'messages to people one by one',
        value: median(ours),
        unit: '/s',
        ceiling: { what: `bare undici, ${CONNECTIONS} connections`, value: median(bare) },
        goal: { says: '≥ 5,000 /s and ratio ≥ 0.5', met: median(ours) >= 5_000 && ratio >= 0.5 },
      },
      {
        name: 'worker, growth from 10 % to 100 %',
        value: growth,
        unit: 'MB',
        goal: { says: '≤ 50 MB', met: growth <= 50 },
      },
    ],
    notes: [
      `${people.toLocaleString('en')} people a round, the simulated WeChat answers after ${LATENCY_MS} ms; ours in ${spread(ours, '/s')}, bare in ${spread(bare, '/s')}`,
      `${median(rounds.map((round) => round.writes)).toFixed(1)} rows written to our tables per message, all told`,
      `worker at 10 %: ${median(rounds.map((round) => round.atTenthMb)).toFixed(0)} MB`,
    ],
  }
}
