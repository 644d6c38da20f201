import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { prepareDatabase } from '../../src/cli/database.ts'
import { loadConfig } from '../../src/config.ts'
import { createContext, type OwnedCtx } from '../../src/context.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/infra/postgres/embedded.ts'
import { tryPort } from '../../src/infra/postgres/port.ts'
import { type Running, root, startProcess, stopAllProcesses } from './processes.ts'

/** How much is measured. `fans` is the population of freeze, pre-flight and the send in the memory case. */
export type Sizes = { fans: number; rounds: number }

export type Bench = {
  sizes: Sizes
  /** Where large files may lie: on the disk of the project, not in memory. */
  directory: string
  postgres(): Promise<EmbeddedPostgres>
  /** A migrated sandbox database of its own with the simulated WeChat beside it in a process of its own. */
  world(): Promise<World>
  close(): Promise<void>
}

export type World = {
  ctx: OwnedCtx
  databaseUrl: string
  simulator: { url: string; process: Running }
  /** One of the product's roles as a process of its own. */
  role(name: 'api' | 'worker'): Promise<Running & { url: string }>
  control<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

export async function openBench(sizes: Sizes): Promise<Bench> {
  await mkdir(path.join(root, '.artefacts'), { recursive: true })
  const directory = await mkdtemp(path.join(root, '.artefacts', 'bench-'))
  // PostgreSQL runs as somebody else when we are root.
  await chmod(directory, 0o711)
  let server: Promise<EmbeddedPostgres> | undefined
  const worlds = new Set<World>()
  const bench: Bench = {
    sizes,
    directory,
    postgres() {
      server ??= startEmbeddedPostgres({ dataDir: path.join(directory, 'server') })
      return server
    },
    async world() {
      const world = await openWorld(
        await bench.postgres(),
        path.join(directory, randomBytes(4).toString('hex')),
      )
      worlds.add(world)
      return {
        ...world,
        async close() {
          worlds.delete(world)
          await world.close()
        },
      }
    },
    async close() {
      for (const world of worlds) await world.close().catch(() => undefined)
      await stopAllProcesses()
      if (server !== undefined) {
        const running = await server
        await running.stop()
        await rm(running.directory, { recursive: true, force: true })
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
  return bench
}

async function openWorld(server: EmbeddedPostgres, dataDir: string): Promise<World> {
  const name = `bench_${randomBytes(4).toString('hex')}`
  const url = new URL(server.url)
  url.pathname = `/${name}`
  const databaseUrl = url.href
  await run(server.url, `create database ${name} template template0`)
  await prepareDatabase(databaseUrl, 'sandbox')
  const env = await settings(databaseUrl, dataDir)
  const processes: Running[] = []
  const start = async (role: string) => {
    const started = startProcess(process.execPath, [path.join(root, 'scripts', 'weida.mjs'), role], { env })
    processes.unshift(started)
    const said = await started.line(/ Weida \w+: /)
    return { ...started, url: said.split(': ')[1] ?? '' }
  }
  const simulator = await start('simulator')
  const ctx = await createContext(loadConfig(env), { databaseUrl })
  return {
    ctx,
    databaseUrl,
    simulator: { url: ctx.config.simulator.url, process: simulator },
    role: start,
    control: (method, where, body) => control(`${ctx.config.simulator.url}/control${where}`, method, body),
    async close() {
      for (const running of processes) await running.stop()
      await ctx.close()
      await run(server.url, `drop database if exists ${name} with (force)`)
    },
  }
}

/** Everything the project's `.env` could set is set here: a developer's own settings must not change the figures. */
export async function settings(databaseUrl: string, dataDir: string): Promise<NodeJS.ProcessEnv> {
  const [port, simulatorPort, tlsPort] = [await freePort(), await freePort(), await freePort()]
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: databaseUrl,
    WEIDA_DATA_DIR: dataDir,
    WEIDA_MODE: 'sandbox',
    HOST: '127.0.0.1',
    PORT: port,
    PUBLIC_URL: '',
    SIMULATOR_PORT: simulatorPort,
    SIMULATOR_TLS_PORT: tlsPort,
    SIMULATOR_URL: `http://127.0.0.1:${simulatorPort}`,
    SECRETS_KEY: randomBytes(32).toString('hex'),
    FILES_DIR: '',
    LOG_LEVEL: 'warn',
  }
}

export async function freePort(): Promise<string> {
  const port = await tryPort(0)
  if (!port) throw new Error('no free port')
  return String(port)
}

/** One statement on a connection of its own, by a superuser. */
export async function run(url: string, statement: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement, values)
  } finally {
    await client.end()
  }
}

async function control<T>(url: string, method: string, body: unknown): Promise<T> {
  const answer = await fetch(url, {
    method,
    signal: AbortSignal.timeout(280_000),
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Process id of the server; its backends are its children. */
export async function postgresPid(server: EmbeddedPostgres): Promise<number> {
  const text = await readFile(path.join(server.directory, 'data', 'postmaster.pid'), 'utf8')
  return Number(text.split('\n')[0])
}
