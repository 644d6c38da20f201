import type { Readable } from 'node:stream'
import { type Entry, open as openFile, type ZipFile } from 'yauzl'
import { invalid } from '../../kernel/errors.ts'

export type Zip = {
  /** A part by its exact name; undefined where there is none. */
  open(name: string): Promise<Readable | undefined>
  close(): void
}

/** Bytes that all parts together may unpack to. */
const MOST_UNPACKED = 8 * 1024 ** 3
const MOST_PARTS = 10_000
/** Bytes of all that the directory says of the parts. */
const MOST_DIRECTORY = 4 * 1024 ** 2

/** Opens an archive on disk. `workbook_too_large`: it says it unpacks to more than 8 GiB, or has more than 10,000 parts. */
export async function openZip(file: string): Promise<Zip> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    openFile(file, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  )
  const entries = await listEntries(zip).catch((error: unknown) => {
    zip.close()
    throw error
  })
  return {
    close: () => zip.close(),
    open: (name) => {
      const entry = entries.get(name)
      if (entry === undefined) return Promise.resolve(undefined)
      return new Promise((resolve, reject) =>
        zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
      )
    },
  }
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  let bytes = 0
  let directory = 0
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: Entry) => {
      bytes += entry.uncompressedSize
      directory += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength
      entries.set(entry.fileName, entry)
      if (bytes > MOST_UNPACKED || entries.size > MOST_PARTS || directory > MOST_DIRECTORY)
        reject(invalid('workbook_too_large', 'the workbook holds too much once unpacked'))
      else zip.readEntry()
    })
    zip.readEntry()
  })
}
