import { spawn } from 'node:child_process'
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Binaries } from './binaries.ts'
import { didNotStart, diskFull, noBinaries, StartFailure } from './failures.ts'
import { type Home, ownDirectory } from './home.ts'

/**
 * Makes the database cluster when there is none; true if it did. Built under another name and renamed, so that
 * a kill in the middle is simply done again. C.UTF-8 of the builtin provider sorts by code point and knows
 * Chinese letters; plain C does not, and the machine's locales differ from one to the next.
 */
export async function createCluster(
  home: Home,
  binaries: Binaries,
  password: string,
  report: () => void,
): Promise<boolean> {
  if (await stat(path.join(home.data, 'PG_VERSION')).catch(() => undefined)) {
    await requireSameMajor(home, binaries)
    return false
  }
  report()
  const workshop = `${home.data}.part`
  await rm(workshop, { recursive: true, force: true })
  await ownDirectory(workshop, home.owner)
  const passwordFile = path.join(workshop, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (home.owner) await chown(passwordFile, home.owner.uid, home.owner.gid)
  await initdb(home, binaries, path.join(workshop, 'data'), passwordFile)
  await rm(passwordFile)
  await rename(path.join(workshop, 'data'), home.data)
  await rm(workshop, { recursive: true, force: true })
  return true
}

async function initdb(home: Home, binaries: Binaries, data: string, passwordFile: string): Promise<void> {
  const options = ['-D', data, '-U', 'weida', '-E', 'UTF8', '--locale-provider=builtin']
  options.push('--builtin-locale=C.UTF-8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${passwordFile}`)
  const { code, output } = await run(binaries.initdb, [...options, '--no-instructions'], home)
  if (code === 0) return
  if (/No space left on device|could not (write|extend)/.test(output)) throw diskFull(home.directory)
  throw didNotStart('initdb', lastLines(output))
}

async function requireSameMajor(home: Home, binaries: Binaries): Promise<void> {
  const found = (await readFile(path.join(home.data, 'PG_VERSION'), 'utf8')).trim()
  const ours = binaries.version.split('.')[0]
  if (found === ours) return
  throw new StartFailure(
    `数据库由 PostgreSQL ${found} 建立，而现在内置的是 ${ours}：请用旧版微达备份（weida backup），再用新版恢复。`,
    `The database was made by PostgreSQL ${found}, and ${ours} is embedded now: back up with the old Weida (weida backup) and restore with this one.`,
  )
}

/** Runs a program of PostgreSQL as the user who owns the database, with nothing of our environment. */
function run(program: string, args: string[], home: Home): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...home.owner, cwd: home.directory, env: serverEnvironment() })
    let output = ''
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-20_000)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', (error: NodeJS.ErrnoException) => reject(spawnFailure(error)))
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** The program file is there, so ENOENT means that its loader is not (musl), ENOEXEC another processor. */
export function spawnFailure(error: NodeJS.ErrnoException): unknown {
  const foreign = error.code === 'ENOENT' || error.code === 'ENOEXEC' || error.code === 'UNKNOWN'
  return foreign ? noBinaries(`${process.platform}-${process.arch}`, error) : error
}

export const serverEnvironment = (): NodeJS.ProcessEnv =>
  process.platform === 'win32'
    ? { ...process.env, LC_ALL: 'C' }
    : { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

export const lastLines = (text: string) => text.trim().split('\n').slice(-3).join(' | ')
