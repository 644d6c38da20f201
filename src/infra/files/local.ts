import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { invalid, notFound } from '../../kernel/errors.ts'
import type { FileSource, Files, StoredFile } from './port.ts'

const KEY = /^[0-9a-f]{64}$/
const ABANDONED_AFTER_MS = 24 * 3_600_000

/** Files in a directory of this machine, made when missing: `ab/ab12…`, uploads in progress under `incoming/`. */
export function createLocalFiles(directory: string): Files {
  const incoming = path.join(directory, 'incoming')
  mkdirSync(incoming, { recursive: true, mode: 0o700 })
  void sweepAbandoned(incoming).catch(() => {})
  const place = (key: string) => path.join(directory, key.slice(0, 2), key)

  return {
    async put(source, { maxBytes }) {
      const draft = path.join(incoming, randomUUID())
      try {
        const stored = await write(draft, source, maxBytes)
        await mkdir(path.dirname(place(stored.key)), { recursive: true, mode: 0o700 })
        await rename(draft, place(stored.key))
        return stored
      } finally {
        await rm(draft, { force: true })
      }
    },
    async open(key) {
      const size = await sizeOf(place, key)
      return { stream: createReadStream(place(key)), size }
    },
    async read(key, { maxBytes }) {
      if ((await sizeOf(place, key)) > maxBytes) throw tooLarge(maxBytes)
      return await readFile(place(key))
    },
    async remove(key) {
      if (KEY.test(key)) await rm(place(key), { force: true })
    },
  }
}

async function write(draft: string, source: FileSource, maxBytes: number): Promise<StoredFile> {
  const hash = createHash('sha256')
  let size = 0
  const file = await open(draft, 'wx', 0o600)
  try {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      hash.update(chunk)
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { key: hash.digest('hex'), size }
}

/** A key is checked before it becomes part of a path: nothing outside the directory can be named. */
async function sizeOf(place: (key: string) => string, key: string): Promise<number> {
  if (!KEY.test(key)) throw notFound('file')
  const found = await stat(place(key)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notFound('file')
    throw error
  })
  return found.size
}

/** Uploads cut off by a kill. */
async function sweepAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name)
    const found = await stat(file).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(file, { force: true })
  }
}

const tooLarge = (maxBytes: number) => invalid('file_too_large', `more than ${maxBytes} bytes`, { maxBytes })
