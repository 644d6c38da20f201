import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline as connect, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { StartFailure } from '../../infra/postgres/failures.ts'

/** What the database was when it was backed up; enough to make it again before its rows come. */
export type Manifest = {
  format: 1
  createdAt: string
  /** Names of the migrations it had. */
  migrations: string[]
  partitions: { name: string; parent: string; bound: string; key: string | null }[]
  /** Statements that make what no migration does. Backups before datasets have none. */
  made?: string[]
}

/**
 * A backup file is gzip around records, each a type byte, a length (4 bytes, big endian) and a payload: JSON
 * heads, and data chunks that belong to the head before them. It ends with the sequences and the counts, so
 * that a file cut off is told from a whole one.
 */
export type Head =
  | { kind: 'manifest'; manifest: Manifest }
  | { kind: 'table'; table: string; columns: string[] }
  | { kind: 'file'; key: string; size: number }
  | {
      kind: 'end'
      sequences: { name: string; value: string; called: boolean }[]
      tables: number
      files: number
    }

export type Part = { head: Head; data: AsyncIterable<Buffer> }

const HEAD = 72 // H
const DATA = 68 // D
const MAX_RECORD = 64 * 1024 * 1024
const MAGIC = Buffer.from('weida backup 1\n')

/** Writes beside the target and renames, so that a file of that name is always a whole backup. */
export async function writeBackup(target: string, parts: AsyncIterable<Part>): Promise<void> {
  const draft = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID().slice(0, 8)}`)
  try {
    const out = createWriteStream(draft, { mode: 0o600, flags: 'wx' })
    await pipeline(Readable.from(records(parts)), createGzip({ level: 4 }), out)
    const written = await open(draft, 'r+')
    await written.sync()
    await written.close()
    await rename(draft, target)
  } finally {
    await rm(draft, { force: true })
  }
}

async function* records(parts: AsyncIterable<Part>): AsyncGenerator<Buffer> {
  yield MAGIC
  for await (const { head, data } of parts) {
    yield record(HEAD, Buffer.from(JSON.stringify(head)))
    for await (const chunk of data) yield record(DATA, chunk)
  }
}

function record(type: number, payload: Buffer): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = type
  prefix.writeUInt32BE(payload.byteLength, 1)
  return Buffer.concat([prefix, payload])
}

/**
 * Reads the parts of a backup one after the other. A part's data must be read before the next part; what is
 * left of it is skipped. Throws a StartFailure for anything that is not a whole backup.
 */
export async function* readBackup(file: string): AsyncGenerator<Part> {
  const reader = new ByteReader(
    connect(createReadStream(file), createGunzip(), () => {}),
    file,
  )
  try {
    if (!(await reader.read(MAGIC.byteLength)).equals(MAGIC)) throw damaged(file)
    let pending = await nextRecord(reader, file)
    while (pending) {
      if (pending.type !== HEAD) throw damaged(file)
      const head = JSON.parse(pending.payload.toString()) as Head
      const data = (async function* () {
        for (
          pending = await nextRecord(reader, file);
          pending?.type === DATA;
          pending = await nextRecord(reader, file)
        ) {
          yield pending.payload
        }
      })()
      yield { head, data }
      for await (const _skipped of data);
      if (head.kind === 'end') return
    }
    throw damaged(file)
  } finally {
    reader.close()
  }
}

async function nextRecord(reader: ByteReader, file: string) {
  const prefix = await reader.readOrEnd(5)
  if (!prefix) return undefined
  const length = prefix.readUInt32BE(1)
  if (length > MAX_RECORD) throw damaged(file)
  return { type: prefix[0], payload: await reader.read(length) }
}

/** Exact numbers of bytes from a stream of chunks. */
class ByteReader {
  readonly #source: Readable
  readonly #chunks: AsyncIterator<Buffer>
  readonly #file: string
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: Readable, file: string) {
    this.#source = source
    this.#chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    this.#file = file
  }

  async readOrEnd(bytes: number): Promise<Buffer | undefined> {
    const pieces = [this.#rest]
    let have = this.#rest.byteLength
    while (have < bytes) {
      const { value, done } = await this.#chunks.next().catch((error: unknown) => {
        throw damaged(this.#file, error)
      })
      if (done) {
        if (have === 0) return undefined
        throw damaged(this.#file)
      }
      pieces.push(value)
      have += value.byteLength
    }
    const all = pieces.length === 1 ? this.#rest : Buffer.concat(pieces, have)
    this.#rest = all.subarray(bytes)
    return all.subarray(0, bytes)
  }

  async read(bytes: number): Promise<Buffer> {
    const found = await this.readOrEnd(bytes)
    if (!found) throw damaged(this.#file)
    return found
  }

  close(): void {
    this.#source.destroy()
  }
}

const damaged = (file: string, cause?: unknown) =>
  new StartFailure(
    `${file} 不是完整的微达备份（文件不存在、被截断或已损坏）。`,
    `${file} is not a whole Weida backup (missing, cut off or damaged).`,
    { cause },
  )
