import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, readFile, realpath, stat, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { diskFull, explainSystemError, notPermitted } from './failures.ts'

/** The unprivileged user PostgreSQL runs as when we are root, which it refuses to be. */
export type Owner = { uid: number; gid: number }

/** Everything the embedded PostgreSQL keeps: `data/`, `password`, `port`, `postgres.log`, `weida.lock`. */
export type Home = { directory: string; data: string; log: string; owner: Owner | undefined }

const NOTE = 'postgres-location'
const NEEDED_BYTES = 400 * 1024 * 1024
// The second outlives a reboot too, unlike /tmp.
const SHARED_PLACES = ['/var/lib/weida', '/var/tmp/weida']

/**
 * Decides where the database lies: in the data directory, or, when root must hand it to a user who can't get
 * there (a project under a 0700 home), in a shared place named after the project. The choice is remembered in
 * the data directory, so that it survives a moved project; nobody's home is opened up for it.
 */
export async function prepareHome(dataDir: string): Promise<Home> {
  try {
    await mkdir(dataDir, { recursive: true })
    const owner = process.getuid?.() === 0 ? await unprivileged() : undefined
    const directory = owner ? await reachableHome(dataDir) : path.join(await realpath(dataDir), 'postgres')
    await mkdir(directory, { recursive: true, mode: owner ? 0o711 : 0o700 })
    await requireSpace(directory)
    const data = path.join(directory, 'data')
    return { directory, data, log: path.join(directory, 'postgres.log'), owner: await keptOwner(data, owner) }
  } catch (error) {
    throw explainSystemError(error, dataDir)
  }
}

/** Where the database of this data directory would be found, if there is one. Makes nothing. */
export async function findHome(dataDir: string): Promise<string> {
  const remembered = (await readFile(path.join(dataDir, NOTE), 'utf8').catch(() => '')).trim()
  return remembered && (await isDirectory(remembered)) ? remembered : path.join(dataDir, 'postgres')
}

/** Whether a user with no special rights can walk to `target`: every directory above it lets others pass. */
export async function reachableByOthers(target: string): Promise<boolean> {
  for (let place = await realpath(target); ; place = path.dirname(place)) {
    if (((await stat(place)).mode & 0o001) === 0) return false
    if (place === path.dirname(place)) return true
  }
}

/** Makes a directory that belongs to `owner` alone. */
export async function ownDirectory(directory: string, owner: Owner | undefined): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (owner) await chown(directory, owner.uid, owner.gid)
}

async function reachableHome(dataDir: string): Promise<string> {
  const found = await findHome(dataDir)
  if (found !== path.join(dataDir, 'postgres')) return found
  if (await reachableByOthers(dataDir)) return path.join(await realpath(dataDir), 'postgres')
  const name = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 16)
  const place = path.join(await sharedPlace(), name)
  await mkdir(place, { recursive: true, mode: 0o711 })
  await writeFile(path.join(dataDir, NOTE), `${place}\n`)
  return place
}

async function sharedPlace(): Promise<string> {
  for (const place of SHARED_PLACES) {
    try {
      await mkdir(place, { recursive: true, mode: 0o711 })
      const found = await lstat(place)
      // Anyone may make a directory under /var/tmp: only one that is ours is trusted.
      if (found.isDirectory() && found.uid === 0 && (await reachableByOthers(place))) return place
    } catch {}
  }
  throw notPermitted(`cannot make ${SHARED_PLACES.join(' / ')}`)
}

async function unprivileged(): Promise<Owner> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const nobody = users.split('\n').find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = nobody?.split(':') ?? []
  if (!uid || !gid) throw notPermitted('PostgreSQL must not run as root, and there is no user "nobody"')
  // macOS writes nobody as -2.
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
}

/** A database that already exists stays with the user who owns its files. */
async function keptOwner(data: string, owner: Owner | undefined): Promise<Owner | undefined> {
  if (!owner) return undefined
  const found = await stat(data).catch(() => undefined)
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : owner
}

async function requireSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  if (bavail * bsize < NEEDED_BYTES) throw diskFull(directory)
}

const isDirectory = (place: string) =>
  stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  )
