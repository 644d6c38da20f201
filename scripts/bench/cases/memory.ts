import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Broadcast, Preflight } from '../../../src/modules/broadcasts/schema.ts'
import { createOperator } from '../../../src/modules/operators/index.ts'
import { type BenchAccount, makeAccount, pointCallback } from '../accounts.ts'
import { type Bench, postgresPid, type World } from '../bench.ts'
import { copyPopulation } from '../population.ts'
import { bareServerMb, descendants, type Running, residentMb, sharedMb } from '../processes.ts'
import type { CaseResult } from '../report.ts'
import { everybody } from './large.ts'

const SAMPLE_EVERY_MS = 250

/** What runs of ours at one moment, in MB; `progress` is the share of people handed over. */
type Sample = {
  progress: number
  api: number
  worker: number
  postgres: number
  buffers: number
  simulator: number
}

/**
 * A mass send to a million by openid list, confirmed over HTTP and watched as the console does, against the simulated
 * WeChat with the same million people. API, worker, simulator and PostgreSQL are processes of their own; resident memory
 * is read four times a second. PostgreSQL counts with what is private to its processes: its buffers (shared_buffers, fixed
 * by setting, filled once) are said apart. The send's outcome is checked against the simulator's ledger.
 */
export async function measureMemory(bench: Bench): Promise<CaseResult> {
  const world = await bench.world()
  try {
    const account = await makeAccount(world, bench.sizes.fans)
    const people = await copyPopulation(world, account)
    const server = await postgresPid(await bench.postgres())
    const [api, worker] = [await world.role('api'), await world.role('worker')]
    await pointCallback(world, account, api.url)
    const floor = await bareServerMb()
    await delay(3_000)
    const pids = { api: pidsOf(api), worker: pidsOf(worker), simulator: pidsOf(world.simulator.process) }
    const read = () => sample(pids, server)
    const rest = read()
    const browse = await signIn(world, api.url)
    const began = performance.now()
    const samples: Sample[] = []
    const broadcastId = await confirm(browse, account.id)
    for (let ended = false; !ended; ) {
      const broadcast = await browse<Broadcast>('GET', `/accounts/${account.id}/broadcasts/${broadcastId}`)
      const { planned, submitted } = broadcast.totals
      samples.push({ ...read(), progress: planned > 0 ? submitted / planned : 0 })
      ended = !['preparing', 'running'].includes(broadcast.state)
      if (ended && broadcast.state !== 'ended') throw new Error(`the send is ${broadcast.state}`)
      await delay(SAMPLE_EVERY_MS)
    }
    const seconds = (performance.now() - began) / 1000
    const reached = await checkLedger(world, account)
    return report({ samples, rest, floor, people, reached, seconds })
  } finally {
    await world.close()
  }
}

type Measured = {
  samples: readonly Sample[]
  rest: Omit<Sample, 'progress'>
  floor: number
  people: number
  reached: number
  seconds: number
}

const ours = (one: Omit<Sample, 'progress'>) => one.api + one.worker + one.postgres

function report({ samples, rest, floor, people, reached, seconds }: Measured): CaseResult {
  const tenth = samples.filter(({ progress }) => progress < 0.1)
  const later = samples.filter(({ progress }) => progress >= 0.1)
  const atTenth = later[0] ?? samples.at(-1)
  if (atTenth === undefined) throw new Error('nothing was sampled')
  const most = (list: readonly Sample[], read: (one: Sample) => number) => Math.max(...list.map(read))
  const growth = most(later, ours) - ours(atTenth)
  const nodeOnly = (one: Omit<Sample, 'progress'>) => one.api + one.worker
  const split = (name: keyof Sample) =>
    `${rest[name as keyof typeof rest].toFixed(0)} → ${atTenth[name].toFixed(0)} → ${most(later, (one) => one[name]).toFixed(0)}`
  return {
    figures: [
      {
        name: 'API and worker at rest',
        value: nodeOnly(rest),
        unit: 'MB',
        ceiling: { what: 'two bare fastify processes', value: floor * 2 },
      },
      {
        name: 'API and worker, most during the send',
        value: most(samples, nodeOnly),
        unit: 'MB',
        ceiling: { what: 'two bare fastify processes', value: floor * 2 },
      },
      {
        name: 'growth from 10 % to 100 %',
        value: growth,
        unit: 'MB',
        goal: { says: '≤ 50 MB', met: growth <= 50 },
      },
    ],
    notes: [
      `${reached.toLocaleString('en')} of ${people.toLocaleString('en')} fans in the simulator's ledger, each once, ${seconds.toFixed(0)} s from pre-flight to the last result (${Math.round(reached / seconds).toLocaleString('en')} people /s)`,
      `MB at rest → at 10 % → most from there on: API ${split('api')}, worker ${split('worker')}, PostgreSQL without its buffers ${split('postgres')}, its buffers ${split('buffers')}, simulated WeChat ${split('simulator')}`,
      `growth: API, worker and PostgreSQL without buffers, their highest sum from 10 % on less the sum at 10 %; before 10 % it was ${most(tenth, ours).toFixed(0)} at most; ${samples.length} samples`,
    ],
  }
}

/** A role with what started it, where that is another process. */
const pidsOf = (running: Running) => descendants(running.pid).map(({ pid }) => pid)
const sumMb = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + (residentMb(pid) ?? 0), 0)

function sample(
  pids: Record<'api' | 'worker' | 'simulator', readonly number[]>,
  server: number,
): Omit<Sample, 'progress'> {
  const postgres = sharedMb(descendants(server).map(({ pid }) => pid))
  return {
    api: sumMb(pids.api),
    worker: sumMb(pids.worker),
    simulator: sumMb(pids.simulator),
    postgres: postgres?.private ?? 0,
    buffers: (postgres?.total ?? 0) - (postgres?.private ?? 0),
  }
}

type Console = <T>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<T>

/** What the console does: a session of an administrator. */
async function signIn(world: World, apiUrl: string): Promise<Console> {
  const credential = { email: 'bench@example.com', password: 'bench-password-of-no-worth' }
  await createOperator(world.ctx, {
    ...credential,
    name: 'Bench',
    role: 'administrator',
    allAccounts: true,
    accountIds: [],
  })
  let cookie = ''
  const call: Console = async (method, path, body) => {
    const answer = await fetch(`${apiUrl}/api${path}`, {
      method,
      headers: {
        'x-weida-request': '1',
        cookie,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    const set = answer.headers.getSetCookie()
    if (set.length > 0) cookie = set.map((one) => one.split(';')[0]).join('; ')
    return (await answer.json()) as never
  }
  await call('POST', '/session', credential)
  return call
}

async function confirm(browse: Console, accountId: string): Promise<string> {
  const base = `/accounts/${accountId}/broadcasts`
  const draft = await browse<Broadcast>('POST', base, {
    name: '百万群发 A million',
    groups: [everybody({ kind: 'text', text: '今天下午三点，新品试饮 😀' })],
  })
  const preflight = await browse<Preflight>('POST', `${base}/${draft.id}/preflight`, {})
  await browse('POST', `${base}/${draft.id}/send`, {
    version: draft.version,
    expected: [{ arm: 0, reached: preflight.reached }],
  })
  return draft.id
}

/** What the judge has: everybody who was to get it got it once. */
async function checkLedger(world: World, account: BenchAccount): Promise<number> {
  const { rows } = await sql<{ planned: string }>`
    select sum(planned) as planned from broadcast_arms where account_id = ${account.id}::bigint`.execute(
    world.ctx.db,
  )
  const ledger = await world.control<{ total: number; fansReached: number }>(
    'GET',
    `/ledger/summary?appid=${account.appid}`,
  )
  const planned = Number(rows[0]?.planned)
  if (ledger.total !== planned || ledger.fansReached !== planned)
    throw new Error(
      `planned ${planned}, the ledger has ${ledger.total} receipts of ${ledger.fansReached} fans`,
    )
  return planned
}
