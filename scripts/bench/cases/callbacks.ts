import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { getCallbackInfo } from '../../../src/modules/accounts/index.ts'
import { makeAccount } from '../accounts.ts'
import { type Bench, run, type World } from '../bench.ts'
import type { LoadResult } from '../load/client.ts'
import { followPush, type Push, type PushSecrets, textPush } from '../load/requests.ts'
import { send } from '../load/send.ts'
import { median, spread } from '../measure.ts'
import { populate } from '../population.ts'
import { startProcess } from '../processes.ts'
import type { CaseResult } from '../report.ts'

const CONNECTIONS = 64
const LOAD = path.join(import.meta.dirname, '..', 'load')

/**
 * Messages of distinct fans and follows of people never seen, half and half, in safe mode over kept connections: each is
 * answered after the commit that stores it. The ceiling is a bare fastify route that verifies, decrypts and parses the
 * same bodies and answers. API, bare route and client are processes of their own, and only one of the two servers has
 * work at a time; on two cores the API has one, PostgreSQL and the client share the other, as the system's scheduler
 * sees fit.
 */
export async function measureCallbacks(bench: Bench): Promise<CaseResult> {
  const each = Math.max(1_000, Math.round(bench.sizes.fans / 25))
  const world = await bench.world()
  try {
    const account = await makeAccount(world, 10)
    await populate(world, account.id, each)
    const secrets = await pushSecrets(world, account)
    await world.simulator.process.stop()
    const api = await world.role('api')
    const bare = startProcess(
      process.execPath,
      [
        path.join(LOAD, 'bare-server.ts'),
        JSON.stringify({ appId: secrets.appid, token: secrets.token, mode: 'safe', keys: [secrets.aesKey] }),
      ],
      { env: process.env },
    )
    const bareUrl = (await bare.line(/^bare: /)).slice('bare: '.length)
    const rounds: { ours: LoadResult; bare: LoadResult }[] = []
    let stored = await countEvents(world)
    for (let round = 0; round <= bench.sizes.rounds; round += 1) {
      const file = path.join(bench.directory, `pushes-${round}.json`)
      // The first round is a small one for both to get warm.
      const count = round === 0 ? Math.min(each, 4_000) : each
      await writeFile(file, JSON.stringify(await pushes(world, { account, secrets, count })))
      const load = { file, connections: CONNECTIONS }
      const bareResult = await send({ ...load, url: bareUrl })
      await run(world.databaseUrl, 'checkpoint')
      const ours = await send({ ...load, url: api.url })
      const now = await countEvents(world)
      if (now - stored !== count) throw new Error(`${count} pushes were answered, ${now - stored} stored`)
      stored = now
      if (round > 0) rounds.push({ ours, bare: bareResult })
    }
    await bare.stop()
    return result(rounds, each)
  } finally {
    await world.close()
  }
}

function result(rounds: readonly { ours: LoadResult; bare: LoadResult }[], each: number): CaseResult {
  const ours = rounds.map((round) => each / round.ours.seconds)
  const bare = rounds.map((round) => each / round.bare.seconds)
  const ratio = median(ours) / median(bare)
  const ms = (read: (result: LoadResult) => number) =>
    median(rounds.map((round) => read(round.ours))).toFixed(1)
  return {
    figures: [
      {
        name: 'durable callbacks',
        value: median(ours),
        unit: '/s',
        ceiling: { what: 'bare route that verifies and parses', value: median(bare) },
        goal: { says: 'ratio ≥ 0.4', met: ratio >= 0.4 },
      },
    ],
    notes: [
      `${each.toLocaleString('en')} pushes a round over ${CONNECTIONS} connections; ours in ${spread(ours, '/s')}, bare in ${spread(bare, '/s')}`,
      `answered within ${ms((one) => one.p50Ms)} ms (median), ${ms((one) => one.p99Ms)} ms (99 of 100); every answer is after its commit`,
      'server, PostgreSQL and client are processes of their own and share the cores',
    ],
  }
}

async function countEvents(world: World): Promise<number> {
  const { rows } = await run(world.databaseUrl, 'select count(*) from events')
  return Number(rows[0]?.count)
}

async function pushSecrets(world: World, account: { id: string; appid: string }): Promise<PushSecrets> {
  const { url, token, aesKey } = await getCallbackInfo(world.ctx, account.id)
  return { path: new URL(url).pathname, appid: account.appid, token, aesKey, ghId: 'gh_bench' }
}

async function pushes(
  world: World,
  { account, secrets, count }: { account: { id: string }; secrets: PushSecrets; count: number },
): Promise<Push[]> {
  const { rows } = await run(
    world.databaseUrl,
    'select openid from fans where account_id = $1 and following order by random() limit $2',
    [account.id, Math.ceil(count / 2)],
  )
  const newcomer = () => `oFans1${randomBytes(16).toString('base64url').slice(0, 22)}`
  const first = BigInt(`0x${randomBytes(7).toString('hex')}`) * 16n
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? textPush(secrets, rows[index / 2]?.openid as string, first + BigInt(index))
      : followPush(secrets, newcomer()),
  )
}
