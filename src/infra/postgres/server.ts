import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { open, readFile, readlink, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { lastLines, serverEnvironment, spawnFailure } from './cluster.ts'
import { waitUntilReady } from './connect.ts'
import { didNotStart, diskFull } from './failures.ts'
import type { Home } from './home.ts'
import { processStart } from './lock.ts'

export type Server = { failed: Promise<void>; stop(): Promise<void> }
type ServerOptions = { home: Home; binaries: Binaries; settings: Record<string, string>; url: string }

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 60_000
const LOG_BYTES = 10 * 1024 * 1024

/**
 * PostgreSQL is started in a session of its own, so that Ctrl-C in the terminal reaches it only through us,
 * after everything has drained. A pipe from us to its shell closes when we end in whatever way, kill -9
 * included, and the shell then asks the server for a fast shutdown: no server stays behind.
 */
const KEEPER = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(cat <&3 >/dev/null; kill -INT "$server") </dev/null &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher"
exit "$code"`

/** Runs the server on a cluster until it answers; throws a StartFailure with the end of its log if it ends. */
export async function runServer(options: ServerOptions): Promise<Server> {
  const { home, url } = options
  const child = await launch(options)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const refused = new Promise<never>((_, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(spawnFailure(error)))
    void ended.then(async () => reject(await explainEnd(home)))
  })
  refused.catch(() => {})
  const abort = new AbortController()
  try {
    await Promise.race([waitUntilReady(url, { timeoutMs: START_TIMEOUT_MS, signal: abort.signal }), refused])
  } catch (error) {
    child.stdin?.destroy()
    await stopServer(home.data, ended)
    throw error
  } finally {
    abort.abort()
  }
  let asked = false
  return {
    failed: ended.then(() => (asked ? new Promise<void>(() => {}) : undefined)),
    async stop() {
      asked = true
      await stopServer(home.data, ended)
      child.stdin?.destroy()
    },
  }
}

/**
 * Ends a server that still runs on `data` after the Weida that started it was killed. Only a process that
 * demonstrably is PostgreSQL on this very directory is touched. True when there was one.
 */
export async function endOrphan(data: string, report: () => void): Promise<boolean> {
  const pid = await serverPid(data)
  if (!pid) return false
  if (!(await servesDirectory(pid, data))) {
    // The number belongs to someone else by now; PostgreSQL would take a process of the same user for its own.
    await rm(path.join(data, 'postmaster.pid'), { force: true })
    return false
  }
  report()
  const started = processStart(pid)
  await stopServer(
    data,
    gone(() => processStart(pid) !== started),
  )
  return true
}

async function launch({ home, binaries, settings }: ServerOptions): Promise<ChildProcess> {
  const log = await openLog(home.log)
  const args = ['-D', home.data]
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)
  try {
    const windows = process.platform === 'win32'
    const [program, words] = windows
      ? [binaries.postgres, args]
      : ['/bin/sh', ['-c', KEEPER, 'weida-postgres', binaries.postgres, ...args]]
    return spawn(program, words, {
      ...home.owner,
      cwd: home.directory,
      env: serverEnvironment(),
      detached: !windows,
      windowsHide: true,
      stdio: ['pipe', log.fd, log.fd],
    })
  } finally {
    await log.close()
  }
}

async function openLog(file: string) {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size > LOG_BYTES) await rename(file, `${file}.1`)
  return await open(file, 'a', 0o600)
}

async function explainEnd(home: Home): Promise<unknown> {
  const log = await readFile(home.log, 'utf8').catch(() => '')
  const end = log.slice(-4_000)
  return /No space left on device/.test(end)
    ? diskFull(home.directory)
    : didNotStart(home.log, lastLines(end))
}

/**
 * SIGINT: fast shutdown, after which nothing needs recovery; SIGQUIT (immediate) if that takes a minute. Only
 * what demonstrably is our server gets one: its number may have gone to someone else.
 */
async function stopServer(data: string, ended: Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const pid = await serverPid(data)
    if (pid && (await servesDirectory(pid, data))) signalProcess(pid, signal)
    const outcome = await Promise.race([
      ended.then(() => true),
      delay(STOP_TIMEOUT_MS, false, { ref: false }),
    ])
    if (outcome) return
  }
}

function signalProcess(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, signal)
  } catch {}
}

async function gone(isGone: () => boolean): Promise<void> {
  while (!isGone()) await delay(50)
}

async function serverPid(data: string): Promise<number | undefined> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return Number.isInteger(pid) && pid > 1 && processStart(pid) !== undefined ? pid : undefined
}

async function servesDirectory(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const command = commandLine(pid)
    const place = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    return command.includes('postgres') && (place === data || command.includes(data))
  }
  if (process.platform === 'win32') return true
  const command = execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  return command.includes('postgres') && command.includes(data)
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
