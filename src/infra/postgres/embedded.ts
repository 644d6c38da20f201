import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { type Binaries, prepareBinaries } from './binaries.ts'
import { createCluster } from './cluster.ts'
import { explainSystemError } from './failures.ts'
import { findHome, type Home, prepareHome } from './home.ts'
import { lockDirectory, lockHolder } from './lock.ts'
import { choosePort } from './port.ts'
import { endOrphan, runServer } from './server.ts'
import { memoryBytes, serverSettings } from './settings.ts'

export type EmbeddedPostgres = {
  /** Connection string of the superuser on the loopback interface. Holds the password: never log it. */
  url: string
  port: number
  /** Where the database lies, for people. */
  directory: string
  /** True when this start made the database. */
  created: boolean
  /** Resolves when the server has ended without being asked to. */
  failed: Promise<void>
  /** Fast shutdown: sessions are cut, everything committed is kept. Harmless when called again. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  /** Server settings on top of ours, for example FAST_AND_LOSSY in tests. */
  settings?: Record<string, string>
  /** Called once per step that can take seconds. */
  report?: (step: EmbeddedStep) => void
}
const DATABASE = 'weida'
export type EmbeddedStep = 'preparing' | 'creating' | 'recovering' | 'starting'

/**
 * Starts a real PostgreSQL of our own on 127.0.0.1 with its files under `dataDir`. What a killed run left
 * behind (lock, server, half-made cluster) is cleared up first. Throws StartFailure where the machine is in
 * the way, with a sentence for whoever typed the command.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  options.report?.('preparing')
  const home = await prepareHome(options.dataDir)
  const lock = await lockDirectory(home.directory).catch((error: unknown) => {
    throw explainSystemError(error, home.directory)
  })
  try {
    const binaries = await prepareBinaries(home.directory, home.owner)
    const running = await startLocked(home, binaries, options)
    const stop = once(async () => {
      await running.stop()
      await lock.release()
    })
    return { ...running, stop }
  } catch (error) {
    await lock.release()
    throw explainSystemError(error, home.directory)
  }
}

async function startLocked(home: Home, binaries: Binaries, options: EmbeddedOptions) {
  if (await endOrphan(home.data, () => options.report?.('recovering'))) options.report?.('starting')
  const password = await rememberedPassword(home.directory)
  const created = await createCluster(home, binaries, password, () => options.report?.('creating'))
  options.report?.('starting')
  const port = await choosePort(path.join(home.directory, 'port'))
  const settings = { ...serverSettings(memoryBytes(), port), ...options.settings }
  const server = await runServer({ home, binaries, settings, url: urlOf(password, port, 'postgres') })
  const url = urlOf(password, port, DATABASE)
  await makeDatabase(urlOf(password, port, 'postgres')).catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  return { url, port, directory: home.directory, created, failed: server.failed, stop: server.stop }
}

/** Connection string and place of the server another Weida of this data directory runs right now. */
export async function findRunningPostgres(
  dataDir: string,
): Promise<{ url: string; directory: string } | undefined> {
  const directory = await findHome(dataDir)
  if (!(await lockHolder(directory))) return undefined
  const [password, port] = await Promise.all(
    ['password', 'port'].map((name) => readFile(path.join(directory, name), 'utf8').catch(() => '')),
  )
  if (!password || !port) return undefined
  return { url: urlOf(password.trim(), Number(port), DATABASE), directory }
}

const urlOf = (password: string, port: number, database: string) =>
  `postgres://weida:${password}@127.0.0.1:${port}/${database}`

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (!rowCount) await client.query(`create database ${DATABASE} template template0`)
  } finally {
    await client.end()
  }
}

async function rememberedPassword(directory: string): Promise<string> {
  const file = path.join(directory, 'password')
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (kept) return kept
  const password = randomBytes(24).toString('base64url')
  await writeFile(file, `${password}\n`, { mode: 0o600, flush: true })
  return password
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= action()
    return running
  }
}
