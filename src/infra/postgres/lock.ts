import { readFileSync } from 'node:fs'
import { open, readFile, readlink, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { alreadyRunning } from './failures.ts'

type Holder = { pid: number; startedAt: string; machine: string }
export type Lock = { release(): Promise<void> }

const HEARTBEAT_MS = 3_000
const STALE_AFTER_MS = 12_000

/**
 * One Weida per data directory. A lock left behind by a kill is taken over at once when its process can be
 * seen to be gone; when it belongs to another machine or container, whose processes are invisible from here,
 * after its heartbeat has been silent for 12 s.
 */
export async function lockDirectory(directory: string): Promise<Lock> {
  const file = path.join(directory, 'weida.lock')
  const us = await self()
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined
      throw error
    })
    if (handle) {
      await handle.writeFile(JSON.stringify(us))
      await handle.close()
      return hold(file)
    }
    await clearIfStale(file, us, directory)
  }
  throw alreadyRunning(directory, undefined)
}

/** The process that holds the directory, when it can be seen to be alive on this machine. */
export async function lockHolder(directory: string): Promise<number | undefined> {
  const holder = await readHolder(path.join(directory, 'weida.lock'))
  const us = await self()
  const alive = holder?.machine === us.machine && processStart(holder.pid) === holder.startedAt
  return alive ? holder.pid : undefined
}

function hold(file: string): Lock {
  const beat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }, HEARTBEAT_MS)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      await rm(file, { force: true })
    },
  }
}

async function clearIfStale(file: string, us: Holder, directory: string): Promise<void> {
  const holder = await readHolder(file)
  const here = holder?.machine === us.machine
  if (holder && here && processStart(holder.pid) === holder.startedAt)
    throw alreadyRunning(directory, holder.pid)
  if (!here && (await beats(file))) throw alreadyRunning(directory, holder?.pid)
  await rm(file, { force: true })
}

/** Watches the heartbeat of a process we can't see. */
async function beats(file: string): Promise<boolean> {
  const age = () =>
    stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => Number.POSITIVE_INFINITY,
    )
  const first = await stat(file).catch(() => undefined)
  while (first && (await age()) < STALE_AFTER_MS) {
    await delay(250)
    const next = await stat(file).catch(() => undefined)
    if (next && next.mtimeMs > first.mtimeMs) return true
  }
  return false
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

async function self(): Promise<Holder> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  const machine = `${hostname()} ${namespace} ${boot.trim()}`
  return { pid: process.pid, startedAt: processStart(process.pid) ?? '', machine }
}

/**
 * Tells processes apart that got the same number one after the other. Undefined when there is none; on systems
 * without /proc only whether one lives.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      // Fields 3 (state) and 22 (start time) of proc(5); a zombie has ended already.
      return fields[0] === 'Z' ? undefined : fields[19]
    } catch {
      return undefined
    }
  }
  try {
    process.kill(pid, 0)
    return ''
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined
  }
}
