import { Pool } from 'undici'
import { startFanSync } from '../../../src/modules/contacts/index.ts'
import { FANS_PER_CALL, runFanSync } from '../../../src/modules/contacts/sync.ts'
import { getRun } from '../../../src/modules/runs/index.ts'
import { type BenchAccount, bareToken, makeAccount } from '../accounts.ts'
import type { Bench, World } from '../bench.ts'
import { median, timed } from '../measure.ts'
import type { CaseResult } from '../report.ts'

/** As many calls at the same time as our sync makes. */
const CALLS_AT_ONCE = 8
const never = new AbortController().signal

/**
 * Every fan with details into an empty database, and once more when all are known. The ceiling is a loop that asks the
 * simulated WeChat the same questions (user/get, batchget of 100) with the same concurrency and throws the answers away:
 * what the simulator itself can give. The simulator is a process of its own; it and we share one PostgreSQL.
 */
export async function measureSync(bench: Bench): Promise<CaseResult> {
  const fans = Math.max(1_000, Math.round(bench.sizes.fans / 10))
  const world = await bench.world()
  try {
    const account = await makeAccount(world, fans)
    await askOnly(world, account)
    const before = await timed(() => askOnly(world, account))
    const first = await timed(() => sync(world, account))
    const again = await timed(() => sync(world, account))
    const after = await timed(() => askOnly(world, account))
    const ceiling = { what: "the simulator's own", value: fans / median([before, after]) }
    return {
      figures: [
        { name: 'fans synced, all new', value: fans / first, unit: '/s', ceiling },
        { name: 'fans synced again', value: fans / again, unit: '/s', ceiling },
      ],
      notes: [
        `${fans.toLocaleString('en')} fans; ceiling before and after: ${(fans / before).toFixed(0)}, ${(fans / after).toFixed(0)} /s`,
      ],
    }
  } finally {
    await world.close()
  }
}

async function sync(world: World, account: BenchAccount): Promise<void> {
  const runId = await startFanSync(world.ctx, account.id)
  await runFanSync(world.ctx, runId, never)
  const run = await getRun(world.ctx, runId)
  if (run.state !== 'done') throw new Error(`the sync ended as ${run.state}: ${run.error?.reason}`)
}

async function askOnly(world: World, account: BenchAccount): Promise<void> {
  const token = await bareToken(world, account)
  const pool = new Pool(world.simulator.url, { connections: 32 })
  const running = new Set<Promise<void>>()
  try {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page = await pool.request({
        method: 'GET',
        path: `/cgi-bin/user/get?access_token=${token}&next_openid=${next}`,
      })
      const { count, data, next_openid } = (await page.body.json()) as {
        count: number
        data?: { openid: string[] }
        next_openid: string
      }
      const openids = data?.openid ?? []
      for (let start = 0; start < openids.length; start += FANS_PER_CALL) {
        if (running.size >= CALLS_AT_ONCE) await Promise.race(running)
        const call = ask(pool, token, openids.slice(start, start + FANS_PER_CALL)).finally(() =>
          running.delete(call),
        )
        running.add(call)
      }
      next = count < 10_000 ? undefined : next_openid
    }
    await Promise.all(running)
  } finally {
    await pool.close()
  }
}

async function ask(pool: Pool, token: string, openids: readonly string[]): Promise<void> {
  const answer = await pool.request({
    method: 'POST',
    path: `/cgi-bin/user/info/batchget?access_token=${token}`,
    body: JSON.stringify({ user_list: openids.map((openid) => ({ openid, lang: 'zh_CN' })) }),
  })
  await answer.body.dump({ limit: 16 * 1024 * 1024 })
}
