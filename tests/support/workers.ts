import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { COMPILED } from './compiled.ts'
import type { Moment, Orders } from './doomed-worker.ts'
import type { TestWorld } from './world.ts'

const script = path.resolve(import.meta.dirname, 'doomed-worker.ts')

export type WorkerProcess = {
  /** Resolves once its sweeps run. */
  ready: Promise<void>
  /** Resolves with the signal that ended it, null when it ended by itself. */
  ended: Promise<NodeJS.Signals | null>
  kill(): Promise<void>
  /** Stops it where it stands, and lets it go on. */
  freeze(): void
  thaw(): void
}

/** Has read its modules and waits for its orders, so that no test waits for that. */
let spare: ChildProcess | undefined

function start(): ChildProcess {
  const child = fork(script, {
    env: { ...COMPILED, PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.unref()
  child.channel?.unref()
  return child
}

/** A worker of this world in a process of its own, which dies at `moment`. */
export function forkWorker({ ctx, databaseUrl }: TestWorld, moment?: Moment): WorkerProcess {
  const child = spare ?? start()
  spare = start()
  const env = {
    DATABASE_URL: databaseUrl,
    WEIDA_DATA_DIR: ctx.config.dataDir,
    SIMULATOR_URL: ctx.config.simulator.url,
    SECRETS_KEY: ctx.config.secretsKey,
    LOG_LEVEL: 'silent',
  }
  child.send({ env, ...(moment && { moment }) } satisfies Orders)
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null)
  return {
    ready: Promise.race([once(child, 'message').then(() => undefined), ended.then(() => undefined)]),
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  }
}

/** The dead let go of nothing: their minute is over. Live ones lose their claims too, which must not matter either. */
export async function endLeases({ ctx }: TestWorld): Promise<void> {
  for (const table of ['broadcasts', 'broadcast_arms', 'broadcast_batches'])
    await ctx.pool.query(
      `update ${table} set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null`,
    )
}

/** The same for background runs and the changes they had in hand. */
export const endRunLeases = ({ ctx }: TestWorld) =>
  ctx.pool.query(
    `update background_runs set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null`,
  )
