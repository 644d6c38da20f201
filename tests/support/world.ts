import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { type Actor, createContext, type OwnedCtx } from '../../src/context.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { createTestDatabase } from './database.ts'
import { run } from './postgres.ts'

/** A sandbox of its own: a migrated database, the simulated WeChat on free ports, and our code on both. */
export type TestWorld = {
  ctx: OwnedCtx
  databaseUrl: string
  simulator: Simulator
  /** Another process on the same database: a context that shares nothing else. */
  another(actor?: Actor): Promise<OwnedCtx>
  /** Calls the simulator's control interface; an answer that is not 2xx throws. */
  control<T = unknown>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<T>
  /** Makes an account at the simulated WeChat. Not bound yet. */
  account(overrides?: Partial<SimulatedAccount>): Promise<SimulatedAccount>
  close(): Promise<void>
}

export type SimulatedAccount = {
  appid: string
  secret: string
  name: string
  kind: 'service' | 'subscription'
  verified: boolean
  ghId: string
  fans: number
  seed: number
  drafts: number
  articles: number
}

export async function createTestWorld(env: Record<string, string> = {}): Promise<TestWorld> {
  const database = await createTestDatabase({ simulator: true })
  await run(database.url, `insert into installation (mode) values ('sandbox')`)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'weida-world-'))
  const simulator = await startSimulator({ databaseUrl: database.url, port: 0, tlsPort: 0 })
  const config = loadConfig({
    WEIDA_DATA_DIR: dataDir,
    SIMULATOR_URL: simulator.url,
    LOG_LEVEL: 'silent',
    PORT: '0',
    SECRETS_KEY: randomBytes(32).toString('hex'),
    ...env,
  })
  const opened: OwnedCtx[] = []
  const another = async (actor?: Actor) => {
    const ctx = await createContext(config, { databaseUrl: database.url, ...(actor && { actor }) })
    opened.push(ctx)
    return ctx
  }
  const control = async <T>(method: string, where: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${simulator.url}/control${where}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  return {
    ctx: await another(),
    databaseUrl: database.url,
    simulator,
    another,
    control,
    async account(overrides = {}) {
      const made = { ...newAccount(), ...overrides }
      await control('POST', '/accounts', made)
      return made
    },
    async close() {
      for (const ctx of opened) await ctx.close()
      await simulator.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function newAccount(): SimulatedAccount {
  const unique = randomBytes(8).toString('hex')
  return {
    appid: `wx${unique}`,
    secret: randomBytes(16).toString('hex'),
    name: `公众号 ${unique.slice(0, 4)}`,
    kind: 'service',
    verified: true,
    ghId: `gh_${unique.slice(0, 12)}`,
    fans: 20,
    seed: 1,
    drafts: 3,
    articles: 4,
  }
}
