import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export const root = path.resolve(import.meta.dirname, '../..')

export type Running = {
  pid: number
  child: ChildProcess
  /** Resolves with the first line that matches; rejects when the process ends before. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>
  stop(): Promise<void>
}

const alive = new Set<Running>()

/** Starts a process that ends with us at the latest. Its output is read, so that it never blocks, and kept short. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string; group?: boolean },
): Running {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: options.env,
    detached: options.group ?? false,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  const watchers = new Set<() => void>()
  const read = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-50_000)
    for (const watch of watchers) watch()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
  const running: Running = {
    pid: child.pid ?? -1,
    child,
    line: (pattern, timeoutMs = 300_000) =>
      new Promise((resolve, reject) => {
        const say = (what: string) => new Error(`${args.join(' ')} ${what}:\n${output.slice(-2_000)}`)
        const timer = setTimeout(() => finish(() => reject(say('did not get there'))), timeoutMs)
        const finish = (then: () => void) => {
          clearTimeout(timer)
          watchers.delete(look)
          then()
        }
        const look = () => {
          const found = output.split('\n').find((line) => pattern.test(line))
          if (found !== undefined) finish(() => resolve(found))
        }
        watchers.add(look)
        void ended.then(() => finish(() => reject(say('ended'))))
        look()
      }),
    async stop() {
      alive.delete(running)
      if (child.exitCode !== null || child.signalCode !== null) return
      // A group is npm, its shell, our launcher and the program: Ctrl-C reaches all of them.
      if (options.group && child.pid) process.kill(-child.pid, 'SIGINT')
      else child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
      await ended
      clearTimeout(timer)
    },
  }
  alive.add(running)
  return running
}

export const stopAllProcesses = async (): Promise<void> => {
  await Promise.all([...alive].map((running) => running.stop()))
}

/** Resident memory of one process in MB; undefined where the system doesn't tell. */
export const residentMb = (pid: number): number | undefined => fieldMb(`/proc/${pid}/status`, 'VmRSS')

export type Shares = { private: number; total: number }

/** Memory of several processes that share pages, each page counted once: Linux tells the share of each. */
export function sharedMb(pids: readonly number[]): Shares | undefined {
  const sum: Shares = { private: 0, total: 0 }
  for (const pid of pids) {
    const total = fieldMb(`/proc/${pid}/smaps_rollup`, 'Pss')
    if (total === undefined) continue
    sum.total += total
    sum.private += fieldMb(`/proc/${pid}/smaps_rollup`, 'Pss_Anon') ?? 0
  }
  return sum.total === 0 ? undefined : sum
}

function fieldMb(file: string, field: string): number | undefined {
  try {
    const kb = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1]
    return kb === undefined ? undefined : Number(kb) / 1024
  } catch {
    return undefined
  }
}

/** A process and everything it started, with their command lines. Linux only; else just the process. */
export function descendants(pid: number): { pid: number; command: string }[] {
  const parents = new Map<number, number>()
  for (const name of numbersIn('/proc')) {
    const stat = readText(`/proc/${name}/stat`)
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const family = new Set([pid])
  for (let before = 0; before < family.size; ) {
    before = family.size
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child)
  }
  return [...family].map((one) => ({
    pid: one,
    command: readText(`/proc/${one}/cmdline`).replaceAll('\0', ' '),
  }))
}

function numbersIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const BARE = `const app = require('fastify')(); app.get('/', async () => ({ ok: true }));
  app.listen({ port: 0 }).then((url) => console.log('bare: ' + url))`

/** The least a Node process with an HTTP server takes here, in MB. */
export async function bareServerMb(): Promise<number> {
  const bare = startProcess(process.execPath, ['-e', BARE], { env: process.env })
  const url = (await bare.line(/^bare: /)).slice('bare: '.length)
  await fetch(url).then((answer) => answer.text())
  await delay(500)
  const mb = residentMb(bare.pid) ?? Number.NaN
  await bare.stop()
  return mb
}
