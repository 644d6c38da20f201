import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { invalid } from '../../kernel/errors.ts'
import { formatOf, readTable, type TableFormat } from './read.ts'

const MAX_COLUMNS = 500

/** The one file of a multipart body, given to `take` as it arrives. Refused with `file_missing`, `file_too_large`. */
export async function receiveFile<T>(
  request: FastifyRequest,
  maxBytes: number,
  take: (file: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart()) throw invalid('file_missing', 'send the file as multipart/form-data')
  const part = await request.file({ limits: { files: 1, fileSize: maxBytes } })
  if (part === undefined) throw invalid('file_missing', 'there is no file in the request')
  const whole = async function* () {
    yield* part.file
    if (part.file.truncated) throw invalid('file_too_large', 'the file is too large', { maxBytes })
  }
  try {
    return await take(whole())
  } finally {
    part.file.resume()
  }
}

export type Beginning = { format: TableFormat; columns: string[]; sample: string[][] }

/** What a table begins with, cells cut to be shown. Refused with `file_not_table`, `file_empty`, `too_many_columns`. */
export async function readBeginning(
  open: () => Promise<Readable>,
  { records, characters }: { records: number; characters: number },
): Promise<Beginning> {
  const format = await formatOfFile(open)
  const rows: string[][] = []
  for await (const row of readTable({ format, open })) {
    rows.push(row.map((cell) => cell.replaceAll('\0', '').toWellFormed().trim().slice(0, characters)))
    if (rows.length > records) break
  }
  const [columns = [], ...sample] = rows
  if (columns.length === 0) throw invalid('file_empty', 'there is nothing in the file')
  if (columns.length > MAX_COLUMNS)
    throw invalid('too_many_columns', 'the file has too many columns', { max: MAX_COLUMNS })
  return { format, columns, sample }
}

async function formatOfFile(open: () => Promise<Readable>): Promise<TableFormat> {
  for await (const chunk of (await open()) as AsyncIterable<Buffer>) {
    const format = formatOf(chunk.subarray(0, 4_096))
    if (format !== undefined) return format
    break
  }
  throw invalid('file_not_table', 'the file is neither CSV nor XLSX')
}

/** The rows after the heading. */
export async function* withoutHeading(rows: AsyncIterable<string[]>): AsyncGenerator<string[]> {
  let heading = true
  for await (const row of rows) {
    if (!heading) yield row
    heading = false
  }
}
