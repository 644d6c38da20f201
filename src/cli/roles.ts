import type { Config } from '../config.ts'
import { createContext } from '../context.ts'
import { openDatabase, requireMigrated } from './database.ts'
import { askedToEnd, type Closable, closeAll } from './shutdown.ts'
import { terminal } from './terminal.ts'

export type Role = 'api' | 'worker' | 'simulator'

/** Runs one role until it is asked to end; any number of these processes share a database. */
export async function runRole(role: Role, config: Config): Promise<void> {
  const asked = askedToEnd()
  const parts: Closable[] = []
  const database = await openDatabase(config, { share: true })
  parts.unshift(database)
  try {
    await requireMigrated(database.url)
    const failed = database.failed.then(() => {
      throw new Error('the embedded database ended')
    })
    failed.catch(() => {})
    const where = await starters[role](config, database.url, parts)
    terminal.say(`微达 Weida ${role}: ${where}`)
    await Promise.race([asked, failed])
  } finally {
    await closeAll(parts)
  }
}

// Each loads its own part of the program only.
type Starter = (config: Config, databaseUrl: string, parts: Closable[]) => Promise<string>

const starters: Record<Role, Starter> = {
  async api(config, databaseUrl, parts) {
    const { startServer } = await import('../server/index.ts')
    const ctx = await createContext(config, { databaseUrl })
    parts.unshift(ctx)
    const server = await startServer(ctx)
    parts.unshift(server)
    return server.url
  },
  async worker(config, databaseUrl, parts) {
    const { startWorker } = await import('../worker/index.ts')
    const ctx = await createContext(config, { databaseUrl })
    parts.unshift(ctx)
    parts.unshift(await startWorker(ctx))
    return `pid ${process.pid}`
  },
  async simulator(config, databaseUrl, parts) {
    const { startSimulator } = await import('../simulator/index.ts')
    const { port, tlsPort } = config.simulator
    const simulator = await startSimulator({ databaseUrl, host: config.host, port, tlsPort })
    parts.unshift(simulator)
    return `${simulator.url} ${simulator.tlsUrl}`
  },
}
