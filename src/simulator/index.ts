import { loadClock } from './clock.ts'
import { loadFaults } from './faults/faults.ts'
import { loadUsage } from './official-account/quota/usage.ts'
import { buildServer } from './server.ts'
import { startClerk } from './shop/clerk.ts'
import { type Database, openDatabase } from './store/database.ts'
import { type Sweeper, startSweeper } from './sweeper.ts'
import { selfSigned } from './tls/certificate.ts'
import type { Log, World } from './world.ts'

export type SimulatorOptions = {
  databaseUrl: string
  host?: string
  /** 0 takes any free port. */
  port: number
  tlsPort: number
  log?: Log
}
export type Simulator = {
  url: string
  tlsUrl: string
  /** What a client has to trust to use the TLS port. */
  certificate: string
  close: () => Promise<void>
}

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Starts the simulated WeChat on its own schema of the given database. Everything it knows is kept there:
 * after a kill the next start goes on where it was. Rejects when a port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { databaseUrl, host = '127.0.0.1', log = SILENT } = options
  const db = await openDatabase(databaseUrl)
  const ends: (() => Promise<unknown>)[] = [() => db.close()]
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    return { ...(await listen(options, db, { host, log, ends })), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Parts = { host: string; log: Log; ends: (() => Promise<unknown>)[] }

/** Opens both ports over one world; `ends` collects how to close what was opened, in order of opening. */
async function listen(
  { port, tlsPort }: SimulatorOptions,
  db: Database,
  { host, log, ends }: Parts,
): Promise<Omit<Simulator, 'close'>> {
  const clock = await loadClock(db)
  const usage = await loadUsage(db, clock)
  const faults = await loadFaults(db)
  let url = ''
  let sweeper: Sweeper | undefined
  const world: World = {
    db,
    clock,
    faults,
    usage,
    log,
    origin: () => url,
    wake: () => sweeper?.wake(),
    caughtUp: async () => sweeper?.caughtUp(),
  }
  const tls = selfSigned()
  const running = startSweeper(world)
  ends.push(usage.flush, running.close, startClerk(world).close)
  sweeper = running
  const plain = await buildServer(world, running)
  const secure = await buildServer(world, running, tls)
  ends.push(
    () => plain.close(),
    () => secure.close(),
  )
  url = reachable(await plain.listen({ host, port }))
  const tlsUrl = reachable(await secure.listen({ host, port: tlsPort }))
  log.info({ url, tlsUrl }, 'the simulated WeChat is listening')
  return { url, tlsUrl, certificate: tls.cert }
}

/** An address that listens everywhere is reached on this machine. */
const reachable = (address: string): string =>
  address.replace('0.0.0.0', '127.0.0.1').replace('[::]', '[::1]')
